import type { JsonValue } from '../../domain/json.ts';
import type { Database } from '../database.ts';
import { toCall } from '../fold/call-row.ts';
import type { ClaimedRun, Ledger } from '../ledger.ts';
import type { CallTable, RunStepTable, RunTable } from '../schema.ts';
import { prepareAlone } from './claim-alone.ts';
import { prepareAmongMany } from './claim-among-many.ts';
import { toParameters } from './due-runs.ts';
import { toRunSummary } from './run-row.ts';

/** Leases due runs (contract: Ledger.claimRuns). */
export function createClaimRuns(database: Database): Ledger['claimRuns'] {
  const { free, take } = database.manyWriters ? prepareAmongMany(database) : prepareAlone(database);
  return async (claim) => {
    const parameters = toParameters(claim);
    const written = await database.write([free(parameters), take(parameters)]);
    const rows = written.kind === 'written' ? ((written.results[1]?.rows ?? []) as readonly RunTable[]) : [];
    if (rows.length === 0) return [];
    const byTime = rows.toSorted((left, right) => left.due_at_ms - right.due_at_ms || (left.id < right.id ? -1 : 1));
    return toClaimed(byTime, await readCalls(database, rows), await readSteps(database, rows));
  };
}

async function readCalls({ db }: Database, runs: readonly RunTable[]): Promise<readonly CallTable[]> {
  const ids = runs.map((run) => run.call_id);
  return db.selectFrom('calls').selectAll().where('id', 'in', ids).execute();
}

async function readSteps({ db }: Database, runs: readonly RunTable[]): Promise<readonly RunStepTable[]> {
  const ids = runs.map((run) => run.id);
  return db.selectFrom('run_steps').selectAll().where('run_id', 'in', ids).execute();
}

function toClaimed(
  runs: readonly RunTable[],
  calls: readonly CallTable[],
  steps: readonly RunStepTable[],
): readonly ClaimedRun[] {
  const callsById = new Map(calls.map((call) => [call.id, call]));
  return runs.map((run) => {
    const call = callsById.get(run.call_id);
    if (call === undefined)
      throw new Error(`Run ${run.id} belongs to call ${run.call_id}, which is not in the ledger.`);
    return {
      ...toRunSummary(run),
      call: toCall(call),
      personKey: run.person_key,
      attempt: run.attempts + 1,
      trigger: run.trigger,
      waitingSinceMs: run.due_at_ms,
      force: run.force === 1,
      finishedSteps: finishedSteps(steps, run.id, call.version),
      leaseUntilMs: run.claim_at_ms ?? 0,
    };
  });
}

/** Steps finished for an older version of the call are to be done again. */
function finishedSteps(steps: readonly RunStepTable[], runId: string, version: number): Record<number, JsonValue> {
  return Object.fromEntries(
    steps
      .filter((step) => step.run_id === runId && step.call_version === version)
      .map((step) => [step.step, JSON.parse(step.result) as JsonValue]),
  );
}
