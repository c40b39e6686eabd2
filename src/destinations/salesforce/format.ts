import type { JsonValue } from '../../domain/json.ts';
import { toIso } from '../../shared/clock.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { dayIn, parseInstant } from '../../shared/time.ts';
import { toEpochMs } from '../to-epoch-ms.ts';
import { isId } from './objects.ts';
import type { Field, PicklistValue } from './org.ts';

/** A value as Salesforce takes it. `note`: it is not what was asked for. */
export type Formatted =
  | { readonly kind: 'value'; readonly value: JsonValue; readonly note?: string }
  | { readonly kind: 'unusable'; readonly reason: string };

/**
 * Brings a value into Salesforce's format by the type of its field: numbers and booleans as such, times in UTC, days in the
 * zone, lists joined by `;`, options by value or label, texts cut to their length. Pure.
 */
export function formatValue(raw: JsonValue, field: Field, zone: string): Formatted {
  // Empties the field.
  if (raw === null || raw === '') return field.type === 'boolean' ? unusable(raw, 'true or false') : value(null);
  return (FORMATS[field.type] ?? asText)(raw, field, zone);
}

type Format = (raw: JsonValue, field: Field, zone: string) => Formatted;

/** By the type of the field; all others are texts. */
const FORMATS: Readonly<Record<string, Format>> = {
  boolean: asBoolean,
  int: asNumber,
  long: asNumber,
  double: asNumber,
  currency: asNumber,
  percent: asNumber,
  date: (raw, _field, zone) => asDay(raw, zone),
  datetime: asMoment,
  picklist: asOption,
  multipicklist: asOptions,
  reference: asId,
};

function value(formatted: JsonValue, note?: string): Formatted {
  return { kind: 'value', value: formatted, ...(note === undefined ? {} : { note }) };
}

function unusable(raw: JsonValue, wanted: string): Formatted {
  return { kind: 'unusable', reason: `${quote(raw)} is not ${wanted}` };
}

/** Since API 15 longer texts are refused, not cut (salesforce.md section 4.3). */
function asText(raw: JsonValue, { length }: Field): Formatted {
  const text = joined(raw);
  if (length === 0 || text.length <= length) return value(text);
  return value(`${text.slice(0, length - 1).toWellFormed()}…`, `cut from ${text.length} to ${length} characters`);
}

function joined(raw: JsonValue): string {
  if (Array.isArray(raw)) {
    const items = raw as readonly JsonValue[];
    return items.every((item) => item === null || typeof item !== 'object') ? items.join(';') : JSON.stringify(raw);
  }
  return typeof raw === 'object' && raw !== null ? JSON.stringify(raw) : String(raw);
}

function asBoolean(raw: JsonValue): Formatted {
  const text = joined(raw).trim().toLowerCase();
  if (['true', 'yes', '1'].includes(text)) return value(true);
  return ['false', 'no', '0'].includes(text) ? value(false) : unusable(raw, 'true or false');
}

function asNumber(raw: JsonValue, { type }: Field): Formatted {
  const text = joined(raw).trim();
  const number = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) return unusable(raw, 'a number');
  return value(type === 'int' || type === 'long' ? Math.round(number) : number);
}

/** A day has no zone: a time becomes the day it is where the org is. */
function asDay(raw: JsonValue, zone: string): Formatted {
  const text = joined(raw).trim();
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return parseInstant(text) === null ? unusable(raw, 'a date') : value(text);
  const epochMs = toEpochMs(raw);
  return epochMs === null ? unusable(raw, 'a date') : value(dayIn(epochMs, zone));
}

function asMoment(raw: JsonValue): Formatted {
  const epochMs = toEpochMs(raw);
  return epochMs === null ? unusable(raw, 'a time') : value(toIso(epochMs));
}

/** Users, queues and records are told by id alone: a name or an address cut to its length would only be refused. */
function asId(raw: JsonValue): Formatted {
  const text = joined(raw).trim();
  return isId(text) ? value(text) : unusable(raw, 'the id of a record: 15 or 18 letters and digits');
}

/** `Status` decides what counts as closed and converted: a value the org does not list would mean nothing. */
function isStrict({ name, isRestricted }: Field): boolean {
  return isRestricted || name === 'Status';
}

/** Values as they are first, then labels, without regard to case. */
function asOption(raw: JsonValue, field: Field): Formatted {
  const text = joined(raw).trim();
  const found = findOption(field.values ?? [], text);
  if (found !== null) return value(found);
  return isStrict(field) ? noOption(text, field) : asText(text, field);
}

function asOptions(raw: JsonValue, field: Field): Formatted {
  const parts = joined(raw)
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const options: string[] = [];
  for (const part of parts) {
    const found = findOption(field.values ?? [], part);
    if (found === null && isStrict(field)) return noOption(part, field);
    options.push(found ?? part);
  }
  return value(options.join(';'));
}

function noOption(text: string, { values }: Field): Formatted {
  const known = (values ?? []).map((option) => option.value);
  return { kind: 'unusable', reason: `${quote(text)} is not one of its values.${didYouMean(text, known)}` };
}

export function findOption(values: readonly PicklistValue[], wanted: string): string | null {
  const same = (text: string): boolean => text.toLowerCase() === wanted.toLowerCase();
  const found =
    values.find((option) => option.value === wanted) ??
    values.find((option) => same(option.value)) ??
    values.find(({ label }) => same(label));
  return found?.value ?? null;
}

function quote(raw: JsonValue): string {
  const text = JSON.stringify(raw);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
