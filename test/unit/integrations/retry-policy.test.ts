import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Outcome } from '../../../src/domain/outcome.ts';
import {
  DEFAULT_RETRY,
  decideNext,
  LONGEST_REQUESTED_WAIT_MS,
  type RetryInput,
} from '../../../src/integrations/retry-policy.ts';

const NOW = Date.UTC(2026, 10, 20);

function input(outcome: Outcome, rest: Partial<RetryInput> = {}): RetryInput {
  return {
    outcome,
    attempt: 1,
    retry: DEFAULT_RETRY,
    nowMs: NOW,
    random: 0.5,
    destination: 'crm',
    pause: null,
    ...rest,
  };
}

describe('decideNext', () => {
  test('a finished attempt is done, a refusal is a dead letter', () => {
    expect(decideNext(input({ kind: 'done' }))).toEqual({ next: { state: 'done' }, countsAsAttempt: true });
    expect(decideNext(input({ kind: 'rejected', reason: 'no' })).next).toEqual({ state: 'dead' });
  });

  test('waits double with every attempt up to the cap', () => {
    const waits = [1, 2, 3, 10, 11, 19].map((attempt) => {
      const { next } = decideNext(input({ kind: 'retry', reason: '503' }, { attempt, random: 0.5 }));
      return next.state === 'due' ? next.dueAtMs - NOW : null;
    });
    expect(waits).toEqual([5_000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000]);
  });

  test('the last attempt that fails leaves a dead letter', () => {
    expect(decideNext(input({ kind: 'retry', reason: '503' }, { attempt: 19 })).next.state).toBe('due');
    expect(decideNext(input({ kind: 'retry', reason: '503' }, { attempt: 20 })).next).toEqual({ state: 'dead' });
  });

  test('waiting in the line of a busy destination is no attempt, however often', () => {
    const outcome: Outcome = { kind: 'retry', reason: '429', notBeforeMs: NOW + 60_000 };
    expect(decideNext(input(outcome, { attempt: 20, random: 0 }))).toEqual({
      next: { state: 'due', dueAtMs: NOW + 60_000, destination: 'crm' },
      countsAsAttempt: false,
    });
  });

  test('held by decision waits for a person, held by a pause goes on when the destination is back', () => {
    const outcome: Outcome = { kind: 'held', reason: 'two candidates' };
    expect(decideNext(input(outcome)).next).toEqual({ state: 'held', dueAtMs: null });
    expect(decideNext(input(outcome, { pause: { untilMs: NOW + 9 } })).next).toEqual({
      state: 'held',
      dueAtMs: NOW + 9,
    });
    expect(decideNext(input(outcome, { pause: { untilMs: null } })).next).toEqual({ state: 'held', dueAtMs: NOW });
    expect(decideNext(input({ ...outcome, untilMs: NOW + 9_000 })).next).toEqual({
      state: 'held',
      dueAtMs: NOW + 9_000,
    });
    expect(decideNext(input(outcome)).countsAsAttempt).toBe(false);
  });

  test('a pause that ended before it began is asked about again in a second, not at once', () => {
    const outcome: Outcome = { kind: 'held', reason: 'daily quota', untilMs: NOW - 60_000 };
    expect(decideNext(input(outcome)).next).toEqual({ state: 'held', dueAtMs: NOW + 1_000 });
  });

  test('property: never in the past, never before Retry-After, never beyond cap and longest wait', () => {
    const inputs = fc.record({
      attempt: fc.integer({ min: 1, max: 200 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      retry: fc.record({
        attempts: fc.integer({ min: 1, max: 100 }),
        firstMs: fc.integer({ min: 0, max: 60_000 }),
        maxMs: fc.integer({ min: 60_000, max: 86_400_000 }),
      }),
      notBeforeMs: fc.option(fc.integer({ min: NOW - 1e9, max: NOW + 1e12 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(inputs, ({ attempt, random, retry, notBeforeMs }) => {
        const outcome: Outcome = { kind: 'retry', reason: 'x', ...(notBeforeMs === undefined ? {} : { notBeforeMs }) };
        const { next } = decideNext(input(outcome, { attempt, random, retry }));
        if (next.state !== 'due') {
          expect(next.state).toBe('dead');
          expect(attempt).toBeGreaterThanOrEqual(retry.attempts);
          return;
        }
        const requested = Math.min(Math.max(notBeforeMs ?? NOW, NOW), NOW + LONGEST_REQUESTED_WAIT_MS);
        expect(next.dueAtMs).toBeGreaterThanOrEqual(requested);
        expect(next.dueAtMs).toBeLessThanOrEqual(requested + retry.maxMs);
      }),
    );
  });
});
