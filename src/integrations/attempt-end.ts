import type { JsonValue } from '../domain/json.ts';
import type { ClaimedRun } from '../ledger/ledger.ts';
import type { EndedAttempt } from '../observability/metrics.ts';
import type { RecordReport, SyncReport } from '../sync/sync.ts';
import type { Next } from './retry-policy.ts';
import type { Progress } from './run-steps.ts';

/** One attempt when all is said and done: for the log and the metrics. */
export interface AttemptEnd {
  readonly run: ClaimedRun;
  readonly progress: Progress;
  readonly verdict: Next;
  /** False when the lease was lost: the result was thrown away. */
  readonly kept: boolean;
  /** Attempts after which a run is a dead letter. */
  readonly allowedAttempts: number;
  readonly configHash: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

/** What this attempt did to records; steps of earlier attempts are left out. */
export function recordsOf({ results, resumed }: Progress): readonly RecordReport[] {
  return results.slice(resumed).flatMap((result) => (isReport(result) ? result.records : []));
}

/** `contact.budget_range`: fields whose value could not be written; those the call has nothing for are left out. */
export function droppedFieldsOf(records: readonly RecordReport[]): readonly string[] {
  return records.flatMap(({ kind, fields }) =>
    fields.filter(({ action, empty }) => action === 'dropped' && empty !== true).map(({ field }) => `${kind}.${field}`),
  );
}

/** The attempt as it is counted. */
export function toEndedAttempt(end: AttemptEnd): EndedAttempt {
  const records = recordsOf(end.progress);
  return {
    destination: end.run.destination,
    outcome: end.progress.outcome.kind,
    next: nextWord(end),
    waitedSeconds: (end.startedAtMs - end.run.waitingSinceMs) / 1000,
    seconds: (end.finishedAtMs - end.startedAtMs) / 1000,
    records: records.map(({ kind, action }) => ({ kind, action })),
    droppedFields: droppedFieldsOf(records).length,
  };
}

/** Where the run goes, in one word. */
export function nextWord({ progress, verdict, kept }: AttemptEnd): EndedAttempt['next'] {
  if (!kept) return 'lost';
  if (progress.handOver !== null) return 'handed_over';
  if (verdict.next.state !== 'due') return verdict.next.state;
  const { outcome } = progress;
  const wasStopped = !verdict.countsAsAttempt && !(outcome.kind === 'retry' && outcome.notBeforeMs !== undefined);
  return wasStopped ? 'returned' : 'retry';
}

/** Actions other than `sync` may result in anything. */
function isReport(result: JsonValue): result is JsonValue & SyncReport {
  return typeof result === 'object' && result !== null && 'records' in result && Array.isArray(result['records']);
}
