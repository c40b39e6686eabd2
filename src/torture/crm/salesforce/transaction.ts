import { ENTITIES } from './object-types.ts';
import type { Org } from './org.ts';
import type { StoredRecord } from './record-table.ts';

/** Writes of one request: what went in can be taken out again, and search hears of it when all is settled. */
export class Transaction {
  readonly org: Org;
  #undo: (() => void)[] = [];
  readonly #touched = new Map<string, StoredRecord>();

  constructor(org: Org) {
    this.org = org;
  }

  /** How far it got; for `rollback`. */
  mark(): number {
    return this.#undo.length;
  }

  put(record: StoredRecord): void {
    const table = this.org.tables[record.entity];
    const earlier = table.get(record.id);
    table.put(record);
    this.#touched.set(record.id, record);
    this.#forgetGrants(record);
    this.#undo.push(() => {
      if (earlier === undefined) table.remove(record.id);
      else table.put(earlier);
      this.#forgetGrants(record);
    });
  }

  /** Does something that is not a record; `undo` takes it back. */
  note(undo: () => void): void {
    this.#undo.push(undo);
  }

  rollback(mark = 0): void {
    for (const undo of this.#undo.splice(mark).toReversed()) undo();
  }

  commit(): void {
    for (const { entity, id } of this.#touched.values()) {
      const record = this.org.tables[entity].get(id);
      if (record !== undefined) this.org.tellSearch(record);
    }
  }

  #forgetGrants({ entity }: StoredRecord): void {
    if (ENTITIES[entity].setup === true) this.org.security.forget();
  }
}
