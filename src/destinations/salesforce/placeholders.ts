import type { JsonValue } from '../../domain/json.ts';

/** Where a Lead or Contact must have a name and nobody knows one (salesforce.md section 4.6). */
export const UNKNOWN_NAME = 'Unknown caller';
export const UNKNOWN_COMPANY = 'Unknown';

/** Tells a value that only stands in for one from one that somebody meant, by field. */
export const PLACEHOLDERS: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  // A number is shown in place of a name.
  LastName: (value) => value === UNKNOWN_NAME || (typeof value === 'string' && /^\+\d{6,15}$/.test(value)),
  Company: (value) => value === UNKNOWN_COMPANY,
};
