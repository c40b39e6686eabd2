import type { JsonValue } from '../../../domain/json.ts';
import { isNumber, isText, type Field } from './field.ts';
import { readId } from './ids.ts';
import type { Org } from './org.ts';
import type { StoredRecord } from './record-table.ts';
import { Unreadable } from './refusals.ts';
import { LITERAL_PERCENT, LITERAL_UNDERSCORE, plainText } from './soql-tokens.ts';
import { bindPath, type BoundPath, type QueryScope } from './soql-paths.ts';
import type { Condition, Literal, Operator, Path, Query } from './soql-syntax.ts';
import { readQueryTime } from './query-time.ts';

export type Test = (record: StoredRecord) => boolean;

/** Runs a query within another and gives its only column. */
export type RunInner = (query: Query) => readonly JsonValue[];

/** A condition over fields that exist, with values of their types. */
export function bindCondition(scope: QueryScope, condition: Condition, runInner: RunInner): Test {
  switch (condition.kind) {
    case 'all': {
      const tests = condition.of.map((one) => bindCondition(scope, one, runInner));
      return (record) => tests.every((test) => test(record));
    }
    case 'any': {
      const tests = condition.of.map((one) => bindCondition(scope, one, runInner));
      return (record) => tests.some((test) => test(record));
    }
    case 'not': {
      const test = bindCondition(scope, condition.of, runInner);
      return (record) => !test(record);
    }
    case 'compare':
      return bindComparison(scope, condition);
    case 'in': {
      const { field, read } = bindFiltered(scope, condition.path);
      const values = condition.values.map((literal) => readLiteral(scope.org, field, literal));
      return isOneOf(field, read, values, condition.negated);
    }
    case 'in_query': {
      const { field, read } = bindFiltered(scope, condition.path);
      return isOneOf(field, read, runInner(condition.query), condition.negated);
    }
  }
}

function isOneOf(field: Field, read: BoundPath['read'], values: readonly JsonValue[], negated: boolean): Test {
  const keys = new Set(values.map((value) => foldText(field, value)));
  return (record) => keys.has(foldText(field, read(record))) !== negated;
}

/** A path that may be filtered by. */
function bindFiltered(scope: QueryScope, path: Path): BoundPath {
  const bound = bindPath(scope, path);
  if (bound.field.filterable) return bound;
  throw new Unreadable('INVALID_FIELD', `field '${bound.field.name}' can not be filtered in a query call`);
}

function bindComparison(
  scope: QueryScope,
  { path, operator, value: literal }: Extract<Condition, { kind: 'compare' }>,
): Test {
  const { field, read } = bindFiltered(scope, path);
  if (operator === 'like') return bindLike(field, read, literal);
  if (literal.kind === 'day') return bindDay(scope, { field, read, operator, literal });
  const value = readLiteral(scope.org, field, literal);
  const wanted = foldText(field, value);
  if (operator === '=') return (record) => foldText(field, read(record)) === wanted;
  if (operator === '!=') return (record) => foldText(field, read(record)) !== wanted;
  return (record) => isOrdered(operator, foldText(field, read(record)), wanted);
}

function isOrdered(operator: Operator, left: JsonValue, right: JsonValue): boolean {
  if (left === null || right === null) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

/** Text is compared in lower case, unless the field tells the cases apart. */
function foldText(field: Field, value: JsonValue): JsonValue {
  return typeof value === 'string' && isText(field) && !field.caseSensitive ? value.toLowerCase() : value;
}

function bindLike(field: Field, read: BoundPath['read'], literal: Literal): Test {
  if (!isText(field)) {
    throw new Unreadable('INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${field.type} field`);
  }
  if (literal.kind !== 'string') throw mistyped(field);
  const pattern = new RegExp(`^${likePattern(literal.text)}$`, 'isu');
  return (record) => {
    const value = read(record);
    return typeof value === 'string' && pattern.test(value);
  };
}

function likePattern(text: string): string {
  return Array.from(text, (sign) => {
    if (sign === '%') return '.*';
    if (sign === '_') return '.';
    if (sign === LITERAL_UNDERSCORE) return '_';
    return sign === LITERAL_PERCENT ? '%' : sign.replace(/[$()*+./?[\\\]^{|}-]/u, String.raw`\$&`);
  }).join('');
}

/** `CreatedDate = TODAY`, `ActivityDate >= LAST_N_DAYS:30`: days of the org's zone. */
function bindDay(
  { org }: QueryScope,
  comparison: { field: Field; read: BoundPath['read']; operator: Operator; literal: Literal },
): Test {
  const { field, read, operator, literal } = comparison;
  if (field.type !== 'date' && field.type !== 'datetime') throw mistyped(field);
  const { first, last } = readQueryTime(org, literal.text);
  const dayOf = (value: JsonValue): string | null => {
    if (typeof value !== 'string') return null;
    return field.type === 'date' ? value : org.dayOf(value);
  };
  return (record) => {
    const day = dayOf(read(record));
    if (operator === '!=') return day === null || day < first || day > last;
    if (day === null) return false;
    if (operator === '=') return day >= first && day <= last;
    return isOrdered(operator, day, operator === '<' || operator === '>=' ? first : last);
  };
}

/** The value of a literal in this field; throws when it is of another type. */
export function readLiteral(org: Org, field: Field, literal: Literal): JsonValue {
  if (literal.kind === 'null') return null;
  if (literal.kind !== literalKindOf(field)) throw mistyped(field);
  const { text } = literal;
  switch (literal.kind) {
    case 'string':
      return isText(field) ? plainText(text) : readIdLiteral(text);
    case 'boolean':
      return text === 'true';
    case 'number':
      return Number(text);
    case 'datetime':
      return org.readTime(text);
    case 'date':
    case 'day':
      return text;
  }
}

function literalKindOf(field: Field): Literal['kind'] {
  if (isNumber(field)) return 'number';
  return field.type === 'boolean' || field.type === 'date' || field.type === 'datetime' ? field.type : 'string';
}

function readIdLiteral(text: string): string {
  const id = readId(text);
  if (id === undefined) throw new Unreadable('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
  return id;
}

function mistyped(field: Field): Unreadable {
  const { name, type } = field;
  const isQuoted = literalKindOf(field) === 'string';
  const kind = isQuoted ? 'string' : type === 'datetime' ? 'dateTime' : type;
  const how = isQuoted ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  return new Unreadable(
    'INVALID_FIELD',
    `value of filter criterion for field '${name}' must be of type ${kind} and ${how}`,
  );
}
