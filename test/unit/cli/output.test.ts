import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { indent, print, printError, printJson } from '../../../src/cli/output.ts';
import { show } from '../../../src/cli/report.ts';
import { oneLine } from '../../../src/shared/harmless.ts';

/** Escape, bell, the eight-bit CSI, a right-to-left override, a line separator, a zero-width space. */
const HOSTILE = 'Eve\u001b[2J\u0007\u009b31m\u202egpj.exe\u2028x\u200by';
const printed: string[] = [];

beforeEach(() => {
  printed.length = 0;
  for (const stream of ['log', 'error'] as const) {
    jest.spyOn(console, stream).mockImplementation((text: string) => void printed.push(text));
  }
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** As they stand in the source of a terminal's worries; line breaks and tabs of ours aside. */
function isHarmless(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(
    text.replaceAll(/[\n\t]/g, ''),
  );
}

test('nothing a caller is called can command the terminal', () => {
  print(`customer ${HOSTILE}`);
  printError(`There is no call "${HOSTILE}".`);
  print(indent(HOSTILE, 4));
  print(show({ [HOSTILE]: HOSTILE }, 200));
  expect(printed.every(isHarmless)).toBe(true);
  expect(printed[0]).toContain('customer Eve');
});

test('a value within a line stays within the line', () => {
  expect(oneLine('ended\nRun run_1 done\r\n  ')).toBe('ended Run run_1 done');
});

test('JSON is harmless too, and means the same', () => {
  printJson({ name: HOSTILE, list: ['a\tb'] });
  expect(isHarmless(printed[0] ?? '')).toBe(true);
  expect(JSON.parse(printed[0] ?? '')).toEqual({ name: HOSTILE, list: ['a\tb'] });
});

test('tabs and line breaks of a raw body, accents and emoji pass', () => {
  const text = '{\n\t"name": "Zoë 👩‍🚒"\n}';
  print(text);
  expect(printed).toEqual([text]);
});
