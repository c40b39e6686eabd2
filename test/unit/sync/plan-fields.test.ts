import { expect, test } from '@jest/globals';

import type { JsonValue } from '../../../src/domain/json.ts';
import type { WritePolicy } from '../../../src/sync/compiled-sync.ts';
import { planFields, type RecordSituation } from '../../../src/sync/plan-fields.ts';
import type { ProjectedField } from '../../../src/sync/project-fields.ts';

const MOMENT = { callKey: 'callab/c1', asOf: '2026-11-20T12:00:00.000Z callab/c1' };

function situation(rest: Partial<RecordSituation>): RecordSituation {
  return {
    creating: false,
    current: null,
    currentIsWhole: false,
    stamps: {},
    moment: MOMENT,
    force: false,
    ...rest,
  };
}

function field(name: string, value: JsonValue, write: WritePolicy): ProjectedField {
  return { field: name, value, write, onlyOn: null };
}

test('what is kept is not left out where a record is replaced whole', () => {
  const current = { note: 'typed by hand', summary: 'of the newer call' };
  const stamps = { summary: { hash: 'x', asOf: '2026-11-21T12:00:00.000Z callab/c2' } };
  const projected = [field('note', 'ours', 'fill_if_empty'), field('summary', 'of the older call', 'newer')];
  const plan = planFields({ fields: projected, dropped: [] }, situation({ current, stamps }));
  expect(plan.fields).toEqual({});
  expect(plan.allFields).toEqual(current);
});

test('a value that the call no longer has is left in the CRM, and the report says so', () => {
  const dropped = [
    { field: 'summary', after: null, action: 'dropped', reason: 'no value' },
    { field: 'score', after: null, action: 'dropped', reason: 'no value' },
  ] as const;
  const stamps = { summary: { hash: 'x', asOf: MOMENT.asOf } };
  expect(planFields({ fields: [], dropped }, situation({ stamps })).reports).toEqual([
    { ...dropped[0], reason: 'no value; what this call wrote before stays until somebody changes it' },
    dropped[1],
  ]);
});
