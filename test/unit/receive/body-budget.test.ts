import { expect, test } from '@jest/globals';

import { createBodyBudget } from '../../../src/receive/read-request-body.ts';

const KIB = 1024;

test('large bodies use up the budget, small ones still pass, and what is released is free again', () => {
  const budget = createBodyBudget(100 * KIB);
  const large = budget.open();
  expect(large.take(60 * KIB)).toBe(true);
  expect(large.take(56 * KIB)).toBe(true);
  expect(large.take(1)).toBe(false);
  const everyday = budget.open();
  expect(everyday.take(10 * KIB)).toBe(true);
  expect(everyday.take(6 * KIB)).toBe(true);
  expect(everyday.take(1)).toBe(false);
  large.release();
  large.release();
  expect(everyday.take(100 * KIB)).toBe(true);
  expect(budget.open().take(17 * KIB)).toBe(false);
});
