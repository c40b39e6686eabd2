import type { LookupConfig } from './schema.ts';

type LookupKey = NonNullable<LookupConfig['by']>;

const VARIABLES: readonly (readonly [key: LookupKey, pattern: RegExp])[] = [
  ['phone', /\b(?:contact\.phone|call\.customer_number|caller_number)\b/],
  ['email', /\bcontact\.email\b/],
  ['external_id', /\bcontact\.(?:external_id|id)\b/],
  ['key', /(?<![.\w])(?:key|marker|call_id|call\.(?:id|hookline_id|provider_call_id))\b/],
];

/** What a lookup looks for, told by the variables it uses; null when it uses none of them, or several kinds. */
export function inferLookupKey(lookup: LookupConfig): LookupKey | null {
  const used = [...expressionsIn([lookup.path, lookup.query, lookup.body]), JSON.stringify(lookup.found ?? '')].join(
    '\n',
  );
  const keys = VARIABLES.filter(([, pattern]) => pattern.test(used)).map(([key]) => key);
  return keys.length === 1 ? (keys[0] ?? null) : null;
}

function expressionsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.match(/\{[{%].*?[}%]\}/gs) ?? [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : [];
}
