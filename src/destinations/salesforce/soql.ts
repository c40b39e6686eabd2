import type { JsonObject } from '../../domain/json.ts';

/*
 * Texts of callers become part of queries here and nowhere else. jsforce escapes quotes and forgets backslashes
 * (salesforce.md section 2.5), so it is not asked.
 */

/** A SOQL literal. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\'"\n\r\t\f\b]/g, (letter) => ESCAPES[letter] ?? '')}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** `Email IN ('a@example.com','b@example.com')` */
export function isOneOf(field: string, values: readonly string[]): string {
  return `${field} IN (${values.map((value) => quote(value)).join(',')})`;
}

export interface Selection {
  readonly from: string;
  readonly fields: readonly string[];
  readonly where: string;
}

export function select({ from, fields, where }: Selection): string {
  return `SELECT ${fields.join(',')} FROM ${from} WHERE ${where}`;
}

/** A quoted phrase of SOSL's FIND: its words, one after the other, whatever stands between them. */
export function phrase(text: string): string {
  return `"${text.replaceAll(/[&|!(){}[\]^"~*?:\\'+-]/g, (letter) => `\\${letter}`)}"`;
}

/**
 * One subrequest of `/composite` that reads. `all` shows archived Tasks, too, and what was deleted (salesforce.md
 * section 4.3).
 */
export function subQuery(
  version: string,
  referenceId: string,
  { soql, all = false }: { readonly soql: string; readonly all?: boolean },
): JsonObject {
  const resource = all ? 'queryAll' : 'query';
  return { method: 'GET', referenceId, url: `/services/data/v${version}/${resource}?q=${encodeURIComponent(soql)}` };
}
