import type { JsonValue } from '../../domain/json.ts';

/** A JSON value as text: strings and numbers as they are, nothing as `''`. */
export function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
