import type { End } from './associations.ts';
import type { ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import type { HubSpotRecord } from './record-table.ts';

/** Writes of one request: what went in can be taken out again, and search hears of it when all is settled. */
export class Transaction {
  readonly portal: Portal;
  #undo: (() => void)[] = [];

  constructor(portal: Portal) {
    this.portal = portal;
  }

  /** How far it got; for `rollback`. */
  mark(): number {
    return this.#undo.length;
  }

  put(type: ObjectType, record: HubSpotRecord): void {
    const table = this.portal.tables[type];
    const earlier = table.get(record.id);
    table.put(record);
    this.#touched.push({ type, id: record.id });
    this.#undo.push(() => (earlier === undefined ? table.remove(record.id) : table.put(earlier)));
  }

  associate(from: End, to: End, typeId: number): void {
    const { associations } = this.portal;
    if (associations.of(from, to.type).get(to.id)?.has(typeId) === true) return;
    const wasThere = associations.of(from, to.type).has(to.id);
    associations.add(from, to, typeId);
    if (!wasThere) this.#undo.push(() => associations.cut(from, to));
  }

  rollback(mark = 0): void {
    for (const undo of this.#undo.splice(mark).toReversed()) undo();
  }

  commit(): void {
    const ids = new Map(this.#touched.map(({ type, id }) => [`${type}:${id}`, { type, id }]));
    for (const { type, id } of ids.values()) {
      const record = this.portal.tables[type].get(id);
      if (record !== undefined) this.portal.tellSearch(type, record);
    }
  }

  readonly #touched: { type: ObjectType; id: string }[] = [];
}
