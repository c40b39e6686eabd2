import type { JsonValue } from '../../domain/json.ts';
import { toIso } from '../../shared/clock.ts';
import { didYouMean } from '../../shared/nearest.ts';
import type { FieldNote, Fields } from '../destination.ts';
import { toEpochMs } from '../to-epoch-ms.ts';
import { HTML_BODIES } from './objects.ts';
import type { Option, Property, Schema } from './portal.ts';
import { cutHtml } from './split-html.ts';

/** Values as HubSpot takes them, and what had to be left out or changed. */
export interface Formatted {
  readonly properties: Readonly<Record<string, string>>;
  readonly notes: readonly FieldNote[];
}

type Value = { readonly value: string; readonly note?: string } | { readonly unusable: string };

/** The longest text HubSpot takes (hubspot.md section 11). */
export const MAX_TEXT = 65_536;

/**
 * Brings values into HubSpot's formats by the types of their properties: epoch milliseconds, dates as UTC days, lists
 * joined by `;`, options by value or label. What HubSpot would refuse is left out, with the reason. Pure.
 */
export function formatFields(fields: Fields, schema: Schema, where: string): Formatted {
  const properties: [string, string][] = [];
  const notes: FieldNote[] = [];
  for (const [field, raw] of Object.entries(fields)) {
    const formatted = formatField(field, raw, schema, where);
    if ('unusable' in formatted) {
      notes.push({ field, kind: 'dropped', reason: formatted.unusable });
      continue;
    }
    properties.push([field, formatted.value]);
    if (formatted.note !== undefined) notes.push({ field, kind: 'different', reason: formatted.note });
  }
  return { properties: Object.fromEntries(properties), notes };
}

function formatField(field: string, raw: JsonValue, schema: Schema, where: string): Value {
  if (schema === null) return asText(raw, field);
  const property = schema.get(field);
  if (property === undefined) {
    return { unusable: `HubSpot has no property "${field}" on ${where}.${didYouMean(field, [...schema.keys()])}` };
  }
  if (property.isReadOnly) return { unusable: `HubSpot does not let "${field}" be written` };
  return formatValue(raw, property);
}

function formatValue(raw: JsonValue, property: Property): Value {
  // Empties the property.
  if (raw === '') return { value: '' };
  switch (property.type) {
    case 'number':
      return asNumber(raw);
    case 'bool':
      return asBoolean(raw);
    case 'date':
      return asDay(raw);
    case 'datetime':
      return asMoment(raw);
    case 'enumeration':
      return asOption(raw, property);
    default:
      return asText(raw, property.name);
  }
}

function asText(raw: JsonValue, field: string): Value {
  const text = typeof raw === 'string' ? raw : joined(raw);
  if (text.length <= MAX_TEXT) return { value: text };
  const value = HTML_BODIES.includes(field)
    ? cutHtml(text, MAX_TEXT)
    : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
  return { value, note: cutTo(text, value) };
}

export function cutTo(text: string, value: string): string {
  return `cut from ${text.length} to ${value.length} characters`;
}

function joined(raw: JsonValue): string {
  if (Array.isArray(raw)) {
    const items = raw as readonly JsonValue[];
    return items.every((item) => item === null || typeof item !== 'object') ? items.join(';') : JSON.stringify(raw);
  }
  return typeof raw === 'object' && raw !== null ? JSON.stringify(raw) : String(raw);
}

function asNumber(raw: JsonValue): Value {
  const text = joined(raw).trim();
  const number = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? { value: String(number) } : { unusable: `${quote(raw)} is not a number` };
}

function asBoolean(raw: JsonValue): Value {
  const text = joined(raw).trim().toLowerCase();
  if (['true', 'yes', '1'].includes(text)) return { value: 'true' };
  if (['false', 'no', '0'].includes(text)) return { value: 'false' };
  return { unusable: `${quote(raw)} is neither true nor false` };
}

/** A day is a day: a time is cut to its UTC day, never moved into another zone. */
function asDay(raw: JsonValue): Value {
  const epochMs = toEpochMs(raw);
  return epochMs === null ? { unusable: `${quote(raw)} is not a date` } : { value: toIso(epochMs).slice(0, 10) };
}

function asMoment(raw: JsonValue): Value {
  const epochMs = toEpochMs(raw);
  return epochMs === null ? { unusable: `${quote(raw)} is not a time` } : { value: String(epochMs) };
}

/** Several values are joined by `;`; a leading one, which tells HubSpot to add to what is there, stays. */
function asOption(raw: JsonValue, { options }: Property): Value {
  const text = joined(raw);
  if (options === null) return { value: text };
  const leading = text.startsWith(';') ? ';' : '';
  const parts = text.slice(leading.length).split(';');
  const values: string[] = [];
  for (const part of parts) {
    const option = findOption(options, part.trim());
    if (option === null) {
      return { unusable: `${quote(part)} is not one of its options.${didYouMean(part, options.map(nameOf))}` };
    }
    values.push(option);
  }
  return { value: leading + values.join(';') };
}

/** What an operator would write: outcomes of calls have ids for values. */
function nameOf({ value, label }: Option): string {
  return /^[0-9a-f-]{36}$/.test(value) ? label : value;
}

/** Values as they are first: they are case-sensitive, and one option's label may be another's value. */
function findOption(options: NonNullable<Property['options']>, wanted: string): string | null {
  const exact = options.find(({ value }) => value === wanted);
  const same = (text: string): boolean => text.toLowerCase() === wanted.toLowerCase();
  const found = exact ?? options.find(({ value }) => same(value)) ?? options.find(({ label }) => same(label));
  return found?.value ?? null;
}

function quote(raw: JsonValue): string {
  const text = JSON.stringify(raw);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
