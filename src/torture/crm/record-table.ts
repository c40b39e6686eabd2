import type { JsonObject, JsonValue } from '../../domain/json.ts';

/** One record of a simulated CRM. */
export interface StoredRecord {
  readonly id: string;
  /** Grows with every record, so that "newest" has a meaning without a clock. */
  readonly number: number;
  fields: Record<string, JsonValue>;
}

/** Records by id, with an index for the fields that are searched by. */
export class RecordTable {
  readonly #records = new Map<string, StoredRecord>();
  readonly #deleted = new Set<string>();
  readonly #index = new Map<string, Set<string>>();
  readonly #indexed: readonly string[];
  readonly #prefix: string;
  #last = 0;

  constructor(prefix: string, indexed: readonly string[] = []) {
    this.#prefix = prefix;
    this.#indexed = indexed;
  }

  insert(fields: JsonObject, id?: string): StoredRecord {
    this.#last += 1;
    const record = { id: id ?? `${this.#prefix}${this.#last}`, number: this.#last, fields: { ...fields } };
    this.#records.set(record.id, record);
    this.#addToIndex(record);
    return record;
  }

  update(id: string, fields: JsonObject): StoredRecord | undefined {
    const record = this.#records.get(id);
    if (record === undefined) return undefined;
    this.#removeFromIndex(record);
    record.fields = { ...record.fields, ...fields };
    this.#addToIndex(record);
    return record;
  }

  replace(id: string, fields: JsonObject): StoredRecord | undefined {
    const record = this.#records.get(id);
    if (record === undefined) return undefined;
    this.#removeFromIndex(record);
    record.fields = { ...fields };
    this.#addToIndex(record);
    return record;
  }

  remove(id: string): boolean {
    const record = this.#records.get(id);
    if (record === undefined) return false;
    this.#removeFromIndex(record);
    this.#records.delete(id);
    this.#deleted.add(id);
    return true;
  }

  get(id: string): StoredRecord | undefined {
    return this.#records.get(id);
  }

  wasDeleted(id: string): boolean {
    return this.#deleted.has(id);
  }

  /** Records with exactly this text in an indexed field, oldest first. */
  find(field: string, value: string): readonly StoredRecord[] {
    const ids = this.#index.get(`${field}\u0000${value}`) ?? new Set();
    return [...ids].flatMap((id) => this.#records.get(id) ?? []);
  }

  all(): readonly StoredRecord[] {
    return [...this.#records.values()];
  }

  /** Values of an indexed field that more than one record has. */
  shared(field: string): readonly string[] {
    return [...this.#index]
      .filter(([key, ids]) => key.startsWith(`${field}\u0000`) && ids.size > 1)
      .map(([key]) => key.slice(field.length + 1));
  }

  #keys(record: StoredRecord): string[] {
    return this.#indexed.flatMap((field) => {
      const value = record.fields[field];
      return value === undefined || value === null || value === '' ? [] : [`${field}\u0000${text(value)}`];
    });
  }

  #addToIndex(record: StoredRecord): void {
    for (const key of this.#keys(record)) {
      const ids = this.#index.get(key) ?? new Set();
      this.#index.set(key, ids.add(record.id));
    }
  }

  #removeFromIndex(record: StoredRecord): void {
    for (const key of this.#keys(record)) this.#index.get(key)?.delete(record.id);
  }
}

function text(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
