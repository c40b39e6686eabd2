import type { ClaimedRun } from '../ledger/ledger.ts';
import { toIso } from '../shared/clock.ts';
import type { LogFields, Logger } from '../shared/logger.ts';
import type { Next } from './retry-policy.ts';
import type { Progress } from './run-steps.ts';

export interface AttemptEnd {
  readonly run: ClaimedRun;
  readonly progress: Progress;
  /** Null when the lease was lost: the result was thrown away. */
  readonly next: Next['next'] | null;
  readonly durationMs: number;
}

/** One wide line per attempt, with the decision what happens next. */
export function logAttempt(logger: Logger, end: AttemptEnd): void {
  const { run, progress, next } = end;
  if (progress.thrown !== null) logger.error('run.threw', { run: run.id, error: progress.thrown });
  const { outcome } = progress;
  const fields: LogFields = {
    run: run.id,
    integration: run.integration,
    destination: run.destination,
    call: run.call.id,
    call_version: run.call.version,
    source: run.call.source,
    attempt: run.attempt,
    outcome: outcome.kind,
    ...(outcome.kind === 'done' ? {} : { reason: outcome.reason, hint: outcome.hint }),
    next: next?.state ?? 'discarded: the lease was lost',
    ...(next !== null && 'dueAtMs' in next && next.dueAtMs !== null ? { next_at: toIso(next.dueAtMs) } : {}),
    ...(progress.handOver === null ? {} : { next_destination: progress.handOver }),
    steps: progress.results.length,
    requests: progress.requests.length,
    duration_ms: end.durationMs,
  };
  logger[level(end)]('run.attempted', fields);
}

/** `error` = a person must act (a dead letter), `warn` = a person may want to know. */
function level({ progress, next }: AttemptEnd): 'info' | 'warn' | 'error' {
  if (next?.state === 'dead') return 'error';
  return next === null || progress.outcome.kind !== 'done' ? 'warn' : 'info';
}
