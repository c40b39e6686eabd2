import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import { attributesOf } from './api.ts';
import { ENTITIES, type Entity } from './object-types.ts';
import type { Org } from './org.ts';
import { isIndexed, type StoredRecord } from './record-table.ts';
import { Unreadable } from './refusals.ts';
import { bindCondition, readLiteral, type RunInner } from './soql-conditions.ts';
import { bindPath, type BoundPath, type QueryScope } from './soql-paths.ts';
import type { Clauses, Condition, Order, Query } from './soql-syntax.ts';

export interface QueryRun {
  readonly org: Org;
  readonly source: string;
  /** Whether deleted records are seen: queryAll. */
  readonly seesDeleted: boolean;
  readonly isTooling: boolean;
}

/** Records that a query finds, and how it shows one. */
export interface Found {
  readonly entity: Entity;
  readonly records: readonly StoredRecord[];
  readonly show: (record: StoredRecord, version: number) => JsonObject;
}

export function runQuery(run: QueryRun, query: Query): Found {
  const entity = run.org.visibleEntity(query.from.text);
  if (entity === undefined || (ENTITIES[entity].tooling ?? false) !== run.isTooling) {
    const message = `sObject type '${query.from.text}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`;
    throw new Unreadable('INVALID_TYPE', message);
  }
  const scope = { org: run.org, entity, source: run.source };
  const select = query.select === 'count' ? [] : query.select.map((path) => bindPath(scope, path));
  refuseTwice(select);
  const records = applyClauses(scope, query, (condition) => candidates(run, entity, condition), runInner(run));
  return { entity, records, show: (record, version) => showRow(select, record, version) };
}

function refuseTwice(select: readonly BoundPath[]): void {
  const names = select.map(({ steps }) => steps.join('.'));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Unreadable('MALFORMED_QUERY', `duplicate field selected: ${twice}`);
}

/** A query within another: one column, whatever it is. */
function runInner(run: QueryRun): RunInner {
  return (query) => {
    const [path] = query.select === 'count' ? [] : query.select;
    if (path === undefined) throw new Unreadable('MALFORMED_QUERY', 'a semi join needs one column');
    const { entity, records } = runQuery(run, query);
    const { read } = bindPath({ org: run.org, entity, source: run.source }, path);
    return records.map(read);
  };
}

/** WHERE, ORDER BY, LIMIT and OFFSET over some records; without an order they come by id. */
export function applyClauses(
  scope: QueryScope,
  { where, order, limit, offset }: Clauses,
  from: (condition: Condition | null) => readonly StoredRecord[],
  inner: RunInner,
): readonly StoredRecord[] {
  const test = where === null ? () => true : bindCondition(scope, where, inner);
  const found = from(where).filter(test);
  const sorted = found.toSorted(compareBy(order.map((one) => bindOrder(scope, one))));
  return sorted.slice(offset, limit === null ? undefined : offset + limit);
}

interface BoundOrder extends Pick<Order, 'descending' | 'nullsLast'> {
  readonly read: BoundPath['read'];
}

function bindOrder(scope: QueryScope, { path, descending, nullsLast }: Order): BoundOrder {
  const { field, read } = bindPath(scope, path);
  if (field.filterable) return { read, descending, nullsLast };
  throw new Unreadable('MALFORMED_QUERY', `field '${field.name}' can not be sorted in a query call`);
}

function compareBy(orders: readonly BoundOrder[]): (one: StoredRecord, other: StoredRecord) => number {
  return (one, other) => {
    for (const order of orders) {
      const result = compareValues(order, order.read(one), order.read(other));
      if (result !== 0) return result;
    }
    return one.id < other.id ? -1 : 1;
  };
}

function compareValues({ descending, nullsLast }: BoundOrder, left: JsonValue, right: JsonValue): number {
  const [one, other] = [foldCase(left), foldCase(right)];
  if (one === other) return 0;
  if (one === null || other === null) return (one === null) === nullsLast ? 1 : -1;
  return one < other === descending ? 1 : -1;
}

function foldCase(value: JsonValue): JsonValue {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** Through the index where a field must have certain values; else all. */
function candidates(run: QueryRun, entity: Entity, condition: Condition | null): readonly StoredRecord[] {
  const table = run.org.tables[entity];
  if (run.seesDeleted) return table.all();
  const found = condition === null ? undefined : lookUp(run.org, entity, condition);
  return found === undefined ? table.live() : [...new Set(found)];
}

function lookUp(org: Org, entity: Entity, condition: Condition): readonly StoredRecord[] | undefined {
  switch (condition.kind) {
    case 'all':
      return condition.of.map((one) => lookUp(org, entity, one)).find((found) => found !== undefined);
    case 'any': {
      const parts = condition.of.map((one) => lookUp(org, entity, one));
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case 'compare':
      return condition.operator === '='
        ? lookUpValues(org, entity, { ...condition, values: [condition.value] })
        : undefined;
    case 'in':
      return condition.negated ? undefined : lookUpValues(org, entity, condition);
    case 'not':
    case 'in_query':
      return undefined;
  }
}

function lookUpValues(
  org: Org,
  entity: Entity,
  { path, values }: Pick<Extract<Condition, { kind: 'in' }>, 'path' | 'values'>,
): readonly StoredRecord[] | undefined {
  const field = org.visibleField(entity, path.text);
  if (field === undefined || values.some(({ kind }) => kind !== 'string')) return undefined;
  const read = values.map((value) => readLiteral(org, field, value));
  if (field.type === 'id') return read.flatMap((id) => org.find(entity, textOf(id)) ?? []);
  return isIndexed(field) ? read.flatMap((value) => org.tables[entity].withValue(field, value)) : undefined;
}

/** `{attributes, Id, Account: {attributes, Name}}` */
function showRow(select: readonly BoundPath[], record: StoredRecord, version: number): JsonObject {
  const row: Record<string, JsonValue> = { attributes: attributesOf(version, record.entity, record.id) };
  for (const { steps, read, holder } of select) {
    const [first = '', ...rest] = steps;
    if (rest.length === 0) row[first] = read(record);
    else row[first] = showRelated(row[first], { rest, value: read(record), held: holder(record), version });
  }
  return row;
}

function showRelated(
  shown: JsonValue | undefined,
  related: { rest: readonly string[]; value: JsonValue; held: StoredRecord | undefined; version: number },
): JsonValue {
  const { rest, value, held, version } = related;
  if (held === undefined) return null;
  const earlier = (shown ?? { attributes: attributesOf(version, held.entity, held.id) }) as JsonObject;
  const [first = '', ...more] = rest;
  return { ...earlier, [first]: more.length === 0 ? value : showRelated(earlier[first], { ...related, rest: more }) };
}
