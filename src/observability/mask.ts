import type { JsonValue } from '../domain/json.ts';

const HIDDEN = '***';

/** Deeper than anything worth reading; also ends circular structures. */
const MAX_DEPTH = 12;

/**
 * Masking is a dozen searches through text that others chose, on the thread that answers webhooks. What is kept and
 * logged is far shorter than this; of longer texts the rest is dropped unread.
 */
const MAX_TEXT = 16_000;
const MAX_TEXT_IN_ALL = 64_000;

const SECRET_KEY =
  /token|secret|passw(?:or)?d|passphrase|authorization|authentication|credential|apikey|accesskey|privatekey|signingkey|signature|cookie|bearer|jwt|assertion/;
const PHONE_KEY = /(?:phone|mobile|number|caller|recipient|msisdn|tel|fax|whatsapp|^from|^to)(?:raw|e164)?$/;
const EMAIL_KEY = /e?mail(?:address)?$/;
/** What people said, and whole bodies: only their length is told. */
const CONTENT_KEY = /(?:transcript|transcription|transcriptturns|transcriptobject|utterance|summary|body|payload)$/;

const URL_IN_TEXT = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>\\]+/gi;
const WEBHOOK_TOKEN = /(\/webhooks\/[^/\s?#"']+\/)[^/\s?#"']+/g;
const BEARER = /\b(bearer(?=\s+[\w.~+/=-])|basic(?=\s+[\w+/=-]{8}))\s+[\w.~+/=-]+/gi;
/** `token=abc`, `"api_key": "abc"`, `secret: abc` inside a text. */
const NAMED_SECRET =
  /(?<![\w-])([\w-]{0,40}(?:token|secret|passwo?r?d|passphrase|api[-_ ]?key|access[-_ ]?key|signature|authorization|cookie)[\w-]{0,40}["']?\s*[:=]\s*["']?)(?!\*)[^\s"',;&}\]]+/gi;
const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}.-]{1,190}\.[\p{L}]{2,24}/giu;
/** Long runs of letters and digits without a break: keys and tokens; UUIDs and hashes of 40 or 64 hex digits stay. */
const OPAQUE = /(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}(?![\w-])/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** Digits with the separators people write between them; there are no two ways to read one text. */
const DIGITS = '\\(?\\d(?:[\\s()./\u00A0\u2010-\u2015-]{0,4}\\d){6,14}';
/** A plus (or its URL form), or two zeros standing alone, and digits. */
const PLUS_NUMBER = new RegExp(`(?:\\+|%2B)\\s?${DIGITS}|(?<![\\w.-])00\\s?${DIGITS}(?![\\w-])`, 'gi');
/** Ten to fifteen digits standing alone: a number without its plus. */
const BARE_NUMBER = /(?<![\w.-])\d{10,15}(?![\w-])/g;
/** `(202) 555-0143`, `202-555-0143`, `202.555.0143`, `1-202-555-0143`. */
const NATIONAL_NUMBER = /(?<![\w.-])(?:1[\s.-])?\(?\d{3}\)?[\s.-]\s?\d{3}[\s.-]\d{4}(?![\w-])/g;

/** `030 901820`, `(0171) 2345678`, `0171-2345678`: numbers of countries that dial a zero first. */
const ZERO_NUMBER = /(?<![\w.-])\(?0\d{1,4}\)?[\s/-]{1,2}\d{5,9}(?![\w-])/g;

