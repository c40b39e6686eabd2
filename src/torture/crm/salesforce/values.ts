import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import { fromIso } from '../../../shared/clock.ts';
import { isNumber, isText, type Field } from './field.ts';
import { findByKey } from './foreign-key.ts';
import type { Entity } from './object-types.ts';
import { fromSfTime, sfTime, type Org } from './org.ts';
import { isObject, refuse, Unreadable } from './refusals.ts';

/** What one row says, read into fields that exist; null empties a field. */
export interface Row {
  readonly id: string | null;
  readonly values: ReadonlyMap<Field, JsonValue>;
}

/** Throws Unreadable for a field that is unknown or hidden and for a value of another type. */
export function readRow(org: Org, entity: Entity, sent: JsonObject, person = false): Row {
  const values = new Map<Field, JsonValue>();
  let id: string | null = null;
  for (const [name, value] of Object.entries(sent)) {
    if (name === 'attributes') continue;
    const field = person ? org.schemas[entity].find(name) : org.visibleField(entity, name);
    const reference = isObject(value) ? org.schemas[entity].findRelationship(name) : undefined;
    if (isObject(value) && reference !== undefined) {
      values.set(reference, findByKey(org, reference, value));
      continue;
    }
    if (field === undefined) {
      throw new Unreadable('INVALID_FIELD', `No such column '${name}' on sobject of type ${entity}`);
    }
    if (field.type === 'id') id = readString(field, value);
    else values.set(field, readValue(field, value));
  }
  return { id, values };
}

function readValue(field: Field, sent: JsonValue): JsonValue {
  if (field.type === 'boolean') return typeof sent === 'boolean' ? sent : mistyped(field, sent);
  if (sent === null) return null;
  if (isNumber(field)) return readNumber(field, sent);
  const text = readString(field, sent)?.trim() ?? '';
  if (text === '') return null;
  if (field.type === 'date') return readDate(field, text);
  return field.type === 'datetime' ? readTime(field, text) : text;
}

function readString(field: Field, sent: JsonValue): string | null {
  return sent === null || typeof sent === 'string' ? sent : mistyped(field, sent);
}

/** Digits in quotes are taken; nothing else in quotes is. */
function readNumber(field: Field, sent: JsonValue): number {
  const isDigits = typeof sent === 'string' && /^-?\d+(\.\d+)?$/.test(sent);
  if (typeof sent !== 'number' && !isDigits) return mistyped(field, sent);
  const number = Number(sent);
  return field.type === 'int' && !Number.isInteger(number) ? mistyped(field, sent) : number;
}

function readDate(field: Field, text: string): string {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(fromIso(text));
  return isDate ? text : mistyped(field, text);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:?\d\d)$/;

function readTime(field: Field, text: string): string {
  const ms = TIME.test(text) ? fromSfTime(text) : Number.NaN;
  return Number.isNaN(ms) ? mistyped(field, text) : sfTime(ms);
}

function mistyped(field: Field, sent: JsonValue): never {
  const type = isText(field) || field.type === 'reference' || field.type === 'id' ? 'string' : field.type;
  throw new Unreadable(
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from ${tokenOf(sent)} or request may be missing a required field at [line:1, column:1]`,
  );
}

function tokenOf(sent: JsonValue): string {
  if (typeof sent === 'string') return `VALUE_STRING value ${sent}`;
  if (typeof sent === 'number') return `VALUE_NUMBER_${Number.isInteger(sent) ? 'INT' : 'FLOAT'} value ${sent}`;
  if (typeof sent === 'boolean') return `VALUE_${sent ? 'TRUE' : 'FALSE'} value ${sent}`;
  if (sent === null) return 'VALUE_NULL value null';
  return Array.isArray(sent) ? 'START_ARRAY value [' : 'START_OBJECT value {';
}

/** Throws for a value of the right type that the field does not take. */
export function checkValue(field: Field, value: JsonValue): void {
  const { label, name, length } = field;
  if (typeof value === 'number') return checkNumber(field, value);
  if (typeof value !== 'string') return;
  if (length > 0 && value.length > length && field.type !== 'reference') {
    throw refuse('STRING_TOO_LONG', `${label}: data value too large: ${value} (max length=${length})`, [name]);
  }
  if (field.restricted && !field.picklist.includes(value)) {
    const message = `${label}: bad value for restricted picklist field: ${value}`;
    throw refuse('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [name]);
  }
  if (field.type === 'email' && !/^[^\s@<>()",;:\\[\]]+@[^\s@.]+(?:\.[^\s@.]+)*\.[A-Za-z]{2,}$/.test(value)) {
    throw refuse('INVALID_EMAIL_ADDRESS', `${label}: invalid email address: ${value}`, [name]);
  }
}

function checkNumber({ label, name, digits }: Field, value: number): void {
  if (Math.abs(value) < 10 ** digits) return;
  const message = `${label}: value outside of valid range on numeric field: ${value}`;
  throw refuse('NUMBER_OUTSIDE_VALID_RANGE', message, [name]);
}
