import type { CallFacts } from '../../domain/call.ts';
import type { EventType } from '../../domain/event.ts';
import type { JsonValue } from '../../domain/json.ts';
import { parseTime } from '../../shared/time.ts';
import { isObject } from '../read-body.ts';
import type { PathSource } from './description.ts';
import { readChannel, readDirection, readSentiment, readStatus } from './words.ts';

/** What a conversion may know besides the value. */
export interface ConvertContext {
  readonly type: EventType;
  readonly receivedAtMs: number;
  readonly source: Pick<PathSource, 'unit' | 'major' | 'zone'>;
}

/** Makes a canonical value of theirs; null when it is none. */
type Convert = (value: JsonValue, context: ConvertContext) => JsonValue;

export type FieldName = Exclude<keyof CallFacts, 'customer_number_raw' | 'transcript_turns'>;

/** Fields whose keys can be set one by one: `contact.email`. */
export const OBJECT_FIELDS = [
  'outcomes',
  'outcomes_meta',
  'contact',
  'agent',
  'campaign',
  'attribution',
  'variables',
  'extra',
] as const;
export type ObjectField = (typeof OBJECT_FIELDS)[number];

/** Canonical field → how its values are read. Phone numbers are read later, all together. */
export const CONVERSIONS: Readonly<Record<FieldName, Convert>> = {
  provider_related_ids: readList,
  status: (value, { type }) => mapText(value, (word) => readStatus(word, type)),
  status_reason: readText,
  direction: (value) => (typeof value === 'boolean' ? readDirection(value) : mapText(value, readDirection)),
  channel: (value) => mapText(value, readChannel),
  customer_number: readPhoneText,
  business_number: readPhoneText,
  from_number: readPhoneText,
  to_number: readPhoneText,
  forwarded_to_number: readPhoneText,
  started_at: readTime,
  answered_at: readTime,
  ended_at: readTime,
  duration_s: readDuration,
  talk_s: readDuration,
  recording_url: readText,
  recording_duration_s: readDuration,
  recording_expires_at: readTime,
  transcript: readText,
  transcript_truncated: readBoolean,
  summary: readText,
  sentiment: (value) => mapText(value, readSentiment),
  score: readNumber,
  category: readText,
  qualified: readBoolean,
  successful: readBoolean,
  outcomes: readObject,
  outcomes_meta: readObject,
  contact: readObject,
  agent: readObject,
  campaign: readObject,
  attribution: readObject,
  cost_minor: readMoney,
  value_minor: readMoney,
  currency: (value) => mapText(value, (text) => (/^[a-z]{3}$/i.test(text) ? text.toUpperCase() : null)),
  tags: readList,
  notes: readText,
  variables: readObject,
  extra: readObject,
};

/** Text with something in it; numbers as text. */
export function readText(value: JsonValue): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** True for what says nothing: null, empty text, empty object, empty list. */
export function isBlank(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function readNumber(value: JsonValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
}

function readBoolean(value: JsonValue): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' || !/^(?:true|false|yes|no)$/i.test(value.trim())) return null;
  return /^(?:true|yes)$/i.test(value.trim());
}

function readObject(value: JsonValue): JsonValue {
  return isObject(value) ? value : null;
}

function readList(value: JsonValue): JsonValue {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return list.map((item) => readText(item)).filter((item) => item !== null);
}

/** A leading space is kept: it is a `+` that form decoding ate. */
function readPhoneText(value: JsonValue): string | null {
  return readText(value);
}

function readTime(value: JsonValue, { receivedAtMs, source }: ConvertContext): string | null {
  return parseTime(value, { nowMs: receivedAtMs, ...(source.zone === undefined ? {} : { zone: source.zone }) });
}

const SECONDS = { ms: 0.001, s: 1, min: 60, h: 3600 } as const;

/** Seconds with at most three decimals. */
function readDuration(value: JsonValue, { source }: ConvertContext): number | null {
  const number = readNumber(value);
  if (number === null || number < 0) return null;
  return Math.round(number * SECONDS[source.unit ?? 's'] * 1000) / 1000;
}

function readMoney(value: JsonValue, { source }: ConvertContext): number | null {
  const number = readNumber(value);
  return number === null ? null : Math.round(number * (source.major === true ? 100 : 1));
}

function mapText(value: JsonValue, read: (text: string) => string | null): string | null {
  const text = readText(value);
  return text === null ? null : read(text);
}
