import type { Schema } from './property.ts';

/** One record as it stands; replaced, never changed, so that a version can be kept. */
export interface HubSpotRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly archived: boolean;
}

/** The records of one type, with the one index the truth needs: who holds which unique value. */
export class RecordTable {
  readonly #schema: Schema;
  readonly #records = new Map<string, HubSpotRecord>();
  /** `property NUL value` → id of the record that holds it. */
  readonly #holders = new Map<string, string>();
  /** The same for archived records. */
  readonly #archivedHolders = new Map<string, string>();
  /** Contacts merged away → the survivor. */
  readonly #survivors = new Map<string, string>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** The record, archived or not; not found under the id of one that was merged away. */
  get(id: string): HubSpotRecord | undefined {
    return this.#records.get(id);
  }

  /** The id of whoever survived the merges of this one; its own id when there were none. */
  survivor(id: string): string {
    const next = this.#survivors.get(id);
    return next === undefined || next === id ? id : this.survivor(next);
  }

  /** The live record that holds a unique value; for `email` whichever way it holds it. */
  holder(property: string, value: string): HubSpotRecord | undefined {
    return this.#find(this.#holders, property, value);
  }

  archivedHolder(property: string, value: string): HubSpotRecord | undefined {
    return this.#find(this.#archivedHolders, property, value);
  }

  /** Puts a record in place of its earlier version. */
  put(record: HubSpotRecord): void {
    this.#forget(record.id);
    this.#records.set(record.id, record);
    const holders = record.archived ? this.#archivedHolders : this.#holders;
    for (const key of this.#keys(record)) holders.set(key, record.id);
  }

  /** Takes a record out without a trace: for undoing a create. */
  remove(id: string): void {
    this.#forget(id);
    this.#records.delete(id);
  }

  /** `loser` is gone for good and `survivor` stands for it. */
  mergeInto(loser: string, survivor: string): void {
    this.remove(loser);
    this.#survivors.set(loser, survivor);
  }

  /** Live records, oldest first. */
  live(): readonly HubSpotRecord[] {
    return [...this.#records.values()].filter(({ archived }) => !archived);
  }

  #find(holders: ReadonlyMap<string, string>, property: string, value: string): HubSpotRecord | undefined {
    const id = holders.get(keyOf(property, value));
    return id === undefined ? undefined : this.#records.get(id);
  }

  #forget(id: string): void {
    const earlier = this.#records.get(id);
    if (earlier === undefined) return;
    const holders = earlier.archived ? this.#archivedHolders : this.#holders;
    for (const key of this.#keys(earlier)) if (holders.get(key) === id) holders.delete(key);
  }

  #keys({ properties }: HubSpotRecord): string[] {
    return this.#schema.unique().flatMap((name) => uniqueValues(properties, name).map((value) => keyOf(name, value)));
  }
}

/** What a record holds in a unique property; secondary addresses are unique together with the primary ones. */
export function uniqueValues(properties: Readonly<Record<string, string>>, name: string): readonly string[] {
  const value = properties[name] ?? '';
  const values = name === 'email' ? [value, ...(properties['hs_additional_emails'] ?? '').split(';')] : [value];
  return values.filter((held) => held !== '');
}

function keyOf(property: string, value: string): string {
  return `${property}\u0000${value}`;
}
