import type { Outcome } from '../domain/outcome.ts';
import type { RequestRecord } from '../ledger/ledger.ts';
import type { EndedAttempt } from '../observability/metrics.ts';
import { toIso } from '../shared/clock.ts';
import type { LogFields, Logger } from '../shared/logger.ts';
import { droppedFieldsOf, nextWord, recordsOf, type AttemptEnd } from './attempt-end.ts';

/** One wide line per attempt: what it was, what it did, how long that took, and what happens next and why. */
export function logAttempt(logger: Logger, end: AttemptEnd): void {
  const { run, progress } = end;
  if (progress.thrown !== null) logger.error('run.threw', { run: run.id, error: progress.thrown });
  logger[level(end)]('run.attempted', {
    run: run.id,
    integration: run.integration,
    destination: run.destination,
    attempt: run.attempt,
    outcome: progress.outcome.kind,
    ...decision(end),
    ...changes(end),
    requests: countRequests(progress.requests),
    ...durations(end),
    source: run.call.source,
    call: run.call.id,
    call_version: run.call.version,
    trigger: run.trigger,
    config: end.configHash,
  });
}

/** `error` = a person must act (a dead letter), `warn` = a person may want to know. */
function level(end: AttemptEnd): 'info' | 'warn' | 'error' {
  const next = nextWord(end);
  if (next === 'dead') return 'error';
  return next === 'lost' || end.progress.outcome.kind !== 'done' ? 'warn' : 'info';
}

function decision(end: AttemptEnd): LogFields {
  const { progress, verdict, kept } = end;
  const { outcome } = progress;
  const dueAtMs = kept && 'dueAtMs' in verdict.next ? verdict.next.dueAtMs : null;
  const why = explainNext(end);
  return {
    ...(outcome.kind === 'done' ? {} : { reason: outcome.reason }),
    ...(outcome.kind === 'done' || outcome.hint === undefined ? {} : { hint: outcome.hint }),
    next: nextWord(end),
    ...(dueAtMs === null ? {} : { next_at: toIso(dueAtMs) }),
    ...(why === null ? {} : { why }),
  };
}

/** The retry decision in words; null when there was nothing to decide. */
function explainNext(end: AttemptEnd): string | null {
  const { run, progress, verdict, allowedAttempts } = end;
  const words: Readonly<Record<EndedAttempt['next'], string | null>> = {
    done: null,
    lost: 'the lease was lost: another worker may have the run, this result is thrown away',
    handed_over: `its next step is for ${progress.handOver}`,
    returned: 'the daemon stops',
    held: 'dueAtMs' in verdict.next && verdict.next.dueAtMs !== null ? 'held until then' : 'waits for a person',
    dead: explainDead(progress.outcome, allowedAttempts),
    retry: verdict.countsAsAttempt
      ? `attempt ${run.attempt} of ${allowedAttempts} failed, the wait doubles`
      : 'it was told when to come back; not counted as an attempt',
  };
  return words[nextWord(end)];
}

function explainDead(outcome: Outcome, allowedAttempts: number): string {
  return outcome.kind === 'rejected' ? 'refused for good' : `attempt ${allowedAttempts} of ${allowedAttempts} failed`;
}

/** `contact created`, `call unchanged`, and the fields whose values went nowhere. */
function changes({ progress }: AttemptEnd): LogFields {
  const records = recordsOf(progress);
  const dropped = droppedFieldsOf(records);
  return {
    ...(records.length === 0 ? {} : { wrote: records.map(({ kind, action }) => `${kind} ${action}`).join(', ') }),
    ...(dropped.length === 0 ? {} : { dropped: dropped.join(', ') }),
    ...(progress.resumed === 0 ? {} : { steps_done_before: progress.resumed }),
  };
}

/** `find 2xx`: how often which purpose met which class of answer. */
function countRequests(requests: readonly RequestRecord[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const request of requests) {
    const key = `${request.operation ?? request.effect} ${answerOf(request)}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function answerOf({ status }: RequestRecord): string {
  if (status === null) return 'no answer';
  return status < 300 ? '2xx' : String(status);
}

/** Waited for a worker, then for the destination's budget, then for its answers; all in milliseconds. */
function durations({ run, progress, startedAtMs, finishedAtMs }: AttemptEnd): LogFields {
  const { requests } = progress;
  return {
    waited_ms: Math.max(0, startedAtMs - run.waitingSinceMs),
    budget_ms: requests.reduce((sum, { waitedMs }) => sum + (waitedMs ?? 0), 0),
    http_ms: requests.reduce((sum, { durationMs }) => sum + durationMs, 0),
    duration_ms: finishedAtMs - startedAtMs,
  };
}
