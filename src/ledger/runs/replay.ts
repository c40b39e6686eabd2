import { sql } from 'kysely';

import { REPLAY_TRIGGER } from '../../domain/urgency.ts';
import type { Database, Statement } from '../database.ts';
import { foldAgain } from '../fold/fold-again.ts';
import type { Ledger, ReplayFilter } from '../ledger.ts';
import { toStatement } from '../statement.ts';

interface ReplayedRun {
  readonly id: string;
  readonly wanted_destination: string;
}

/** Runs replayed in one commit; thousands of dead letters must not make the receivers wait. */
const CHUNK = 500;

/** Makes runs due now (contract: Ledger.replay). */
export function createReplay(database: Database): Ledger['replay'] {
  return async (filter) => {
    const callKey = filter.id === undefined ? null : await findCallKey(database, filter.id);
    const runs = await findRuns(database, filter, callKey);
    const folds = callKey === null || isRunId(filter) ? [] : foldAgain(database, callKey);
    for (let from = 0; from < runs.length || from === 0; from += CHUNK) {
      const ids = runs.slice(from, from + CHUNK).map((run) => run.id);
      const statements = [...(from === 0 ? folds : []), ...(ids.length > 0 ? restart(database, ids, filter) : [])];
      if (statements.length > 0) await database.write(statements);
    }
    return runs.map((run) => ({ runId: run.id, destination: run.wanted_destination }));
  };
}

/** A run is replayed alone, with its call as it stands. */
function isRunId(filter: ReplayFilter): boolean {
  return filter.id?.startsWith('run_') === true;
}

/** The call an id stands for: a call's, a run's, an event's, or the platform's call id. */
async function findCallKey({ db }: Database, id: string): Promise<string | null> {
  const call = await db
    .selectFrom('calls')
    .select('call_key')
    .where((where) => where.or([where('id', '=', id), where('provider_call_id', '=', id)]))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (call !== undefined) return call.call_key;
  const run = await db
    .selectFrom('runs')
    .innerJoin('calls', 'calls.id', 'runs.call_id')
    .select('calls.call_key')
    .where('runs.id', '=', id)
    .executeTakeFirst();
  if (run !== undefined) return run.call_key;
  const event = await db
    .selectFrom('events')
    .leftJoin('joins', (join) => join.onRef('joins.event_id', '=', 'events.id').on('joins.undone_at_ms', 'is', null))
    .select(['joins.call_key as joined_key', 'events.call_key', 'events.orphan', 'events.state'])
    .where('events.id', '=', id)
    .executeTakeFirst();
  if (event === undefined || event.state !== 'pending') return null;
  return event.joined_key ?? (event.orphan === 1 ? null : event.call_key);
}

async function findRuns(
  { db }: Database,
  filter: ReplayFilter,
  callKey: string | null,
): Promise<readonly ReplayedRun[]> {
  let query = db
    .selectFrom('runs')
    .innerJoin('calls', 'calls.id', 'runs.call_id')
    .select(['runs.id', 'runs.wanted_destination'])
    .orderBy('runs.id');
  if (filter.id !== undefined) query = query.where('calls.call_key', '=', callKey ?? '');
  if (filter.id !== undefined && isRunId(filter)) query = query.where('runs.id', '=', filter.id);
  if (filter.state !== undefined) query = query.where('runs.state', '=', filter.state);
  if (filter.integration !== undefined) query = query.where('runs.integration', '=', filter.integration);
  return query.execute();
}

function restart(
  { db, manyWriters }: Database,
  ids: readonly string[],
  { force, nowMs }: ReplayFilter,
): readonly Statement[] {
  const restarted = db
    .updateTable('runs')
    .set({
      state: 'due',
      claim_at_ms: nowMs,
      due_at_ms: nowMs,
      attempts: 0,
      force: force ? 1 : 0,
      destination: sql<string>`wanted_destination`,
      trigger: REPLAY_TRIGGER,
      reason: null,
      hint: null,
      updated_at_ms: nowMs,
    })
    .where('id', 'in', ids)
    .where('state', '<>', 'running');
  const running = db
    .updateTable('runs')
    .set({ again: 1, attempts: 0, trigger: REPLAY_TRIGGER, force: force ? 1 : sql<number>`force` })
    .where('id', 'in', ids)
    .where('state', '=', 'running');
  // Those that a running run still saves go when its attempt ends; these may not wait for that: its worker may die.
  const steps = db.deleteFrom('run_steps').where('run_id', 'in', ids);
  // Else a run whose attempt ends between the two updates would be missed by both.
  const lock = db.selectFrom('runs').select('id').where('id', 'in', ids).orderBy('id').forUpdate();
  return [...(manyWriters ? [lock] : []), restarted, running, steps].map(toStatement);
}
