import { sql } from 'kysely';

import { RUN_STATES, type RunState } from '../../domain/run.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../database.ts';
import type { Backlog, Ledger } from '../ledger.ts';

/** What waits (contract: Ledger.backlog). Nothing here counts what is done: that grows for ever. */
export function createBacklog(database: Database, clock: Clock): Ledger['backlog'] {
  return async () => ({
    pendingEvents: await countPendingEvents(database),
    oldestPendingEventMs: await findOldestPendingEvent(database),
    runs: await countRuns(database),
    due: await countDueRuns(database, clock.now()),
    dead: await countDeadRuns(database),
    bytes: await database.fileBytes(),
  });
}

async function countPendingEvents({ db }: Database): Promise<number> {
  const row = await db
    .selectFrom('pending_events')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('orphan', '=', 0)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Receipt time of the oldest event not folded yet; orphans wait for their call, not for us. */
export async function findOldestPendingEvent({ db }: Database): Promise<number | null> {
  const row = await db
    .selectFrom('pending_events')
    .select('received_at_ms')
    .where('orphan', '=', 0)
    .orderBy('event_id')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at_ms ?? null;
}

async function countRuns({ db }: Database): Promise<Backlog['runs']> {
  const rows = await db
    .selectFrom('runs')
    .select((select) => ['state', select.fn.countAll<number>().as('count')])
    .where('state', 'in', ['waiting', 'due', 'running', 'held', 'dead'] satisfies RunState[])
    .groupBy('state')
    .execute();
  const count = (state: RunState): number => rows.find((row) => row.state === state)?.count ?? 0;
  const unfinished = RUN_STATES.filter((state) => state !== 'done');
  return Object.fromEntries(unfinished.map((state) => [state, count(state)])) as unknown as Backlog['runs'];
}

/** From the index of what may be claimed; a lease that ended counts. */
async function countDueRuns({ db }: Database, nowMs: number): Promise<Backlog['due']> {
  const rows = await db
    .selectFrom('runs')
    .select((select) => [
      'destination',
      select.fn.countAll<number>().as('count'),
      select.fn.min('claim_at_ms').as('oldest_ms'),
    ])
    .where('claim_at_ms', '<=', nowMs)
    .groupBy('destination')
    .orderBy('destination')
    .execute();
  return rows.map(({ destination, count, oldest_ms }) => ({ destination, count, oldestMs: oldest_ms ?? nowMs }));
}

async function countDeadRuns({ db }: Database): Promise<Backlog['dead']> {
  return (
    db
      .selectFrom('runs')
      .select((select) => ['destination', select.fn.countAll<number>().as('count')])
      // As text, not as a parameter: a plan that is kept must not take dead letters for as many as the rest.
      .where(sql<boolean>`state = 'dead'`)
      .groupBy('destination')
      .orderBy('destination')
      .execute()
  );
}
