import type { Failure } from '../destination.ts';
import type { HubSpotError, PropertyError } from './answer.ts';
import { wordsOfError } from './classify.ts';

/** What a refusal of one record means. */
export type RowVerdict =
  /** It exists already, as this record (hubspot.md section 8.2). */
  | { readonly kind: 'exists'; readonly id: string; readonly property: string | null; readonly reason: string }
  /** These values cannot be written; the others can. */
  | { readonly kind: 'bad_fields'; readonly properties: readonly PropertyError[]; readonly reason: string }
  /** The property by which records are told apart is not unique in this account (any more). */
  | { readonly kind: 'not_unique'; readonly reason: string }
  | Failure;

// Anchored: HubSpot repeats the value it refuses, and a caller may have said anything.
const EXISTING_ID = /^Contact already exists\. Existing ID:\s*(\d+)/i;
const HAS_VALUE =
  /^Cannot set PropertyValueCoordinates\{.*?propertyName=([^,}]+).* on \d+\. (\d+) already has that value\.?\s*$/s;
const NOT_UNIQUE = /^Unable to perform \S+ by non-?unique/i;

/** What a refusal of one record means, from its words: ids stand nowhere else. Pure. */
export function classifyRow(error: HubSpotError, label: string): RowVerdict {
  const reason = `${label} → ${wordsOfError(error) ?? `${error.status ?? 'refused'}`}`;
  const { message, category, status, properties } = error;
  const holder = readHolder(message);
  if (holder !== null) return { kind: 'exists', ...holder, reason };
  if (NOT_UNIQUE.test(message)) return { kind: 'not_unique', reason };
  if (properties.length > 0) return { kind: 'bad_fields', properties, reason };
  if (status === 404 || category === 'OBJECT_NOT_FOUND') return { kind: 'gone', reason };
  return passingOrFinal(error, reason);
}

function readHolder(message: string): { readonly id: string; readonly property: string | null } | null {
  const [, property = null, id] = HAS_VALUE.exec(message) ?? [];
  if (id !== undefined) return { id, property };
  const existing = EXISTING_ID.exec(message)?.[1];
  return existing === undefined ? null : { id: existing, property: null };
}

function passingOrFinal({ category, status }: HubSpotError, reason: string): Failure {
  const isPassing = category === 'RATE_LIMITS' || category === 'CONFLICT' || status === 409 || status === 423;
  if (isPassing) return { kind: 'retry', reason };
  return status !== null && status >= 500 ? { kind: 'unknown', reason } : { kind: 'rejected', reason };
}
