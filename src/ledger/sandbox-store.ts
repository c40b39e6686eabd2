import type { JsonObject, JsonValue } from '../domain/json.ts';
import { canonicalJson } from '../shared/hash.ts';
import type { Database, Statement } from './database.ts';
import type { SandboxRecordTable } from './schema.ts';
import { mustChange, toStatement } from './statement.ts';

type Kind = 'contact' | 'call' | 'task';

/** Same shape as destinations/sandbox/store.ts, which says what each means; neighbours do not import each other. */
export interface SandboxRecord {
  readonly id: string;
  readonly kind: Kind;
  readonly key: string;
  readonly contactId: string | null;
  readonly fields: JsonObject;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface SandboxChange {
  readonly recordId: string;
  readonly kind: Kind;
  readonly field: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
  readonly atMs: number;
}

interface SandboxUpdate {
  readonly id: string;
  readonly fields: JsonObject;
  readonly contactId: string | null;
  readonly atMs: number;
}

/** Implements destinations/sandbox/store.ts. */
export interface SandboxStore {
  insertRecord(
    destination: string,
    record: SandboxRecord,
  ): Promise<{ readonly inserted: boolean; readonly record: SandboxRecord }>;
  updateRecord(destination: string, update: SandboxUpdate): Promise<SandboxRecord | null>;
  getRecord(destination: string, id: string): Promise<SandboxRecord | null>;
  findByKey(destination: string, kind: Kind, key: string): Promise<SandboxRecord | null>;
  findByField(destination: string, kind: Kind, field: string, value: string): Promise<readonly SandboxRecord[]>;
  listRecords(destination: string, kind: Kind, limit: number): Promise<readonly SandboxRecord[]>;
  history(destination: string, recordId: string): Promise<readonly SandboxChange[]>;
}

/** Characters of a value that `findByField` finds. */
const LONGEST_FOUND = 256;
const MAX_FOUND = 50;

export function createSandboxStore(database: Database): SandboxStore {
  return { ...createReads(database), ...createHistory(database), ...createWrites(database) };
}

function createReads({ db }: Database) {
  const records = (destination: string) =>
    db.selectFrom('sandbox_records').selectAll().where('destination', '=', destination);
  return {
    async getRecord(destination: string, id: string) {
      const row = await records(destination).where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toRecord(row);
    },
    async findByKey(destination: string, kind: Kind, key: string) {
      const row = await records(destination).where('kind', '=', kind).where('key', '=', key).executeTakeFirst();
      return row === undefined ? null : toRecord(row);
    },
    async findByField(...[destination, kind, field, value]: Parameters<SandboxStore['findByField']>) {
      const found = db
        .selectFrom('sandbox_values')
        .select('record_id')
        .where('destination', '=', destination)
        .where('kind', '=', kind)
        .where('field', '=', field)
        .where('value', '=', value);
      const rows = await records(destination).where('id', 'in', found).orderBy('id').limit(MAX_FOUND).execute();
      return rows.map(toRecord);
    },
    async listRecords(destination: string, kind: Kind, limit: number) {
      const rows = await records(destination).where('kind', '=', kind).orderBy('id', 'desc').limit(limit).execute();
      return rows.map(toRecord);
    },
  };
}

function createHistory({ db }: Database): Pick<SandboxStore, 'history'> {
  return {
    async history(destination: string, recordId: string) {
      const rows = await db
        .selectFrom('sandbox_changes')
        .selectAll()
        .where('destination', '=', destination)
        .where('record_id', '=', recordId)
        .orderBy('number')
        .execute();
      return rows.map((row) => ({
        recordId: row.record_id,
        kind: row.kind as Kind,
        field: row.field,
        atMs: row.at_ms,
        before: JSON.parse(row.before) as JsonValue,
        after: JSON.parse(row.after) as JsonValue,
      }));
    },
  };
}

function createWrites(database: Database): Pick<SandboxStore, 'insertRecord' | 'updateRecord'> {
  const { db } = database;
  const reads = createReads(database);
  return {
    async insertRecord(destination, record) {
      const insert = db
        .insertInto('sandbox_records')
        .values({ destination, ...toRow(record) })
        .onConflict((conflict) => conflict.columns(['destination', 'kind', 'key']).doNothing());
      const changes = changeStatements(database, destination, { record, before: {}, atMs: record.createdAtMs });
      const written = await database.write([mustChange(toStatement(insert)), ...changes]);
      if (written.kind === 'written') return { inserted: true, record };
      const existing = await reads.findByKey(destination, record.kind, record.key);
      if (existing === null) throw new Error(`Sandbox record ${record.kind} ${record.key} is neither new nor there.`);
      return { inserted: false, record: existing };
    },
    async updateRecord(destination, update) {
      for (;;) {
        const before = await reads.getRecord(destination, update.id);
        if (before === null) return null;
        const record = merge(before, update);
        const written = await database.write(
          updateStatements(database, destination, { record, before, atMs: update.atMs }),
        );
        // Refused: somebody else changed the record since it was read.
        if (written.kind === 'written') return record;
      }
    },
  };
}

function merge(before: SandboxRecord, update: SandboxUpdate): SandboxRecord {
  return {
    ...before,
    fields: { ...before.fields, ...update.fields },
    contactId: update.contactId ?? before.contactId,
    updatedAtMs: update.atMs,
  };
}

interface Change {
  readonly record: SandboxRecord;
  readonly before: SandboxRecord;
  readonly atMs: number;
}

function updateStatements(database: Database, destination: string, change: Change): readonly Statement[] {
  const { fields, contact_id, updated_at_ms } = toRow(change.record);
  const update = database.db
    .updateTable('sandbox_records')
    .set({ fields, contact_id, updated_at_ms })
    .where('id', '=', change.record.id)
    .where('destination', '=', destination)
    .where('fields', '=', JSON.stringify(change.before.fields));
  return [
    mustChange(toStatement(update)),
    ...changeStatements(database, destination, { ...change, before: change.before.fields }),
  ];
}

function changeStatements(
  { db }: Database,
  destination: string,
  { record, before, atMs }: { readonly record: SandboxRecord; readonly before: JsonObject; readonly atMs: number },
): readonly Statement[] {
  const common = { record_id: record.id, destination, kind: record.kind };
  const changed = Object.entries(record.fields).filter(
    ([field, after]) => !Object.hasOwn(before, field) || canonicalJson(before[field]) !== canonicalJson(after),
  );
  return changed.flatMap(([field, after]) => [
    toStatement(
      db.insertInto('sandbox_changes').values({
        ...common,
        field,
        at_ms: atMs,
        before: JSON.stringify(before[field] ?? null),
        after: JSON.stringify(after),
      }),
    ),
    toStatement(db.deleteFrom('sandbox_values').where('record_id', '=', record.id).where('field', '=', field)),
    ...(isFindable(after)
      ? [toStatement(db.insertInto('sandbox_values').values({ ...common, field, value: String(after) }))]
      : []),
  ]);
}

/** A transcript is no search word, and longer than what PostgreSQL keeps in an index. */
function isFindable(value: JsonValue): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= LONGEST_FOUND);
}

function toRecord(row: SandboxRecordTable): SandboxRecord {
  return {
    id: row.id,
    kind: row.kind as Kind,
    key: row.key,
    contactId: row.contact_id,
    fields: JSON.parse(row.fields) as JsonObject,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toRow(record: SandboxRecord) {
  return {
    id: record.id,
    kind: record.kind,
    key: record.key,
    contact_id: record.contactId,
    fields: JSON.stringify(record.fields),
    created_at_ms: record.createdAtMs,
    updated_at_ms: record.updatedAtMs,
  };
}
