import { sql } from 'kysely';

import type { Database } from '../database.ts';
import { toStatement } from '../statement.ts';
import { countEvents, NOTHING, type Pruned } from './pruned.ts';

/** Events deleted at a time. */
const CHUNK = 100;
/** Events that are never folded. */
const WITHOUT_CALL = ['unparseable', 'no_call', 'quarantined'] as const;

/** Deletes the oldest events that nobody proved to have sent. */
export async function pruneQuarantined(database: Database): Promise<Pruned> {
  return deleteEvents(database, await findOld(database, 'quarantined'));
}

/** Deletes the oldest events that belong to no call, orphans that found none included. */
export function createPruneEvents(database: Database): (beforeMs: number) => Promise<Pruned> {
  return async (beforeMs) => {
    const limitMs = Math.min(beforeMs, Number.MAX_SAFE_INTEGER);
    const found = await Promise.all([
      ...WITHOUT_CALL.map((state) => findOld(database, state)),
      findWaitingOrphans(database),
      findLoneOrphans(database),
    ]);
    const old = found
      .flat()
      .filter((event) => event.received_at_ms < limitMs)
      .toSorted((left, right) => left.received_at_ms - right.received_at_ms)
      .slice(0, CHUNK);
    return deleteEvents(database, old);
  };
}

function findOld({ db }: Database, state: (typeof WITHOUT_CALL)[number]) {
  // Ids grow with time: the first ones are the oldest.
  return db
    .selectFrom('events')
    .select(['id', 'received_at_ms'])
    .where('state', '=', state)
    .where(sql<boolean>`state <> 'pending'`)
    .orderBy('id')
    .limit(CHUNK)
    .execute();
}

function findWaitingOrphans({ db }: Database) {
  return db
    .selectFrom('pending_events')
    .select(['event_id as id', 'received_at_ms'])
    .where('orphan', '=', 1)
    .orderBy('event_id')
    .limit(CHUNK)
    .execute();
}

function findLoneOrphans({ db }: Database) {
  return db
    .selectFrom('joins')
    .innerJoin('events', 'events.id', 'joins.event_id')
    .select(['events.id', 'events.received_at_ms'])
    .where('joins.undone_at_ms', 'is not', null)
    .orderBy('joins.event_id')
    .limit(CHUNK)
    .execute();
}

async function deleteEvents(database: Database, old: readonly { readonly id: string }[]): Promise<Pruned> {
  if (old.length === 0) return NOTHING;
  const { db, manyWriters } = database;
  const ids = old.map((event) => event.id);
  // An orphan may have found its call since it was read; then it is a pending event and stays.
  const joined = db
    .selectFrom('joins')
    .select('event_id')
    .where('event_id', 'in', ids)
    .where('undone_at_ms', 'is', null);
  const events = db
    .deleteFrom('events')
    .where('id', 'in', ids)
    .where('id', 'not in', joined)
    .returning(sql<number>`length(body)`.as('bytes'));
  const gone = db.selectFrom('events').select('events.id').where('events.id', 'in', ids);
  // An orphan about to find its call comes before all of this, or finds itself gone.
  const lock = db.selectFrom('pending_events').select('event_id').where('event_id', 'in', ids).orderBy('event_id');
  const locks = manyWriters ? [toStatement(lock.forUpdate())] : [];
  const written = await database.write([
    ...locks,
    toStatement(events),
    toStatement(db.deleteFrom('duplicates').where('event_id', 'in', ids).where('event_id', 'not in', gone)),
    toStatement(db.deleteFrom('joins').where('event_id', 'in', ids).where('event_id', 'not in', gone)),
    toStatement(db.deleteFrom('pending_events').where('event_id', 'in', ids).where('event_id', 'not in', gone)),
  ]);
  return written.kind === 'written' ? countEvents(written.results[locks.length]?.rows ?? []) : NOTHING;
}
