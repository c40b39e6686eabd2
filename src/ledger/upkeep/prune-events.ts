import { sql } from 'kysely';

import type { Database } from '../database.ts';
import { toStatement } from '../statement.ts';

/** Events deleted at a time. */
const CHUNK = 100;
/** Events that are never folded. */
const WITHOUT_CALL = ['unparseable', 'no_call', 'quarantined'] as const;

/** Deletes the oldest events that nobody proved to have sent; resolves to how many. */
export async function pruneQuarantined(database: Database): Promise<number> {
  const old = await findOld(database, 'quarantined');
  return old.length === 0
    ? 0
    : deleteEvents(
        database,
        old.map((event) => event.id),
      );
}

/** Deletes the oldest events that belong to no call, orphans that found none included; resolves to how many. */
export function createPruneEvents(database: Database): (beforeMs: number) => Promise<number> {
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
    return old.length === 0
      ? 0
      : deleteEvents(
          database,
          old.map((event) => event.id),
        );
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

async function deleteEvents(database: Database, ids: readonly string[]): Promise<number> {
  const { db } = database;
  // An orphan may have found its call since it was read; then it is a pending event and stays.
  const joined = db
    .selectFrom('joins')
    .select('event_id')
    .where('event_id', 'in', ids)
    .where('undone_at_ms', 'is', null);
  const events = db.deleteFrom('events').where('id', 'in', ids).where('id', 'not in', joined);
  const gone = db.selectFrom('events').select('events.id').where('events.id', 'in', ids);
  const written = await database.write([
    toStatement(events),
    toStatement(db.deleteFrom('duplicates').where('event_id', 'in', ids).where('event_id', 'not in', gone)),
    toStatement(db.deleteFrom('joins').where('event_id', 'in', ids).where('event_id', 'not in', gone)),
    toStatement(db.deleteFrom('pending_events').where('event_id', 'in', ids).where('event_id', 'not in', gone)),
  ]);
  return written.kind === 'written' ? (written.results[0]?.changes ?? 0) : 0;
}
