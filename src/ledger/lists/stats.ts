import { sql } from 'kysely';

import { RUN_STATES, type RunState } from '../../domain/run.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../database.ts';
import type { Ledger, LedgerStats } from '../ledger.ts';
import { DESTINATIONS } from '../runs/destinations.ts';
import { findOldestPendingEvent } from './backlog.ts';

/** Rows of a table that are counted one by one. */
const COUNTED_ROWS = 100_000;

/** Numbers for metrics and status; read beside the writes, which never wait for them. */
export function createStats(database: Database, clock: Clock): Ledger['stats'] {
  return async () => ({
    events: await countEvents(database),
    runs: await countRuns(database),
    oldestPendingEventMs: await findOldestPendingEvent(database),
    oldestDueRunMs: await findOldestDueRun(database, clock.now()),
    refusals: await countRefusals(database),
    bytes: await database.fileBytes(),
  });
}

async function countEvents(database: Database): Promise<Readonly<Record<string, number>>> {
  const { db } = database;
  const all = await countRows(database, 'events');
  const withoutCall = await db
    .selectFrom('events')
    .select((select) => ['state', select.fn.countAll<number>().as('count')])
    .where(sql<boolean>`state <> 'pending'`)
    .groupBy('state')
    .execute();
  const waiting = await db
    .selectFrom('pending_events')
    .select((select) => ['orphan', select.fn.countAll<number>().as('count')])
    .groupBy('orphan')
    .execute();
  const alone = await db
    .selectFrom('joins')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('undone_at_ms', 'is not', null)
    .executeTakeFirstOrThrow();
  const pending = waiting.find((row) => row.orphan === 0)?.count ?? 0;
  const orphan = (waiting.find((row) => row.orphan === 1)?.count ?? 0) + alone.count;
  const folded = withoutCall.reduce((left, { count }) => left - count, all - pending - orphan);
  return {
    ...Object.fromEntries(withoutCall.map(({ state, count }) => [state, count])),
    pending,
    orphan,
    folded: Math.max(0, folded),
  };
}

async function countRuns(database: Database): Promise<LedgerStats['runs']> {
  const rows = await database.db
    .selectFrom('runs')
    .select((select) => ['state', select.fn.countAll<number>().as('count')])
    .where('state', 'in', UNFINISHED)
    .groupBy('state')
    .execute();
  const unfinished = UNFINISHED.map((state) => [state, rows.find((row) => row.state === state)?.count ?? 0] as const);
  const all = await countRows(database, 'runs');
  const done = unfinished.reduce((left, [, count]) => left - count, all);
  return { ...Object.fromEntries(unfinished), done: Math.max(0, done) } as Record<RunState, number>;
}

const UNFINISHED = RUN_STATES.filter((state) => state !== 'done');

/** Exact up to the bound; beyond it what the database knows without counting. */
async function countRows(database: Database, table: 'events' | 'runs'): Promise<number> {
  const { db } = database;
  const some = db
    .selectFrom(table)
    .select('id')
    .limit(COUNTED_ROWS + 1);
  const { count } = await db
    .selectFrom(some.as('some'))
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count <= COUNTED_ROWS ? count : Math.max(count, await database.estimateRows(table));
}

async function findOldestDueRun({ db }: Database, nowMs: number): Promise<number | null> {
  const { rows } = await sql<{ readonly at_ms: number | null }>`
    with recursive ${DESTINATIONS}
    select (select min(claim_at_ms) from runs
      where destination = name and claim_at_ms <= ${nowMs} and state <> 'running') as at_ms
    from destinations where name is not null`.execute(db);
  const times = rows.flatMap(({ at_ms }) => (at_ms === null ? [] : [at_ms]));
  return times.length === 0 ? null : Math.min(...times);
}

async function countRefusals({ db }: Database): Promise<Readonly<Record<string, number>>> {
  const rows = await db.selectFrom('refusal_counts').selectAll().orderBy('cause').execute();
  return Object.fromEntries(rows.map(({ cause, count }) => [cause, count]));
}
