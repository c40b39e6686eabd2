import { expect, test } from '@jest/globals';

import type { Pause } from '../../../src/ledger/ledger.ts';
import { createBreaker, type Breaker, type Health } from '../../../src/sync/breaker.ts';

function open(initial: Pause | null = null): { breaker: Breaker; changes: (Pause | null)[] } {
  const changes: (Pause | null)[] = [];
  const options = { destination: 'crm', threshold: 3, firstOpenMs: 1000, maxOpenMs: 4000 };
  return { breaker: createBreaker({ ...options, onChange: (pause) => changes.push(pause) }, initial), changes };
}

function request(breaker: Breaker, health: Health, nowMs: number): boolean {
  const entry = breaker.enter(nowMs);
  if (entry.ok) breaker.leave({ isProbe: entry.isProbe, health, detail: 'HTTP 503', nowMs });
  return entry.ok;
}

test('opens after faults in a row, not before and not for single ones', () => {
  const { breaker, changes } = open();
  for (const health of ['fault', 'fault', 'answered', 'fault', 'fault'] as const) request(breaker, health, 0);
  expect(breaker.canRun(0)).toEqual({ ok: true });
  request(breaker, 'fault', 0);
  expect(breaker.canRun(999)).toMatchObject({ ok: false, untilMs: 1000 });
  expect(changes).toMatchObject([
    { destination: 'crm', reason: '3 requests in a row failed, the last with: HTTP 503' },
  ]);
});

test('one probe decides; a failed one waits longer, up to the cap', () => {
  const { breaker } = open();
  for (let count = 0; count < 3; count += 1) request(breaker, 'fault', 0);
  let nowMs = 1000;
  for (const waitMs of [2000, 4000, 4000]) {
    const probe = breaker.enter(nowMs);
    expect(probe).toEqual({ ok: true, isProbe: true });
    expect(breaker.enter(nowMs)).toMatchObject({ ok: false, untilMs: nowMs + 1000 });
    breaker.leave({ isProbe: true, health: 'fault', detail: 'HTTP 503', nowMs });
    expect(breaker.canRun(nowMs)).toMatchObject({ ok: false, untilMs: nowMs + waitMs });
    nowMs += waitMs;
  }
  expect(request(breaker, 'answered', nowMs)).toBe(true);
  expect(breaker.current()).toBeNull();
});

test('an aborted probe says nothing and the next one may try', () => {
  const { breaker } = open();
  for (let count = 0; count < 3; count += 1) request(breaker, 'fault', 0);
  request(breaker, 'aborted', 1000);
  expect(breaker.enter(1000)).toEqual({ ok: true, isProbe: true });
});

test('requests that were under way when it opened neither prolong nor end it', () => {
  const { breaker, changes } = open();
  for (let count = 0; count < 3; count += 1) request(breaker, 'fault', 0);
  breaker.leave({ isProbe: false, health: 'fault', detail: 'late', nowMs: 500 });
  breaker.leave({ isProbe: false, health: 'answered', detail: '', nowMs: 500 });
  expect(breaker.canRun(999)).toMatchObject({ ok: false, untilMs: 1000 });
  expect(changes).toHaveLength(1);
});

test('a pause without an end waits for a person', () => {
  const { breaker, changes } = open();
  breaker.pause({ reason: 'bad credentials', hint: 'Mend the token.', sinceMs: 5, untilMs: null });
  expect(breaker.canRun(Number.MAX_SAFE_INTEGER)).toMatchObject({
    ok: false,
    reason: 'bad credentials',
    untilMs: null,
  });
  breaker.resume();
  expect(breaker.canRun(6)).toEqual({ ok: true });
  expect(changes).toMatchObject([{ reason: 'bad credentials' }, null]);
});

test('a pause that the ledger remembers holds after a restart, and ends with the first answer', () => {
  const { breaker } = open({ destination: 'crm', reason: 'daily quota', hint: null, sinceMs: 0, untilMs: 100 });
  expect(request(breaker, 'answered', 99)).toBe(false);
  expect(request(breaker, 'answered', 100)).toBe(true);
  expect(breaker.current()).toBeNull();
});
