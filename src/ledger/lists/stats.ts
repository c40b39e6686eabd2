import { sql } from 'kysely';

import { RUN_STATES, type RunState } from '../../domain/run.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../database.ts';
import type { Ledger, LedgerStats } from '../ledger.ts';
import { findOldestPendingEvent } from './backlog.ts';

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

async function countEvents({ db }: Database): Promise<Readonly<Record<string, number>>> {
  const all = await db
    .selectFrom('events')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
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
  const folded = withoutCall.reduce((left, { count }) => left - count, all.count - pending - orphan);
  return { ...Object.fromEntries(withoutCall.map(({ state, count }) => [state, count])), pending, orphan, folded };
}

async function countRuns({ db }: Database): Promise<LedgerStats['runs']> {
  const rows = await db
    .selectFrom('runs')
    .select((select) => ['state', select.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const count = (state: RunState): number => rows.find((row) => row.state === state)?.count ?? 0;
  return Object.fromEntries(RUN_STATES.map((state) => [state, count(state)])) as Record<RunState, number>;
}

async function findOldestDueRun({ db }: Database, nowMs: number): Promise<number | null> {
  const row = await db
    .selectFrom('runs')
    .select((select) => select.fn.min('claim_at_ms').as('at_ms'))
    .where('claim_at_ms', '<=', nowMs)
    .where(sql<boolean>`state <> 'running'`)
    .executeTakeFirst();
  return row?.at_ms ?? null;
}

async function countRefusals({ db }: Database): Promise<Readonly<Record<string, number>>> {
  const rows = await db.selectFrom('refusal_counts').selectAll().orderBy('cause').execute();
  return Object.fromEntries(rows.map(({ cause, count }) => [cause, count]));
}
