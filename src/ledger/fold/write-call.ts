import type { Clock } from '../../shared/clock.ts';
import { hashJson } from '../../shared/hash.ts';
import type { Ids } from '../../shared/ids.ts';
import type { Database, Statement } from '../database.ts';
import type { CallEvents, Folded } from '../ledger.ts';
import type { CallTable } from '../schema.ts';
import { mustChange, prepare } from '../statement.ts';
import { shareFoldLock } from './fold-lock.ts';
import { prepareRaise } from './raise-run.ts';
import type { ReadCall } from './read-calls.ts';

/** An orphan may belong to a call that had an event within this time of it (CalltTone sends its analysis seconds later). */
export const JOIN_WINDOW_MS = 15 * 60_000;

/** Makes the statements that write one folded call: the call, its runs, and its events as folded. */
export type WriteCall = (read: ReadCall, folded: Folded) => readonly Statement[];

export function createWriteCall(database: Database, clock: Clock, ids: Ids): WriteCall {
  const statements = prepareStatements(database);
  const raise = prepareRaise(database);
  const lock = shareFoldLock(database);
  return (read, folded) => {
    const row = toCallRow(read, folded, ids);
    const updatedAtMs = clock.now();
    return [
      ...lock,
      mustChange(read.row === null ? statements.insert(row) : statements.update({ ...row, read: read.row.revision })),
      ...folded.runs.map((wanted) => raise({ id: ids.next('run'), call: row, wanted, updatedAtMs })),
      ...(read.row === null || read.row.person_key === row.person_key ? [] : [statements.movePerson(row)]),
      ...read.input.events
        .filter((event) => event.state === 'pending')
        .map((event) => statements.fold({ id: event.id })),
      statements.wakeOrphans(orphansNear(row)),
    ];
  };
}

function toCallRow({ key, input, row }: ReadCall, folded: Folded, ids: Ids): CallTable {
  const { fields } = folded;
  const fieldsHash = hashJson(fields);
  const grew = row === null || row.fields_hash !== fieldsHash;
  return {
    id: row?.id ?? ids.next('call'),
    call_key: key,
    source: input.source,
    platform: input.platform,
    provider_call_id: input.providerCallId,
    version: (row?.version ?? 0) + (grew ? 1 : 0),
    revision: (row?.revision ?? 0) + 1,
    fields: JSON.stringify(fields),
    fields_hash: fieldsHash,
    status: fields.status,
    customer_number: fields.customer_number,
    person_key: folded.personKey,
    called_at: fields.started_at ?? folded.firstEventAt,
    first_event_at: folded.firstEventAt,
    last_event_at: folded.lastEventAt,
    event_types: JSON.stringify(folded.eventTypes),
    unmatched: JSON.stringify(folded.unmatched),
    ...receipt(input),
  };
}

function receipt({ events }: CallEvents): Pick<CallTable, 'events' | 'first_received_at_ms' | 'last_received_at_ms'> {
  const times = events.map((event) => event.receivedAtMs);
  return {
    events: events.length,
    first_received_at_ms: times.reduce((left, right) => Math.min(left, right), Infinity),
    last_received_at_ms: times.reduce((left, right) => Math.max(left, right), 0),
  };
}

function orphansNear(row: CallTable): { source: string; fromMs: number; toMs: number } {
  const { source, first_received_at_ms: first, last_received_at_ms: last } = row;
  return { source, fromMs: first - JOIN_WINDOW_MS, toMs: last + JOIN_WINDOW_MS };
}

function prepareStatements(database: Database) {
  const { db } = database;
  const insert = prepare<CallTable>((row) =>
    db
      .insertInto('calls')
      .values({
        id: row.id,
        call_key: row.call_key,
        source: row.source,
        platform: row.platform,
        provider_call_id: row.provider_call_id,
        first_received_at_ms: row.first_received_at_ms,
        ...changing(row),
      })
      .onConflict((conflict) => conflict.column('call_key').doNothing()),
  );
  const update = prepare<CallTable & { readonly read: number }>((row) =>
    db
      .updateTable('calls')
      .set({ ...changing(row), first_received_at_ms: row.first_received_at_ms })
      .where('id', '=', row.id)
      .where('revision', '=', row.read),
  );
  return { insert, update, ...prepareEffects(database) };
}

function prepareEffects({ db }: Database) {
  // A running run keeps its key until its attempt ends: the key is what no other run may hold meanwhile.
  const movePerson = prepare<CallTable>((row) =>
    db
      .updateTable('runs')
      .set({ person_key: row.person_key })
      .where('call_id', '=', row.id)
      .where('state', '<>', 'running'),
  );
  const fold = prepare<{ readonly id: string }>(({ id }) => db.deleteFrom('pending_events').where('event_id', '=', id));
  // Counted up, not set: an orphan that is looked at meanwhile then sees that it changed and does not fall asleep.
  const wakeOrphans = prepare<ReturnType<typeof orphansNear>>((near) =>
    db
      .updateTable('pending_events')
      .set((update) => ({ try_at_ms: update(update.fn.coalesce('try_at_ms', update.lit(0)), '+', 1) }))
      .where((where) => where('orphan', '=', where.lit(1)))
      .where('source', '=', near.source)
      .where('received_at_ms', '>=', near.fromMs)
      .where('received_at_ms', '<=', near.toMs),
  );
  return { movePerson, fold, wakeOrphans };
}

function changing(
  row: CallTable,
): Omit<CallTable, 'id' | 'call_key' | 'source' | 'platform' | 'provider_call_id' | 'first_received_at_ms'> {
  return {
    version: row.version,
    revision: row.revision,
    fields: row.fields,
    fields_hash: row.fields_hash,
    status: row.status,
    customer_number: row.customer_number,
    person_key: row.person_key,
    called_at: row.called_at,
    first_event_at: row.first_event_at,
    last_event_at: row.last_event_at,
    event_types: row.event_types,
    events: row.events,
    last_received_at_ms: row.last_received_at_ms,
    unmatched: row.unmatched,
  };
}
