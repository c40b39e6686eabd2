import { expect, test } from '@jest/globals';

import { createWindows } from '../../../src/receive/windows.ts';

function setUp() {
  let nowMs = 1_000;
  const windows = createWindows({ count: 2, seconds: 10 }, () => nowMs);
  return { windows, pass: (ms: number) => (nowMs += ms) };
}

test('so many pass in a window, the next ones are told how long it lasts, and then so many pass again', () => {
  const { windows, pass } = setUp();
  expect([windows.take('a', 1), windows.take('a', 1), windows.take('a', 1)]).toEqual([null, null, 10_000]);
  pass(9_999);
  expect(windows.take('a', 1)).toBe(1);
  pass(1);
  expect([windows.take('a', 1), windows.take('a', 1), windows.take('a', 1)]).toEqual([null, null, 10_000]);
});

test('each key has a window of its own, from its own first request', () => {
  const { windows, pass } = setUp();
  windows.take('a', 2);
  pass(5_000);
  expect([windows.take('b', 2), windows.take('b', 1), windows.take('a', 1)]).toEqual([null, 10_000, 5_000]);
  pass(5_000);
  expect([windows.take('a', 1), windows.take('b', 1)]).toEqual([null, 5_000]);
});

test('points that do not fit are refused, and count', () => {
  const { windows } = setUp();
  expect([windows.take('a', 3), windows.take('a', 1)]).toEqual([10_000, 10_000]);
});

test('a blocked key waits for as long as it was said, however little it took, also longer than a window', () => {
  const { windows, pass } = setUp();
  windows.take('b', 1);
  windows.block('a', 60_000);
  pass(10_000);
  expect([windows.take('b', 1), windows.take('a', 1)]).toEqual([null, 50_000]);
  pass(50_000);
  expect(windows.take('a', 1)).toBeNull();
});
