import { Drop } from 'liquidjs';

import type { JsonValue } from '../domain/json.ts';

/** Null, white space, an empty list, an empty object: nothing worth writing. Zero and false are values. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/**
 * What a bare value means in a condition. False are: nothing (see `isEmpty`), `false`, and the text `false`, because an
 * agent's outcomes are texts as often as booleans. Everything else is true, 0 included, as in Liquid.
 */
export function isTrue(value: unknown): boolean {
  if (value instanceof Drop) return false;
  if (typeof value === 'string' && value.trim().toLowerCase() === 'false') return false;
  return value !== false && !isEmpty(value);
}

/** The value of an expression as JSON: what JSON has no word for becomes null. */
export function toJson(value: unknown): JsonValue {
  // `nil`, `empty` and `blank` written as values.
  if (value === undefined || value instanceof Drop) return null;
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  return value as JsonValue;
}

/** A value inside a text: nothing is an empty text, lists are joined by commas, objects are JSON. */
export function toText(value: unknown): string {
  const json = toJson(value);
  if (json === null) return '';
  if (Array.isArray(json)) return json.map(toText).join(', ');
  return typeof json === 'object' ? JSON.stringify(json) : String(json);
}
