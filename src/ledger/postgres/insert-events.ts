import type { Pool, PoolClient } from 'pg';

import type { InsertEvent } from '../events/record-event.ts';
import type { EventTable } from '../schema.ts';
import { isConflict, isStatementFault, toLedgerError } from './errors.ts';
import { escapeText } from './escape-text.ts';
import { Gatherer, type GatherLimits, type GroupAnswer, type ItemAnswer } from './gatherer.ts';
import { connect } from './write-list.ts';

/** A connection that hangs must not keep every webhook waiting. */
export const GROUPS_UNDER_WAY = 2;
/** The receiver answers 503 at this age. */
export const DEADLINE_MS = 3_000;
const LIMITS: GatherLimits = {
  groupsUnderWay: GROUPS_UNDER_WAY,
  itemsPerGroup: 256,
  bytesPerGroup: 4 * 1024 ** 2,
  maxPending: 10_000,
  maxPendingBytes: 64 * 1024 ** 2,
  deadlineMs: DEADLINE_MS,
};

export interface InsertEvents {
  /** Resolves after the commit; false when the receipt key was there already. */
  readonly insert: InsertEvent;
  drained(): Promise<void>;
}

/** Inserts events with their place in the fold's queue: one statement, one round trip and one commit per group. */
export function createInsertEvents(pool: Pool): InsertEvents {
  const gatherer = new Gatherer<EventTable, boolean>((rows) => insertGroup(pool, rows), sizeOf, LIMITS);
  return { insert: (row) => gatherer.submit(row), drained: () => gatherer.drained() };
}

function sizeOf(row: EventTable): number {
  return row.body.byteLength + row.headers.length + row.notes.length;
}

async function insertGroup(pool: Pool, rows: readonly EventTable[]): Promise<GroupAnswer<boolean>> {
  let client: PoolClient;
  try {
    client = await connect(pool);
  } catch (error) {
    return { kind: 'unreachable', error: error as Error };
  }
  try {
    const inserted = await insertRows(client, rows);
    client.release();
    return { kind: 'answered', answers: rows.map((row) => ({ kind: 'done', result: inserted.has(row.id) })) };
  } catch (error) {
    client.release(!isStatementFault(error) && !isConflict(error));
    if (isConflict(error)) return insertGroup(pool, rows);
    if (isStatementFault(error) && rows.length > 1) return insertSingly(pool, rows);
    // What became of a statement whose answer was lost nobody knows: the sender comes again, and is then told.
    const failed = { kind: 'failed', error: toLedgerError(error, SQL) } as const;
    return { kind: 'answered', answers: rows.map(() => failed) };
  }
}

/** One row PostgreSQL refuses must not take the others along. */
async function insertSingly(pool: Pool, rows: readonly EventTable[]): Promise<GroupAnswer<boolean>> {
  const answers: ItemAnswer<boolean>[] = [];
  for (const row of rows) {
    const answer = await insertGroup(pool, [row]);
    if (answer.kind === 'answered') answers.push(...answer.answers);
    else answers.push({ kind: 'failed', error: answer.error });
  }
  return { kind: 'answered', answers };
}

async function insertRows(client: PoolClient, rows: readonly EventTable[]): Promise<ReadonlySet<string>> {
  // In one order in every process: two groups that hold the same keys must not wait for each other.
  const ordered = rows.toSorted((left, right) => (left.receipt_key < right.receipt_key ? -1 : 1));
  const bodies = Buffer.concat(ordered.map((row) => row.body));
  const lengths = ordered.map((row) => row.body.byteLength);
  const result = await client.query<Inserted>({
    name: 'hookline_insert_events',
    text: SQL,
    values: [bodies, lengths, ...COLUMNS.map(([name]) => ordered.map((row) => toElement(row[name])))],
  });
  return readInserted(rows, result.rows[0]);
}

interface Inserted {
  readonly count: number;
  /** Separated by spaces; null when all were inserted, as they nearly always are, or none. A row for each would cost more. */
  readonly ids: string | null;
}

function readInserted(rows: readonly EventTable[], inserted: Inserted | undefined): ReadonlySet<string> {
  if (inserted?.count === rows.length) return new Set(rows.map((row) => row.id));
  return new Set(inserted?.ids?.split(' '));
}

function toElement(value: string | number | null | Uint8Array): unknown {
  return typeof value === 'string' ? escapeText(value) : value;
}

/** All columns but the body. */
const COLUMNS: readonly (readonly [name: keyof EventTable, type: 'text' | 'integer' | 'bigint'])[] = [
  ['id', 'text'],
  ['source', 'text'],
  ['platform', 'text'],
  ['receipt_key', 'text'],
  ['semantic_key', 'text'],
  ['type', 'text'],
  ['provider_event', 'text'],
  ['call_id', 'text'],
  ['call_key', 'text'],
  ['orphan', 'integer'],
  ['state', 'text'],
  ['received_at_ms', 'bigint'],
  ['body_hash', 'text'],
  ['content_type', 'text'],
  ['headers', 'text'],
  ['proof', 'text'],
  ['notes', 'text'],
];

/** The bodies come in one piece: as an array they would be written out in hexadecimal digits, twice as long. */
const SQL = createSql();

function createSql(): string {
  const names = COLUMNS.map(([name]) => name).join(', ');
  const arrays = COLUMNS.map(([, type], index) => `$${index + 3}::${type}[]`).join(', ');
  return `
    with given as (
      select ${names}, substring($1::bytea from (sum(bytes) over (order by place) - bytes)::integer + 1 for bytes) as body
      from unnest($2::integer[], ${arrays}) with ordinality as given (bytes, ${names}, place)
    ), inserted as (
      insert into events (${names}, body) select ${names}, body from given
      on conflict (receipt_key, source) do nothing
      returning id, source, call_key, orphan, state, received_at_ms, length(body) as bytes
    ), queued as (
      insert into pending_events (event_id, source, call_key, orphan, received_at_ms, bytes, try_at_ms)
      select id, source, call_key, orphan, received_at_ms, bytes, 0
      from inserted where state = 'pending' and call_key is not null
      on conflict (event_id) do nothing
    )
    select count(*)::integer as count, case when count(*) < cardinality($2::integer[]) then string_agg(id, ' ') end as ids
    from inserted`;
}
