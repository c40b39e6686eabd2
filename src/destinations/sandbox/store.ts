import type { JsonValue } from '../../domain/json.ts';
import type { Fields, RecordKind } from '../destination.ts';

/** One record of the sandbox, our own small CRM. */
export interface SandboxRecord {
  /** `rec_…` */
  readonly id: string;
  readonly kind: RecordKind;
  /** The key of the write that made it; no two records of a kind share one. */
  readonly key: string;
  /** The contact a call or task hangs on. */
  readonly contactId: string | null;
  readonly fields: Fields;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One field of one record, changed once. */
export interface SandboxChange {
  readonly recordId: string;
  readonly kind: RecordKind;
  readonly field: string;
  /** Null when the field was not there. */
  readonly before: JsonValue;
  readonly after: JsonValue;
  readonly atMs: number;
}

/**
 * Where the sandbox keeps its records; implemented in `ledger/sandbox-store.ts` with the same shape. Each sandbox
 * destination (by name) is a CRM of its own. Every method is atomic and durable when its promise resolves.
 */
export interface SandboxStore {
  /** Inserts; when a record of this kind has the key already, changes nothing and returns that one with `inserted: false`. */
  insertRecord(
    destination: string,
    record: SandboxRecord,
  ): Promise<{ readonly inserted: boolean; readonly record: SandboxRecord }>;
  /** Merges the fields, sets `contactId` unless null, and writes one change per field that differs. Null when there is no such record. */
  updateRecord(
    destination: string,
    update: { readonly id: string; readonly fields: Fields; readonly contactId: string | null; readonly atMs: number },
  ): Promise<SandboxRecord | null>;
  getRecord(destination: string, id: string): Promise<SandboxRecord | null>;
  findByKey(destination: string, kind: RecordKind, key: string): Promise<SandboxRecord | null>;
  /** Records with exactly this text in this field, oldest first, at most 50. */
  findByField(destination: string, kind: RecordKind, field: string, value: string): Promise<readonly SandboxRecord[]>;
  /** Newest first. */
  listRecords(destination: string, kind: RecordKind, limit: number): Promise<readonly SandboxRecord[]>;
  /** Oldest first; the insert is one change per field with `before: null`. */
  history(destination: string, recordId: string): Promise<readonly SandboxChange[]>;
}
