import { expect, test } from '@jest/globals';

import { tortureJson, tortureLines } from '../../../src/cli/print-torture.ts';
import type { TortureEnd } from '../../../src/torture/torture.ts';

// A torture of all modes ended in a stack trace when one of them broke off, and the modes after it were not run.

const BROKE_OFF: TortureEnd = {
  kind: 'broke_off',
  options: {
    mode: 'postgres',
    crm: 'rest',
    seconds: 60,
    seed: 7,
    only: ['kill', 'disk'],
    receivers: 2,
    workers: 3,
    onProgress: () => undefined,
  },
  reason: 'PostgreSQL does not start',
  folder: '/tmp/hookline-torture-x',
};

test('a torture that broke off says why, where to look, and how to come there again', () => {
  const text = tortureLines(BROKE_OFF).join('\n');
  expect(text).toContain('BROKE OFF. PostgreSQL does not start');
  expect(text).toContain('/tmp/hookline-torture-x');
  expect(text).toContain(
    'torture --mode postgres --crm rest --seconds 60 --seed 7 --only kill,disk --receivers 2 --workers 3',
  );
  expect(tortureJson(BROKE_OFF)).toEqual({
    mode: 'postgres',
    crm: 'rest',
    seed: 7,
    seconds: 60,
    brokeOff: 'PostgreSQL does not start',
    folder: '/tmp/hookline-torture-x',
  });
});
