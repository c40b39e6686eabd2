import type { JsonValue } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import { isText, type Field, type Schema } from './field.ts';
import type { Entity } from './object-types.ts';

/** What a record holds; a field without a value is missing. */
export interface SalesforceRecord {
  readonly id: string;
  readonly fields: Readonly<Record<string, JsonValue>>;
}

/** One record as it stands; replaced, never changed, so that a version can be kept. */
export interface StoredRecord extends SalesforceRecord {
  readonly entity: Entity;
  readonly createdAtMs: number;
  readonly deleted: boolean;
}

/** The records of one object, with an index of everything that is looked up by. */
export class RecordTable {
  readonly #schema: Schema;
  readonly #records = new Map<string, StoredRecord>();
  /** Field → value in lower case → ids of live records. */
  readonly #index = new Map<string, Map<string, Set<string>>>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** The record, deleted or not. */
  get(id: string): StoredRecord | undefined {
    return this.#records.get(id);
  }

  /** Puts a record in place of its earlier version. */
  put(record: StoredRecord): void {
    this.#forget(record.id);
    this.#records.set(record.id, record);
    if (record.deleted) return;
    for (const [name, key] of this.#keys(record)) {
      const values = this.#index.get(name) ?? new Map<string, Set<string>>();
      this.#index.set(name, values);
      values.set(key, (values.get(key) ?? new Set()).add(record.id));
    }
  }

  /** Takes a record out without a trace: for undoing a create. */
  remove(id: string): void {
    this.#forget(id);
    this.#records.delete(id);
  }

  /** Live records with this value; text in any case of its letters unless the field tells them apart. */
  withValue(field: Field, value: JsonValue): readonly StoredRecord[] {
    if (!isIndexed(field)) return this.live().filter(({ fields }) => isSame(field, fields[field.name], value));
    const ids = this.#index.get(field.name)?.get(keyOf(value)) ?? new Set<string>();
    return [...ids]
      .flatMap((id) => this.#records.get(id) ?? [])
      .filter(({ fields }) => isSame(field, fields[field.name], value));
  }

  /** Live records, oldest first. */
  live(): readonly StoredRecord[] {
    return this.all().filter(({ deleted }) => !deleted);
  }

  /** Deleted ones too. */
  all(): readonly StoredRecord[] {
    return [...this.#records.values()];
  }

  #forget(id: string): void {
    const earlier = this.#records.get(id);
    if (earlier === undefined || earlier.deleted) return;
    for (const [name, key] of this.#keys(earlier)) this.#index.get(name)?.get(key)?.delete(id);
  }

  #keys({ fields }: StoredRecord): (readonly [string, string])[] {
    return Object.entries(fields).flatMap(([name, value]) => {
      const field = this.#schema.find(name);
      return field === undefined || !isIndexed(field) ? [] : [[name, keyOf(value)] as const];
    });
  }
}

/** Short text and references. */
export function isIndexed(field: Field): boolean {
  return field.type === 'reference' || (isText(field) && field.type !== 'textarea');
}

function isSame(field: Field, held: JsonValue | undefined, value: JsonValue): boolean {
  if (typeof held !== 'string' || typeof value !== 'string') return held === value;
  return field.caseSensitive || !isText(field) ? held === value : held.toLowerCase() === value.toLowerCase();
}

function keyOf(value: JsonValue): string {
  return textOf(value).toLowerCase();
}
