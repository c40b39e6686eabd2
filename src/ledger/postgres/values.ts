import { types, type CustomTypesConfig } from 'pg';

import type { SqlValue } from '../database.ts';
import { escapeText, unescapeText } from './escape-text.ts';

type Oid = Parameters<typeof types.getTypeParser>[0];
const { INT8, NUMERIC, TEXT } = types.builtins;

/** Times in milliseconds and counts fit a double; text comes back as it was given. */
export const valueTypes: CustomTypesConfig = {
  getTypeParser: ((oid: Oid, format?: 'text' | 'binary') => {
    if (format === 'binary') return types.getTypeParser(oid, format);
    if (oid === INT8 || oid === NUMERIC) return Number;
    if (oid === TEXT) return unescapeText;
    return types.getTypeParser(oid, 'text');
  }) as CustomTypesConfig['getTypeParser'],
};

/** A parameter as `pg` sends it. Our number columns hold whole numbers; SQLite would keep a fraction, PostgreSQL refuses it. */
export function toParameter(value: SqlValue): SqlValue {
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return Math.round(value);
  return value;
}
