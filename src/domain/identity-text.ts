/** Longer than any address (RFC 5321: 254) or id. A database that keeps it in an index takes about 2,700 bytes. */
const MAX_LENGTH = 256;

/** A text by which a person may be known; null for what is none, such as ten thousand characters in a field for an id. */
export function identityText(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : '';
  return text !== '' && text.length <= MAX_LENGTH && text.isWellFormed() ? text : null;
}
