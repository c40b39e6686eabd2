import { expect, test } from '@jest/globals';

import { count, dueTime, labelled, table } from '../../../src/cli/output.ts';

const IDS = ['7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d3', '7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d4'];

const columns = [
  { title: 'NAME', value: ([name]: readonly string[]) => name ?? '', cut: 'end' as const },
  { title: 'CALL', value: ([, id]: readonly string[]) => id ?? '', cut: 'middle' as const },
  { title: 'STATE', value: () => 'done' },
];

test('what fits is not cut', () => {
  expect(table(columns, [['callab', 'call_1']])).toBe('NAME    CALL    STATE\ncallab  call_1  done');
});

test('what does not fit is cut to 80 columns: texts at the end, ids in the middle, so that their ends tell them apart', () => {
  const name = 'a source with a name that says it all and then some more';
  const run = { title: 'RUN', value: () => 'run_01k7ul7djhrsa6u78vub7i86cj' };
  const lines = table(
    [run, ...columns],
    IDS.map((id) => [name, id]),
  ).split('\n');
  expect(lines.map((line) => line.length).every((length) => length <= 80)).toBe(true);
  expect(lines[1]).toMatch(/^run_01k7ul7djhrsa6u78vub7i86cj  a source[^…]*…  7d0c1a52[^…]*…[^…]*b6d3  done$/);
  expect(lines[1]).not.toBe(lines[2]);
});

test('a column that may not be cut stays whole', () => {
  const whole = 'run_01k7ul7djhrsa6u78vub7i86cj'.repeat(3);
  expect(table([{ title: 'RUN', value: (row: string) => row }], [whole])).toBe(`RUN\n${whole}`);
});

test('a text goes on below itself, not below its label', () => {
  const words = Array.from({ length: 20 }, (_, index) => `word${index}`).join(' ');
  const [first = '', second = ''] = labelled('error', words, { spaces: 2, column: 11 }).split('\n');
  expect(first).toMatch(/^ {2}error {4}word0 /);
  expect(second).toMatch(/^ {11}word/);
  expect(labelled('a label that is long', 'text', { spaces: 2, column: 11 })).toContain('text');
});

test('numbers of things, and times to come', () => {
  expect([count(0, 'run'), count(1, 'run'), count(2, 'run')]).toEqual(['0 runs', '1 run', '2 runs']);
  expect([0, 1, 1_500, 240_000, 7_200_000, 172_800_000].map((ms) => dueTime(1_000_000 + ms, 1_000_000))).toEqual([
    'now',
    'in 1 s',
    'in 2 s',
    'in 4 min',
    'in 2 h',
    'in 2 d',
  ]);
});
