import { expect, test } from '@jest/globals';

import { createIds } from '../../../src/shared/ids.ts';

test('ids are unique, of one shape, and sort by time', () => {
  let nowMs = 1_795_176_000_000;
  const ids = createIds({ now: () => nowMs });
  const made = Array.from({ length: 2000 }, () => {
    nowMs += 1;
    return ids.next('evt');
  });
  expect(new Set(made).size).toBe(2000);
  expect(made.every((id) => /^evt_[0-9a-v]{26}$/.test(id))).toBe(true);
  expect(made.toSorted()).toEqual(made);
});

test('ids made at the same moment differ', () => {
  const ids = createIds({ now: () => 0 });
  expect(new Set(Array.from({ length: 2000 }, () => ids.next('call'))).size).toBe(2000);
});
