import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { indent, shortTime, table } from '../../../src/cli/output.ts';
import { show } from '../../../src/cli/report.ts';

test('a table: titles, columns as wide as what is in them, no frames', () => {
  const columns = [
    { title: 'CALL', value: (row: readonly string[]) => row[0] ?? '' },
    { title: 'STATUS', value: (row: readonly string[]) => row[1] ?? '' },
  ];
  expect(
    table(columns, [
      ['call_5b81e2', 'done'],
      ['x', ''],
    ]),
  ).toBe('CALL         STATUS\ncall_5b81e2  done\nx');
});

test('what comes from outside cannot steer a terminal', () => {
  const value = (): string => '\u001b[2Jcall\u0007\u009b31m\nid';
  // eslint-disable-next-line no-control-regex -- looking for exactly those
  expect(table([{ title: 'CALL', value }], [0]).split('\n')[1]).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  // eslint-disable-next-line no-control-regex -- looking for exactly those
  expect(show('\u001b]0;title\u0007text', 40)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test('text is wrapped at 80 columns, indented, and no word is lost', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(words, fc.nat({ max: 20 }), (list, spaces) => {
      const text = indent(list.join(' '), spaces);
      const lines = text.split('\n');
      expect(lines.every((line) => line.length <= 80 && line.startsWith(' '.repeat(spaces)))).toBe(true);
      expect(text.split(/\s+/).filter((word) => word !== '')).toEqual(list);
    }),
  );
});

test('values are shown on one line and cut', () => {
  expect(show({ a: [1, null] }, 40)).toBe('{"a":[1,null]}');
  expect(show('two\nlines', 40)).toBe('two lines');
  expect(show('a'.repeat(50), 10)).toBe(`${'a'.repeat(9)}…`);
});

test('times are UTC to the second', () => {
  expect(shortTime(Date.UTC(2026, 10, 20, 11, 58, 2, 7))).toBe('2026-11-20 11:58:02Z');
  expect(shortTime('2026-11-20T11:58:02.007Z')).toBe('2026-11-20 11:58:02Z');
  expect(shortTime(null)).toBe('-');
});
