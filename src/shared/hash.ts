import { createHash } from 'node:crypto';

/**
 * JSON text with the keys of every object in code-unit order: equal values give equal text.
 * Takes what `JSON.stringify` takes; members that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) => (isPlainObject(inner) ? sortedByKey(inner) : inner));
}

/** SHA-256 of the canonical JSON, lower-case hex: equal values give equal hashes, whatever the order of their keys. */
export function hashJson(value: unknown): string {
  return hashText(canonicalJson(value));
}

/** SHA-256 of UTF-8 text, lower-case hex. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortedByKey(object: Readonly<Record<string, unknown>>): unknown {
  // No prototype: a key called `__proto__` is data like any other.
  const sorted: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(object).toSorted()) sorted[key] = object[key];
  return sorted;
}
