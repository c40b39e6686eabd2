import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';

import type { Schema } from '../schema.ts';

type Ids<Tables extends keyof Schema> = SelectQueryBuilder<Schema, Tables, { id: string }>;

/**
 * Ids of the calls that an operator may mean: by our id or the platform's, by the number of the person, by a run or an event.
 * One subquery per way and no `or` between them: each is then a look into an index, on every database.
 */
export function searchCalls(db: Kysely<Schema>, search: string): Ids<'calls'> {
  return db
    .selectFrom('calls')
    .select('calls.id')
    .where('calls.id', '=', search)
    .unionAll(db.selectFrom('calls').select('calls.id').where('calls.provider_call_id', '=', search))
    .unionAll(db.selectFrom('calls').select('calls.id').where('calls.customer_number', '=', search))
    .unionAll(db.selectFrom('runs').select('runs.call_id as id').where('runs.id', '=', search))
    .unionAll(
      db
        .selectFrom('events')
        .innerJoin('calls', 'calls.call_key', 'events.call_key')
        .select('calls.id')
        .where('events.id', '=', search),
    );
}

/** Ids of the events of these calls, and of those that belong to no call yet or never will. */
export function searchEvents(db: Kysely<Schema>, search: string): Ids<'calls' | 'events'> {
  return db
    .selectFrom('events')
    .innerJoin('calls', 'calls.call_key', 'events.call_key')
    .select('events.id')
    .where('calls.id', 'in', searchCalls(db, search))
    .unionAll(
      db
        .selectFrom('joins')
        .innerJoin('calls', 'calls.call_key', 'joins.call_key')
        .select('joins.event_id as id')
        .where('calls.id', 'in', searchCalls(db, search)),
    )
    .unionAll(db.selectFrom('events').select('events.id').where('events.id', '=', search))
    .unionAll(
      db
        .selectFrom('pending_events')
        .select('event_id as id')
        // `<source>/<call id>`
        .where(sql<boolean>`substr(call_key, length(source) + 2) = ${search}`),
    )
    .unionAll(
      db
        .selectFrom('events')
        .select('events.id')
        .where(sql<boolean>`events.state <> 'pending'`)
        .where('events.call_id', '=', search),
    );
}