/** What stands between quotes and is nothing but a number: queries look for callers so. */
const QUOTED_NUMBER = /(?<=(["']))\(?\d[\d\s()./-]{5,22}\d(?=\1)/g;
const DATE_OR_ADDRESS = /^(?:\d{4}-\d\d-\d\d|\d{1,3}(?:\.\d{1,3}){3})$/;

/**
 * Masks what a free text must not give away: phones keep their last four digits, e-mail addresses their domain,
 * URLs lose credentials, secret query values and path tokens.
 */
export function maskText(text: string): string {
  return text.length <= MAX_TEXT ? maskWhole(text) : `${maskWhole(cut(text))}… (${text.length} characters)`;
}

/** Cut between words: half a phone number is still somebody's, and no longer looks like one. */
function cut(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/\S{1,300}$/, '');
}

function maskWhole(text: string): string {
  return text
    .replace(URL_IN_TEXT, maskCredentials)
    .replace(WEBHOOK_TOKEN, `$1${HIDDEN}`)
    .replace(NAMED_SECRET, (match, name: string) => (isScheme(match, name) ? match : `${name}${HIDDEN}`))
    .replace(BEARER, `$1 ${HIDDEN}`)
    .replace(EMAIL, maskEmail)
    .replace(OPAQUE, maskOpaque)
    .replace(PLUS_NUMBER, maskDigits)
    .replace(QUOTED_NUMBER, maskQuoted)
    .replace(BARE_NUMBER, maskDigits)
    .replace(NATIONAL_NUMBER, maskDigits)
    .replace(ZERO_NUMBER, maskDigits);
}

/**
 * Masks any value by key and by content and returns plain JSON: values under secret-looking keys disappear, of
 * transcripts, summaries and bodies only the length stays, phones keep four digits, every other text goes through
 * `maskText`. Errors become their name, message and cause.
 */
export function maskJson(value: unknown): JsonValue {
  return mask(value, '', { left: MAX_TEXT_IN_ALL }, 0);
}

/** The URL of a request for the attempt record: decoded where only that shows what has to be masked. */
export function maskUrl(url: string): string {
  const masked = maskText(url);
  const readable = decode(masked);
  const again = maskText(readable);
  return again === readable ? masked : again;
}

function decode(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** A request or response body for the attempt record: masked as JSON when it is JSON, else as text. */
export function maskBody(body: string): string {
  const first = body.trimStart()[0];
  if (first !== '{' && first !== '[') return maskText(body);
  try {
    return JSON.stringify(maskJson(JSON.parse(body)));
  } catch {
    return maskText(body);
  }
}

/** How much text may still be masked for one value. */
interface Allowance {
  left: number;
}

function mask(value: unknown, key: string, allowance: Allowance, depth: number): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  if (SECRET_KEY.test(key)) return HIDDEN;
  if (typeof value === 'string') return maskString(value, key, allowance);
  if (typeof value === 'number') return maskNumber(value, key);
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  return allowance.left > 0 ? maskObject(value, key, allowance, depth) : '[more]';
}

function maskString(text: string, key: string, allowance: Allowance): string {
  if (CONTENT_KEY.test(key) || allowance.left <= 0) return `[${text.length} characters]`;
  allowance.left -= Math.min(text.length, MAX_TEXT);
  if (PHONE_KEY.test(key)) return maskText(maskDigits(text));
  if (EMAIL_KEY.test(key)) return maskEmail(text);
  return maskText(text);
}

function maskNumber(value: number, key: string): JsonValue {
  return PHONE_KEY.test(key) && Math.abs(value) >= 1_000_000 ? maskDigits(String(value)) : value;
}

function maskObject(value: object, key: string, allowance: Allowance, depth: number): JsonValue {
  if (value instanceof Error) return maskError(value, allowance, depth);
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  // A list stands under the key of its items: `transcript: [ … ]`, `phones: [ … ]`.
  if (Array.isArray(value)) {
    return CONTENT_KEY.test(key)
      ? `[${value.length} items]`
      : value.map((item) => mask(item, singular(key), allowance, depth + 1));
  }
  const members = Object.entries(value).map(([name, item]) => {
    if (allowance.left <= 0) return ['…', '[more]'] as const;
    allowance.left -= name.length;
    return [maskText(name), mask(item, normalise(name), allowance, depth + 1)] as const;
  });
  return Object.fromEntries(members);
}

function maskError(error: Error, allowance: Allowance, depth: number): JsonValue {
  const cause = error.cause === undefined ? {} : { cause: mask(error.cause, '', allowance, depth + 1) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { name: error.name, message: maskText(error.message), ...code, ...cause };
}

/** `X-API-Key`, `apiKey` and `api_key` are one key. */
function normalise(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function singular(key: string): string {
  return key.endsWith('s') ? key.slice(0, -1) : key;
}

/** Stars for all but the last four digits; separators go. Fewer than seven digits are no phone number. */
function maskDigits(text: string): string {
  const digits = text.replaceAll(/\D/g, '');
  return digits.length < 7 ? text : `${HIDDEN}${digits.slice(-4)}`;
}

/** Ids are quoted, too, by JSON. */
function maskQuoted(text: string, quote: string): string {
  const isOther = DATE_OR_ADDRESS.test(text) || (quote === '"' && /^\d+$/.test(text));
  return isOther ? text : maskDigits(text);
}

function maskEmail(text: string): string {
  const at = Math.max(text.lastIndexOf('@'), text.toLowerCase().lastIndexOf('%40'));
  return at < 0 ? HIDDEN : `${HIDDEN}${text.slice(at)}`;
}

function maskOpaque(text: string): string {
  return UUID.test(text) || HASH.test(text) ? text : HIDDEN;
}

/** `authorization: Bearer abc` is handled by BEARER, which keeps the scheme readable. */
function isScheme(match: string, name: string): boolean {
  return /^(?:bearer|basic)$/i.test(match.slice(name.length));
}

/** Without user and password, and without the values of parameters that look secret. */
function maskCredentials(url: string): string {
  const withoutUser = url.replace(/^([^/]*\/\/)[^/@]*@/, `$1${HIDDEN}@`);
  const mark = withoutUser.indexOf('?');
  if (mark < 0) return withoutUser;
  const parameters = withoutUser
    .slice(mark + 1)
    .split('&')
    .map(maskParameter);
  return `${withoutUser.slice(0, mark)}?${parameters.join('&')}`;
}

function maskParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  if (equals < 0) return parameter;
  const key = normalise(parameter.slice(0, equals));
  return SECRET_KEY.test(key) ? `${parameter.slice(0, equals)}=${HIDDEN}` : parameter;
}
