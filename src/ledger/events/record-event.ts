import { sql } from 'kysely';

import type { Database, Statement } from '../database.ts';
import type { NewEvent, RecordedEvent } from '../ledger.ts';
import type { EventTable, PendingEventTable } from '../schema.ts';
import { prepare } from '../statement.ts';
import { toEventRow } from './event-row.ts';

/** Inserts an event with its place in the fold's queue; false when its receipt key was there already. */
export type InsertEvent = (row: EventTable) => Promise<boolean>;

/** Adds a duplicate to the first delivery of its key; resolves to the id of that, null when there is none. */
export type LinkDuplicate = (of: LinkParameters) => Promise<string | null>;

/** Duplicates of one event that are kept each; later ones are only counted. */
const KEPT_DUPLICATES = 20;

/**
 * Records events, each receipt key of a source once. The first delivery costs one trip to the disk; a duplicate costs a
 * second one, which links it to the first.
 */
export function createRecordEvent(
  database: Database,
  insertEvent: InsertEvent = createInsertEvent(database),
  linkDuplicate: LinkDuplicate = createLinkDuplicate(database),
): (event: NewEvent) => Promise<RecordedEvent> {
  return async (event) => {
    const row = toEventRow(event);
    if (await insertEvent(row)) return { kind: 'recorded', id: event.id };
    const { source, receipt_key, received_at_ms } = row;
    const first = await linkDuplicate({ source, receipt_key, received_at_ms });
    if (first !== null) return { kind: 'duplicate', id: first };
    throw new Error(`The first delivery of ${event.id} disappeared while that, its duplicate, was recorded.`);
  };
}

function createLinkDuplicate(database: Database): LinkDuplicate {
  const link = prepareLink(database);
  return async (of) => {
    const written = await database.write([link(of)]);
    const [linked] = written.kind === 'written' ? (written.results[0]?.rows ?? []) : [];
    return linked === undefined ? null : (linked as { readonly event_id: string }).event_id;
  };
}

/** For SQLite; PostgreSQL has a statement of its own for whole groups (insert-events.ts). */
function createInsertEvent(database: Database): InsertEvent {
  const insert = prepareInsert(database);
  const queue = prepareQueue(database);
  return async (row) => {
    const place = toPlace(row);
    const written = await database.write(place === null ? [insert(row)] : [insert(row), queue(place)]);
    return written.kind === 'written' && written.results[0]?.changes === 1;
  };
}

type Place = Pick<PendingEventTable, 'event_id' | 'source' | 'call_key' | 'orphan' | 'received_at_ms' | 'bytes'>;

/** The place of an event in the fold's queue; null when it is not part of a call. */
function toPlace({ id, source, call_key, orphan, state, received_at_ms, body }: EventTable): Place | null {
  if (state !== 'pending' || call_key === null) return null;
  return { event_id: id, source, call_key, orphan, received_at_ms, bytes: body.byteLength };
}

function prepareInsert({ db }: Database) {
  return prepare<EventTable>((row) =>
    db
      .insertInto('events')
      .values({
        id: row.id,
        source: row.source,
        platform: row.platform,
        receipt_key: row.receipt_key,
        semantic_key: row.semantic_key,
        type: row.type,
        provider_event: row.provider_event,
        call_id: row.call_id,
        call_key: row.call_key,
        orphan: row.orphan,
        state: row.state,
        received_at_ms: row.received_at_ms,
        body: row.body,
        body_hash: row.body_hash,
        content_type: row.content_type,
        headers: row.headers,
        proof: row.proof,
        notes: row.notes,
      })
      .onConflict((conflict) => conflict.columns(['receipt_key', 'source']).doNothing()),
  );
}

/**
 * To be run right after the insert: SQLite's `changes()` tells what that did, and a duplicate gets no place. An event that is
 * recorded again because the fate of its first try is not known is a duplicate, too; its place was committed with it.
 */
function prepareQueue({ db }: Database) {
  return prepare<Place>((place) =>
    db
      .insertInto('pending_events')
      .columns(['event_id', 'source', 'call_key', 'orphan', 'received_at_ms', 'bytes', 'try_at_ms'])
      .expression(
        db
          .selectNoFrom([
            sql.val(place.event_id).as('event_id'),
            sql.val(place.source).as('source'),
            sql.val(place.call_key).as('call_key'),
            sql.val(place.orphan).as('orphan'),
            sql.val(place.received_at_ms).as('received_at_ms'),
            sql.val(place.bytes).as('bytes'),
            sql.lit(0).as('try_at_ms'),
          ])
          .where(sql<boolean>`changes() = 1`),
      ),
  );
}

export interface LinkParameters {
  readonly source: string;
  readonly receipt_key: string;
  readonly received_at_ms: number;
}

/** Returns the `event_id` of the first delivery. */
export function prepareLink({ db }: Database): (of: LinkParameters) => Statement {
  return prepare<LinkParameters>((row) =>
    db
      .insertInto('duplicates')
      .columns(['event_id', 'slot', 'received_at_ms', 'times'])
      .expression((from) =>
        from
          .selectFrom('events')
          .select([
            'events.id',
            sql<number>`(select case when count(*) < ${sql.lit(KEPT_DUPLICATES)} then count(*) else ${sql.lit(KEPT_DUPLICATES - 1)} end
              from duplicates where duplicates.event_id = events.id)`.as('slot'),
            sql<number>`${row.received_at_ms}`.as('received_at_ms'),
            sql<number>`1`.as('times'),
          ])
          .where('events.source', '=', row.source)
          .where('events.receipt_key', '=', row.receipt_key),
      )
      .onConflict((conflict) =>
        conflict.columns(['event_id', 'slot']).doUpdateSet({
          times: sql`duplicates.times + 1`,
          received_at_ms: sql`excluded.received_at_ms`,
        }),
      )
      .returning('event_id'),
  );
}
