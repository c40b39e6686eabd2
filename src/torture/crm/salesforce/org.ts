import type { JsonObject } from '../../../domain/json.ts';
import { fromIso, toIso } from '../../../shared/clock.ts';
import { createDefaultSchema } from './default-schemas.ts';
import type { Field, Schema } from './field.ts';
import { FieldSecurity } from './field-security.ts';
import { createId, readId } from './ids.ts';
import { ALL_ENTITIES, ENTITIES, entityOfId, findEntity, type Entity } from './object-types.ts';
import { ADMINISTRATOR, type SalesforceOptions, type UserPermissions } from './options.ts';
import { QueryCursors } from './query-cursors.ts';
import { RecordTable, type StoredRecord } from './record-table.ts';
import { OrgRules } from './rules.ts';
import { SearchIndex } from './search-index.ts';

/** One Salesforce org: everything the API shows, and what it knows behind that. */
export class Org {
  readonly options: SalesforceOptions;
  readonly schemas: Readonly<Record<Entity, Schema>>;
  readonly tables: Readonly<Record<Entity, RecordTable>>;
  readonly security: FieldSecurity;
  readonly rules = new OrgRules();
  readonly cursors = new QueryCursors();
  readonly id: string;
  /** Whom the API acts as, and who writes by hand. */
  readonly userId: string;
  readonly personId: string;
  /** Whether the request at hand is an administrator's; requests are served one after the other. */
  isAdministrator = false;
  readonly #search: Readonly<Record<Entity, SearchIndex>>;
  readonly #day: Intl.DateTimeFormat;
  readonly #lastNumbers = new Map<Entity, number>();
  #lagMs: number;
  #advancedMs = 0;

  constructor(options: SalesforceOptions) {
    this.options = options;
    this.schemas = forEachEntity((entity) => createDefaultSchema(entity, options));
    this.tables = forEachEntity((entity) => new RecordTable(this.schemas[entity]));
    this.#search = forEachEntity((entity) => new SearchIndex(this.schemas[entity]));
    this.security = new FieldSecurity(this);
    this.#lagMs = options.searchLagMs;
    this.#day = new Intl.DateTimeFormat('en-CA', { timeZone: options.timeZone });
    this.id = this.nextId('Organization');
    this.userId = this.nextId('User');
    this.personId = this.nextId('User');
  }

  /** Whoever asks: the API user, or the person who is administrator. */
  get actorId(): string {
    return this.isAdministrator ? this.personId : this.userId;
  }

  get permissions(): UserPermissions {
    return this.isAdministrator ? ADMINISTRATOR : this.options.permissions;
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

  nextId(entity: Entity): string {
    const number = (this.#lastNumbers.get(entity) ?? 0) + 1;
    this.#lastNumbers.set(entity, number);
    return createId(ENTITIES[entity].prefix, number);
  }

  /** The day of a moment in the org's time zone: `2026-11-20`. */
  dayOf(time: string): string {
    return this.#day.format(fromSfTime(time));
  }

  /** A moment as records hold it. */
  readTime(time: string): string {
    return sfTime(fromSfTime(time));
  }

  /** What search knows by now. */
  searchIndex(entity: Entity): SearchIndex {
    const index = this.#search[entity];
    index.catchUp(this.now(), this.#lagMs);
    return index;
  }

  tellSearch(record: StoredRecord): void {
    this.#search[record.entity].offer(record, this.now());
  }

  /** The live record of this id, of 15 or 18 characters. */
  find(entity: Entity, id: string): StoredRecord | undefined {
    const record = this.tables[entity].get(readId(id) ?? '');
    return record?.deleted === true ? undefined : record;
  }

  /** The same, whatever object the id says it is of; deleted ones too. */
  findAny(id: string): StoredRecord | undefined {
    const entity = entityOfId(id);
    return entity === undefined ? undefined : this.tables[entity].get(readId(id) ?? '');
  }

  /** An object that the API user may at least see. */
  visibleEntity(name: string): Entity | undefined {
    const entity = findEntity(name);
    return entity !== undefined && this.security.canSeeObject(entity) ? entity : undefined;
  }

  /** A field of which the same holds. */
  visibleField(entity: Entity, name: string): Field | undefined {
    const field = this.schemas[entity].find(name);
    return field !== undefined && this.security.canRead(entity, field) ? field : undefined;
  }

  visibleFields(entity: Entity): readonly Field[] {
    return this.schemas[entity].all().filter((field) => this.security.canRead(entity, field));
  }

  /** Puts in what is there from the first day, past every check. */
  seed(entity: Entity, fields: JsonObject, id = this.nextId(entity)): string {
    const at = sfTime(this.now());
    const system = { Id: id, IsDeleted: false, CreatedDate: at, LastModifiedDate: at, SystemModstamp: at };
    this.tables[entity].put({ id, entity, createdAtMs: this.now(), deleted: false, fields: { ...fields, ...system } });
    return id;
  }
}

function forEachEntity<Value>(make: (entity: Entity) => Value): Record<Entity, Value> {
  return Object.fromEntries(ALL_ENTITIES.map((entity) => [entity, make(entity)])) as Record<Entity, Value>;
}

/** `2026-11-20T10:00:00.000+0000`: whole seconds, as in records. */
export function sfTime(epochMs: number): string {
  return `${toIso(epochMs).slice(0, 19)}.000+0000`;
}

/** The colon of `+00:00` may be missing. */
export function fromSfTime(time: string): number {
  return fromIso(time.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
}
