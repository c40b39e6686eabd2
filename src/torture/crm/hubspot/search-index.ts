import { Lagging } from '../lagging.ts';
import type { HubSpotRecord } from './record-table.ts';

/** What search knows of one object type: the records as they stood some time ago. */
export class SearchIndex {
  readonly #known = new Map<string, HubSpotRecord>();
  /** property → value in lower case → ids; made for a property when it is first asked for. */
  readonly #byValue = new Map<string, Map<string, Set<string>>>();
  readonly #offered = new Lagging<HubSpotRecord>();

  /** A record was written now; search learns of it later. */
  offer(record: HubSpotRecord, nowMs: number): void {
    this.#offered.offer(record, nowMs);
  }

  /** Takes in what was written `lagMs` ago or earlier. */
  catchUp(nowMs: number, lagMs: number): void {
    this.#offered.catchUp(nowMs, lagMs, (record) => this.#take(record));
  }

  all(): readonly HubSpotRecord[] {
    return [...this.#known.values()];
  }

  /** Every record with this value in this property, whatever the case of its letters. */
  withValue(property: string, value: string): readonly HubSpotRecord[] {
    const ids = this.#indexOf(property).get(value.toLowerCase()) ?? new Set();
    return [...ids].flatMap((id) => this.#known.get(id) ?? []);
  }

  #take(record: HubSpotRecord): void {
    const earlier = this.#known.get(record.id);
    for (const [property, values] of this.#byValue) {
      const value = earlier?.properties[property];
      if (value !== undefined) values.get(value.toLowerCase())?.delete(record.id);
    }
    if (record.archived) {
      this.#known.delete(record.id);
      return;
    }
    this.#known.set(record.id, record);
    for (const [property, values] of this.#byValue) addValue(values, record, property);
  }

  #indexOf(property: string): ReadonlyMap<string, Set<string>> {
    const existing = this.#byValue.get(property);
    if (existing !== undefined) return existing;
    const values = new Map<string, Set<string>>();
    for (const record of this.#known.values()) addValue(values, record, property);
    this.#byValue.set(property, values);
    return values;
  }
}

function addValue(values: Map<string, Set<string>>, record: HubSpotRecord, property: string): void {
  const value = record.properties[property]?.toLowerCase();
  if (value === undefined || value === '') return;
  const ids = values.get(value) ?? new Set();
  values.set(value, ids.add(record.id));
}
