import { sql, type Kysely, type Nullable, type RawBuilder, type SelectQueryBuilder } from 'kysely';

import type { EventType } from '../../domain/event.ts';
import type { NewEvent, StoredEvent } from '../ledger.ts';
import type { EventTable, Schema } from '../schema.ts';

/** `<source>/<provider call id>`: what everything of one call carries. */
export function callKeyOf(source: string, providerCallId: string): string {
  return `${source}/${providerCallId}`;
}

export function toEventRow(event: NewEvent): EventTable {
  return {
    id: event.id,
    source: event.source,
    platform: event.platform,
    receipt_key: event.receiptKey,
    semantic_key: event.semanticKey,
    type: event.type,
    provider_event: event.providerEvent,
    call_id: event.callId,
    call_key: event.callId === null ? null : callKeyOf(event.source, event.callId),
    orphan: event.orphan === true ? 1 : 0,
    state: event.state,
    received_at_ms: event.receivedAtMs,
    body: event.body,
    body_hash: event.bodyHash,
    content_type: event.contentType,
    headers: JSON.stringify(event.headers),
    proof: event.proof,
    notes: JSON.stringify(event.notes),
  };
}

type Optional = 'pending_events' | 'joins' | 'calls';
type JoinedTable = 'events' | Optional;
type JoinedSchema = Omit<Schema, Optional> & { [Table in Optional]: Nullable<Schema[Table]> };

/** Events with what became of them: `state` as in StoredEvent, the call, the number of duplicates. */
export function selectEvents(db: Kysely<Schema>): SelectQueryBuilder<JoinedSchema, JoinedTable, EventRow> {
  return db
    .selectFrom('events')
    .leftJoin('pending_events', 'pending_events.event_id', 'events.id')
    .leftJoin('joins', 'joins.event_id', 'events.id')
    .leftJoin('calls', (join) => join.on('calls.call_key', '=', foldedInto()))
    .selectAll('events')
    .select([
      eventState().as('what_became'),
      'calls.id as call_row_id',
      'pending_events.problem',
      sql<number>`(select coalesce(sum(times), 0) from duplicates where duplicates.event_id = events.id)`.as(
        'duplicates',
      ),
    ]);
}

/** SQL for StoredEvent.state. */
export function eventState(): RawBuilder<StoredEvent['state']> {
  return sql<StoredEvent['state']>`case
    when events.state <> 'pending' then events.state
    when pending_events.orphan = 1 or joins.undone_at_ms is not null then 'orphan'
    when pending_events.event_id is not null then 'pending'
    else 'folded' end`;
}

/** SQL for the key of the call an event was folded into; null when there is none yet. */
function foldedInto() {
  return sql<string>`case
    when pending_events.event_id is not null or joins.undone_at_ms is not null or events.state <> 'pending' then null
    else coalesce(joins.call_key, events.call_key) end`;
}

/** A row of `selectEvents`. */
export interface EventRow extends EventTable {
  readonly what_became: StoredEvent['state'];
  readonly call_row_id: string | null;
  readonly duplicates: number;
  readonly problem: string | null;
}

export function toStoredEvent(row: EventRow): StoredEvent {
  const notes = JSON.parse(row.notes) as string[];
  return {
    id: row.id,
    source: row.source,
    platform: row.platform,
    receiptKey: row.receipt_key,
    semanticKey: row.semantic_key,
    type: row.type as EventType,
    providerEvent: row.provider_event,
    callId: row.call_id,
    orphan: row.orphan === 1,
    receivedAtMs: row.received_at_ms,
    body: Buffer.from(row.body.buffer, row.body.byteOffset, row.body.byteLength),
    bodyHash: row.body_hash,
    contentType: row.content_type,
    headers: JSON.parse(row.headers) as StoredEvent['headers'],
    proof: row.proof,
    notes: row.problem === null ? notes : [...notes, `could not be folded: ${row.problem}`],
    state: row.what_became,
    duplicates: row.duplicates,
    callRowId: row.call_row_id,
  };
}
