import type { Outcome } from '../../domain/outcome.ts';
import type { RunState } from '../../domain/run.ts';
import type { AttemptRow, RequestRecord, RunSummary } from '../ledger.ts';
import type { JsonValue } from '../../domain/json.ts';
import type { AttemptTable, RunTable } from '../schema.ts';

export function toRunSummary(row: RunTable): RunSummary {
  return {
    id: row.id,
    integration: row.integration,
    destination: row.destination,
    state: row.state as RunState,
    dueAtMs: row.claim_at_ms ?? row.due_at_ms,
    attempts: row.attempts,
    doneVersion: row.done_version,
    reason: row.reason,
    hint: row.hint,
    configHash: row.config_hash,
  };
}

export function toAttemptRow(row: AttemptTable): AttemptRow {
  return {
    id: row.id,
    runId: row.run_id,
    number: row.number,
    startedAtMs: row.started_at_ms,
    finishedAtMs: row.finished_at_ms,
    callVersion: row.call_version,
    configHash: row.config_hash,
    outcome: JSON.parse(row.outcome) as Outcome,
    steps: JSON.parse(row.steps) as JsonValue,
    requests: JSON.parse(row.requests) as RequestRecord[],
  };
}
