import { sql, type RawBuilder } from 'kysely';

import type { JsonValue } from '../../domain/json.ts';
import type { Database } from '../database.ts';
import { toCall } from '../fold/call-row.ts';
import type { ClaimedRun, Ledger } from '../ledger.ts';
import type { CallTable, RunStepTable, RunTable } from '../schema.ts';
import { prepare } from '../statement.ts';
import { toRunSummary } from './run-row.ts';

type Claim = Parameters<Ledger['claimRuns']>[0];
type ClaimParameters = Claim & { readonly leaseUntilMs: number; readonly window: number };

/** Leases due runs (contract: Ledger.claimRuns). */
export function createClaimRuns(database: Database): Ledger['claimRuns'] {
  const { free, take } = prepareStatements(database);
  return async (claim) => {
    const parameters = { ...claim, leaseUntilMs: claim.nowMs + claim.leaseMs, window: windowFor(claim.limit) };
    const written = await database.write([free(parameters), take(parameters)]);
    const rows = written.kind === 'written' ? ((written.results[1]?.rows ?? []) as readonly RunTable[]) : [];
    if (rows.length === 0) return [];
    const byTime = rows.toSorted((left, right) => left.due_at_ms - right.due_at_ms || (left.id < right.id ? -1 : 1));
    return toClaimed(byTime, await readCalls(database, rows), await readSteps(database, rows));
  };
}

/** How many due runs are looked at: enough that one person with many calls does not hide the others. */
function windowFor(limit: number): number {
  return limit * 8 + 64;
}

function prepareStatements({ db }: Database) {
  // A run whose lease ended gives its person free again, and takes over what was learned of the person meanwhile.
  const free = prepare<ClaimParameters>((claim) =>
    db
      .updateTable('runs')
      .set({ state: 'due', owner: null, again: 0, person_key: currentPersonKey() })
      .where('destination', '=', claim.destination)
      .where('claim_at_ms', '<=', claim.nowMs)
      .where(sql<boolean>`state = 'running'`),
  );
  const take = prepare<ClaimParameters>((claim) =>
    db
      .updateTable('runs')
      .set({
        state: 'running',
        owner: claim.owner,
        claim_at_ms: claim.leaseUntilMs,
        updated_at_ms: claim.nowMs,
      })
      .where('id', 'in', (where) =>
        where
          .selectFrom(onePerPerson(db, claim).as('candidates'))
          .select('candidates.id')
          .where('candidates.place', '=', 1)
          .orderBy('candidates.claim_at_ms')
          .orderBy('candidates.id')
          .limit(claim.limit),
      )
      .returningAll(),
  );
  return { free, take };
}

/** The person of the run's call as known now. */
export function currentPersonKey(): RawBuilder<string> {
  return sql<string>`(select calls.person_key from calls where calls.id = runs.call_id)`;
}

function onePerPerson(db: Database['db'], claim: ClaimParameters) {
  const due = db
    .selectFrom('runs')
    .select(['runs.id', 'runs.person_key', 'runs.claim_at_ms'])
    .where('runs.destination', '=', claim.destination)
    .where('runs.claim_at_ms', '<=', claim.nowMs)
    .where(sql<boolean>`runs.state <> 'running'`)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('runs as other')
            .select('other.id')
            .whereRef('other.destination', '=', 'runs.destination')
            .whereRef('other.person_key', '=', 'runs.person_key')
            // As text, not as a parameter: only then SQLite uses the partial index.
            .where(sql<boolean>`other.state = 'running'`),
        ),
      ),
    )
    .orderBy('runs.claim_at_ms')
    .orderBy('runs.id')
    .limit(claim.window);
  return db
    .selectFrom(due.as('due'))
    .select(['due.id', 'due.claim_at_ms'])
    .select(sql<number>`row_number() over (partition by due.person_key order by due.claim_at_ms, due.id)`.as('place'));
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
