import { expect, test } from '@jest/globals';

import { createPlans } from '../../../../src/queue/redis/plans.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

function open() {
  const clock = createManualClock();
  const grainMs = Math.ceil(clock.now() / 1000) * 1000;
  clock.advance(grainMs - clock.now());
  return { clock, plans: createPlans(clock), nowMs: grainMs };
}

test('a moment is rounded up to a quarter of a second, so that processes mean the same one', () => {
  const { plans, nowMs } = open();
  expect(plans.take('crm', nowMs + 1_001)).toEqual({ atMs: nowMs + 1_250, delayMs: 1_250 });
  expect(plans.take('other', nowMs + 1_250)).toEqual({ atMs: nowMs + 1_250, delayMs: 1_250 });
});

test('only an earlier one is worth sending; a later one is not', () => {
  const { plans, nowMs } = open();
  plans.take('crm', nowMs + 5_000);
  expect(plans.take('crm', nowMs + 9_000)).toBeNull();
  expect(plans.take('crm', nowMs + 5_000)).toBeNull();
  expect(plans.take('crm', nowMs + 2_000)).not.toBeNull();
  expect(plans.take('other', nowMs + 9_000)).not.toBeNull();
});

test('after a second it is sent again: Redis may have been emptied', () => {
  const { clock, plans, nowMs } = open();
  plans.take('crm', nowMs + 5_000);
  clock.advance(1_000);
  expect(plans.take('crm', nowMs + 5_000)).toEqual({ atMs: nowMs + 5_000, delayMs: 4_000 });
});

test('one whose moment has come stands in nobody’s way', () => {
  const { clock, plans, nowMs } = open();
  plans.take('crm', nowMs + 250);
  clock.advance(300);
  expect(plans.take('crm', nowMs + 9_000)).not.toBeNull();
});

test('a clock that is set back by hours does not silence a name', () => {
  const { clock, plans, nowMs } = open();
  plans.take('crm', nowMs + 1_000);
  clock.advance(-3_600_000);
  expect(plans.take('crm', nowMs + 2_000)).not.toBeNull();
});
