import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import type { Bell } from '../../../src/queue/queue.ts';
import { startSweeper, type SweeperDependencies } from '../../../src/queue/sweeper.ts';
import { systemClock } from '../../../src/shared/clock.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

function start(ledger: SweeperDependencies['ledger']) {
  const rung: { bell: Bell; atMs: number | undefined }[] = [];
  const warnings: string[] = [];
  const quiet = (): void => {};
  const sweeper = startSweeper({
    ledger,
    queue: { ring: (bell, atMs) => void rung.push({ bell, atMs }) },
    clock: systemClock,
    logger: { debug: quiet, info: quiet, error: quiet, warn: (event) => void warnings.push(event) },
    intervalMs: 1000,
  });
  return { sweeper, rung, warnings };
}

test('rings at once, and again after every interval, for what is pending and what is due', async () => {
  const due = [
    { destination: 'crm', atMs: 5 },
    { destination: 'sandbox', atMs: 2_000_000 },
  ];
  const { sweeper, rung } = start({ hasPendingEvents: async () => true, nextDue: async () => due });
  const oneSweep = [
    { bell: { kind: 'event' }, atMs: undefined },
    { bell: { kind: 'run', destination: 'crm' }, atMs: 5 },
    { bell: { kind: 'run', destination: 'sandbox' }, atMs: 2_000_000 },
  ];
  await jest.advanceTimersByTimeAsync(999);
  expect(rung).toEqual(oneSweep);
  await jest.advanceTimersByTimeAsync(1);
  expect(rung).toEqual([...oneSweep, ...oneSweep]);
  await sweeper.stop();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(rung).toHaveLength(6);
});

test('a ledger that fails is asked again', async () => {
  let asked = 0;
  const { sweeper, rung, warnings } = start({
    hasPendingEvents: async () => {
      asked += 1;
      if (asked === 1) throw new Error('disk');
      return true;
    },
    nextDue: async () => [],
  });
  await jest.advanceTimersByTimeAsync(1000);
  expect(warnings).toEqual(['sweeper.failed']);
  expect(rung).toHaveLength(1);
  await sweeper.stop();
});

test('nothing to do rings nothing', async () => {
  const { sweeper, rung } = start({ hasPendingEvents: async () => false, nextDue: async () => [] });
  await jest.advanceTimersByTimeAsync(3000);
  expect(rung).toEqual([]);
  await sweeper.stop();
});
