import { expect, test } from '@jest/globals';

import type { Outcome } from '../../../src/domain/outcome.ts';
import { toEndedAttempt, type AttemptEnd } from '../../../src/integrations/attempt-end.ts';
import { logAttempt } from '../../../src/integrations/log-attempt.ts';
import { decideNext, DEFAULT_RETRY } from '../../../src/integrations/retry-policy.ts';
import type { ClaimedRun, RequestRecord } from '../../../src/ledger/ledger.ts';
import type { SyncReport } from '../../../src/sync/sync.ts';
import type { LogFields } from '../../../src/shared/logger.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

const RUN = {
  id: 'run_1',
  integration: 'Keep the CRM in step',
  destination: 'crm',
  attempt: 3,
  trigger: 'call.ended',
  waitingSinceMs: NOW - 2_000,
  call: { id: 'call_1', version: 2, source: 'tracking' },
} as ClaimedRun;

const REQUEST: RequestRecord = {
  method: 'GET',
  url: 'https://crm.test/people',
  effect: 'read',
  requestBody: null,
  status: 200,
  responseBody: null,
  error: null,
  startedAtMs: NOW,
  durationMs: 30,
  operation: 'find',
  waitedMs: 5,
};

const REPORT: SyncReport = {
  records: [
    {
      kind: 'contact',
      recordId: '7',
      action: 'created',
      how: 'created: no match',
      fields: [
        { field: 'name', after: 'Ada', action: 'write' },
        { field: 'summary', after: null, action: 'dropped', reason: 'no value', empty: true },
        { field: 'budget_range', after: 'lots', action: 'dropped', reason: 'not in the list' },
      ],
    },
    { kind: 'call', recordId: '8', action: 'unchanged', how: 'link', fields: [] },
  ],
};

function end(
  outcome: Outcome,
  rest: Partial<AttemptEnd['progress']> & { kept?: boolean; attempt?: number } = {},
): AttemptEnd {
  const { kept = true, attempt = RUN.attempt, ...progress } = rest;
  const decided = { retry: DEFAULT_RETRY, nowMs: NOW, random: 0.5, destination: 'crm', pause: null };
  return {
    run: { ...RUN, attempt },
    progress: { outcome, handOver: null, results: [], resumed: 0, requests: [], thrown: null, ...progress },
    verdict: decideNext({ outcome, attempt, ...decided }),
    kept,
    allowedAttempts: DEFAULT_RETRY.attempts,
    configHash: 'abc',
    startedAtMs: NOW,
    finishedAtMs: NOW + 100,
  };
}

function logged(attempt: AttemptEnd): readonly [level: string, event: string, fields: LogFields] {
  const lines: [string, string, LogFields][] = [];
  const keep =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push([level, event, fields]);
  logAttempt({ debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }, attempt);
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

test('one line tells what was done, what was asked, how long it took and what comes next', () => {
  const requests = [
    REQUEST,
    REQUEST,
    { ...REQUEST, operation: 'write_contact', status: 409 },
    { ...REQUEST, status: null },
  ];
  const report = REPORT as unknown as AttemptEnd['progress']['results'][number];
  expect(logged(end({ kind: 'done' }, { requests, results: ['earlier', report], resumed: 1 }))).toEqual([
    'info',
    'run.attempted',
    {
      run: 'run_1',
      integration: 'Keep the CRM in step',
      destination: 'crm',
      attempt: 3,
      outcome: 'done',
      next: 'done',
      wrote: 'contact created, call unchanged',
      dropped: 'contact.budget_range',
      steps_done_before: 1,
      requests: { 'find 2xx': 2, 'write_contact 409': 1, 'find no answer': 1 },
      waited_ms: 2_000,
      budget_ms: 20,
      http_ms: 120,
      duration_ms: 100,
      source: 'tracking',
      call: 'call_1',
      call_version: 2,
      trigger: 'call.ended',
      config: 'abc',
    },
  ]);
});

test.each<[string, AttemptEnd, string, object]>([
  [
    'a passing fault',
    end({ kind: 'retry', reason: 'HTTP 503' }),
    'warn',
    { next: 'retry', next_at: '2026-11-20T12:00:20.000Z', why: 'attempt 3 of 20 failed, the wait doubles' },
  ],
  [
    'a wait the other side asked for',
    end({ kind: 'retry', reason: 'HTTP 429', notBeforeMs: NOW + 60_000 }),
    'warn',
    { next: 'retry', why: 'it was told when to come back; not counted as an attempt' },
  ],
  ['a refusal', end({ kind: 'rejected', reason: 'no' }), 'error', { next: 'dead', why: 'refused for good' }],
  [
    'the last attempt',
    end({ kind: 'retry', reason: 'HTTP 503' }, { attempt: 20 }),
    'error',
    { next: 'dead', why: 'attempt 20 of 20 failed' },
  ],
  [
    'a hold',
    end({ kind: 'held', reason: 'two candidates', hint: 'pick one' }),
    'warn',
    { reason: 'two candidates', hint: 'pick one', next: 'held', why: 'waits for a person' },
  ],
  [
    'a lost lease',
    end({ kind: 'done' }, { kept: false }),
    'warn',
    { next: 'lost', why: expect.stringContaining('another worker') },
  ],
  [
    'the next destination',
    end({ kind: 'done' }, { handOver: 'chat' }),
    'info',
    { next: 'handed_over', why: 'its next step is for chat' },
  ],
])('the decision after %s', (_what, attempt, level, fields) => {
  const line = logged(attempt);
  expect(line[0]).toBe(level);
  expect(line[2]).toMatchObject(fields);
});

test('a run given back at a stop is no retry', () => {
  const stopped = end({ kind: 'retry', reason: 'interrupted' });
  const verdict = { next: { state: 'due', dueAtMs: NOW, destination: 'crm' }, countsAsAttempt: false } as const;
  expect(logged({ ...stopped, verdict })[2]).toMatchObject({ next: 'returned', why: 'the daemon stops' });
});

test('what is counted of an attempt', () => {
  const report = REPORT as unknown as AttemptEnd['progress']['results'][number];
  expect(toEndedAttempt(end({ kind: 'done' }, { results: [report] }))).toEqual({
    destination: 'crm',
    outcome: 'done',
    next: 'done',
    waitedSeconds: 2,
    seconds: 0.1,
    records: [
      { kind: 'contact', action: 'created' },
      { kind: 'call', action: 'unchanged' },
    ],
    droppedFields: 1,
  });
});
