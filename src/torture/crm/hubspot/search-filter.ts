import type { JsonValue } from '../../../domain/json.ts';
import type { Property, Schema } from './property.ts';
import { textOf } from '../json-text.ts';
import type { HubSpotRecord } from './record-table.ts';
import { invalid, isObject, malformed } from './refusals.ts';
import { readTime } from './values.ts';

/** One condition of a search. */
export interface Filter {
  readonly property: Property;
  readonly operator: Operator;
  /** `value`, or `values` of IN and NOT_IN. */
  readonly values: readonly string[];
  /** Of BETWEEN. */
  readonly highValue: string;
}

const OPERATORS = [
  ...(['EQ', 'NEQ', 'LT', 'LTE', 'GT', 'GTE', 'BETWEEN', 'IN', 'NOT_IN'] as const),
  ...(['HAS_PROPERTY', 'NOT_HAS_PROPERTY', 'CONTAINS_TOKEN', 'NOT_CONTAINS_TOKEN'] as const),
];
type Operator = (typeof OPERATORS)[number];

export function readFilter(schema: Schema, sent: JsonValue): Filter {
  if (!isObject(sent)) throw malformed('a filter is not an object');
  const property = schema.find(textOf(sent['propertyName']));
  if (property === undefined)
    throw invalid(`There was a problem with the request. Unknown property ${textOf(sent['propertyName'])}.`);
  const operator = OPERATORS.find((name) => name === sent['operator']);
  if (operator === undefined) throw malformed(`${textOf(sent['operator'])} is no operator`);
  return { property, operator, values: readValues(operator, sent), highValue: textOf(sent['highValue'] ?? '') };
}

function readValues(operator: Operator, sent: Readonly<Record<string, JsonValue>>): readonly string[] {
  if (operator === 'HAS_PROPERTY' || operator === 'NOT_HAS_PROPERTY') return [];
  const values = operator === 'IN' || operator === 'NOT_IN' ? sent['values'] : [sent['value'] ?? ''];
  if (!Array.isArray(values) || values.length === 0) throw invalid(`operator ${operator} requires values`);
  const texts = (values as JsonValue[]).map(textOf);
  if (texts.some((text) => text === '')) throw invalid(`operator ${operator} requires a value`);
  return texts;
}

/** Values that a record must have one of, when an index can tell; the index ignores case, `matches` decides. */
export function indexedValues({ operator, values, property }: Filter): readonly string[] | undefined {
  const isText = !['number', 'date', 'datetime'].includes(property.type);
  return isText && (operator === 'EQ' || operator === 'IN') ? values : undefined;
}

/** Whether a record, as search knows it, fulfils the condition; without a value only NOT_HAS_PROPERTY holds. */
export function matches(filter: Filter, { properties }: HubSpotRecord): boolean {
  const value = properties[filter.property.name];
  if (value === undefined) return filter.operator === 'NOT_HAS_PROPERTY';
  return CHECKS[filter.operator](filter, value);
}

type Check = (filter: Filter, value: string) => boolean;

const isEqual: Check = ({ property, values }, value) => equals(property, value, values[0] ?? '');
const isListed: Check = ({ property, values }, value) => values.some((one) => isIn(property, value, one));
const hasToken: Check = ({ values }, value) => containsToken(value, values[0] ?? '');

const CHECKS: Readonly<Record<Operator, Check>> = {
  HAS_PROPERTY: () => true,
  NOT_HAS_PROPERTY: () => false,
  EQ: isEqual,
  NEQ: (filter, value) => !isEqual(filter, value),
  IN: isListed,
  NOT_IN: (filter, value) => !isListed(filter, value),
  CONTAINS_TOKEN: hasToken,
  NOT_CONTAINS_TOKEN: (filter, value) => !hasToken(filter, value),
  LT: (filter, value) => compare(filter, value) < 0,
  LTE: (filter, value) => compare(filter, value) <= 0,
  GT: (filter, value) => compare(filter, value) > 0,
  GTE: (filter, value) => compare(filter, value) >= 0,
  BETWEEN: ({ property, values: [low = ''], highValue }, value) =>
    order(property, value, low) >= 0 && order(property, value, highValue) <= 0,
};

function equals(property: Property, value: string, wanted: string): boolean {
  if (property.type === 'enumeration' || property.type === 'bool') return value === wanted;
  return order(property, value, wanted) === 0;
}

/** The values of IN and NOT_IN must be written in lower case for text: another case is refused by finding nothing. */
function isIn(property: Property, value: string, wanted: string): boolean {
  return property.type === 'string' ? value.toLowerCase() === wanted : equals(property, value, wanted);
}

function compare({ property, values }: Filter, value: string): number {
  return order(property, value, values[0] ?? '');
}

/** Below, at or above 0; NaN, which no comparison likes, when one of the two cannot be read. */
function order({ type }: Property, value: string, other: string): number {
  if (type === 'number') return Number(value) - Number(other);
  if (type === 'date' || type === 'datetime') return (readTime(value) ?? Number.NaN) - (readTime(other) ?? Number.NaN);
  const [left, right] = [value.toLowerCase(), other.toLowerCase()];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Tokens are runs of letters and digits; `*` stands for any part of one. */
function containsToken(value: string, wanted: string): boolean {
  const tokens = value.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const parts = wanted
    .toLowerCase()
    .split(/[^\p{L}\p{N}*]+/u)
    .filter((part) => part !== '');
  return parts.every((part) => {
    const pattern = new RegExp(`^${part.replaceAll('*', '.*')}$`, 'u');
    return tokens.some((token) => pattern.test(token));
  });
}
