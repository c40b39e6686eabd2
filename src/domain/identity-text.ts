/** Longer than any address (RFC 5321: 254) or id. A database that keeps it in an index takes about 2,700 bytes. */
const MAX_LENGTH = 256;

/** A text by which a person may be known; null for what is none, such as ten thousand characters in a field for an id. */
export function identityText(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : '';
  return text !== '' && text.length <= MAX_LENGTH && text.isWellFormed() ? text : null;
}

/** What forms and agents write where they know nothing. Everybody's, so nobody's. */
const NOTHING = /^(?:null|undefined|none|nil|n\/?a|unknown|anonymous|0+|-+|\.+|\?+)$/i;
/** One @ with something before it and a dotted name behind: enough to tell an address from words. */
const ADDRESS = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;

/** An id of another system by which a person may be known; null for what is none. */
export function identityId(value: unknown): string | null {
  const text = identityText(value);
  return text === null || NOTHING.test(text) ? null : text;
}

/** An e-mail address by which a person may be known, in lower case: nobody tells people apart by it. Null for what is none. */
export function identityEmail(value: unknown): string | null {
  const text = identityText(value);
  return text !== null && ADDRESS.test(text) ? text.toLowerCase() : null;
}
