import { Associations } from './associations.ts';
import { createDefaultSchema } from './default-schemas.ts';
import { ALL_TYPES, type ObjectType } from './object-types.ts';
import type { HubSpotOptions } from './options.ts';
import type { Schema } from './property.ts';
import { RecordTable, type HubSpotRecord } from './record-table.ts';
import { SearchIndex } from './search-index.ts';

/** One HubSpot account: everything the API shows, and what it knows behind that. */
export class Portal {
  readonly options: HubSpotOptions;
  readonly schemas: Readonly<Record<ObjectType, Schema>>;
  readonly tables: Readonly<Record<ObjectType, RecordTable>>;
  readonly associations = new Associations();
  readonly #search: Readonly<Record<ObjectType, SearchIndex>>;
  #lagMs: number;
  #advancedMs = 0;
  #lastId = 100_000_000_000;
  #lastCorrelation = 0;

  constructor(options: HubSpotOptions) {
    this.options = options;
    this.schemas = forEachType(createDefaultSchema);
    this.tables = forEachType((type) => new RecordTable(this.schemas[type]));
    this.#search = forEachType(() => new SearchIndex());
    this.#lagMs = options.searchLagMs;
  }

  now(): number {
    return this.options.clock() + this.#advancedMs;
  }

  advance(ms: number): void {
    this.#advancedMs += ms;
  }

  setLag(lagMs: number): void {
    this.#lagMs = lagMs;
  }

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  nextCorrelationId(): string {
    this.#lastCorrelation += 1;
    return `00000000-0000-4000-8000-${String(this.#lastCorrelation).padStart(12, '0')}`;
  }

  /** What search knows by now. */
  searchIndex(type: ObjectType): SearchIndex {
    const index = this.#search[type];
    index.catchUp(this.now(), this.#lagMs);
    return index;
  }

  tellSearch(type: ObjectType, record: HubSpotRecord): void {
    this.#search[type].offer(record, this.now());
  }

  /** The live record of this id, following merges where the portal does. */
  find(type: ObjectType, id: string): HubSpotRecord | undefined {
    const table = this.tables[type];
    const record = table.get(this.options.mergedIdsRedirect ? table.survivor(id) : id);
    return record?.archived === true ? undefined : record;
  }
}

function forEachType<Value>(make: (type: ObjectType) => Value): Record<ObjectType, Value> {
  return Object.fromEntries(ALL_TYPES.map((type) => [type, make(type)])) as Record<ObjectType, Value>;
}
