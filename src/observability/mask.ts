import type { JsonValue } from '../domain/json.ts';

const HIDDEN = '***';

/** Deeper than anything worth reading; also ends circular structures. */
const MAX_DEPTH = 12;

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
  /\b([\w-]{0,40}(?:token|secret|passwo?r?d|passphrase|api[-_]?key|access[-_]?key|signature|authorization)[\w-]{0,40}["']?\s*[:=]\s*["']?)(?!\*)[^\s"',;&}\]]+/gi;
const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}.-]{1,190}\.[\p{L}]{2,24}/giu;
/** Long runs of letters and digits without a break: keys and tokens; UUIDs and hashes of 40 or 64 hex digits stay. */
const OPAQUE = /(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}(?![\w-])/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** A plus (or its URL form) and digits, with the separators people write. */
const PLUS_NUMBER = /(?:\+|%2B)\s?(?:\(?\d\)?[\s().\u00A0-]{0,2}){6,14}\d/gi;
/** Ten to fifteen digits standing alone: a number without its plus. */
const BARE_NUMBER = /(?<![\w.-])\d{10,15}(?![\w-])/g;
/** `(202) 555-0143`, `202-555-0143`, `202.555.0143`. */
const NATIONAL_NUMBER = /(?<![\w.-])\(?\d{3}\)?[\s.-]\s?\d{3}[\s.-]\d{4}(?![\w-])/g;

/**
 * Masks what a free text must not give away: phones keep their last four digits, e-mail addresses their domain,
 * URLs lose credentials, secret query values and path tokens.
 */
export function maskText(text: string): string {
  return text
    .replace(URL_IN_TEXT, maskCredentials)
    .replace(WEBHOOK_TOKEN, `$1${HIDDEN}`)
    .replace(NAMED_SECRET, (match, name: string) => (isScheme(match, name) ? match : `${name}${HIDDEN}`))
    .replace(BEARER, `$1 ${HIDDEN}`)
    .replace(EMAIL, maskEmail)
    .replace(OPAQUE, maskOpaque)
    .replace(PLUS_NUMBER, maskDigits)
    .replace(BARE_NUMBER, maskDigits)
    .replace(NATIONAL_NUMBER, maskDigits);
}

/**
 * Masks any value by key and by content and returns plain JSON: values under secret-looking keys disappear, of
 * transcripts, summaries and bodies only the length stays, phones keep four digits, every other text goes through
 * `maskText`. Errors become their name, message and cause.
 */
export function maskJson(value: unknown): JsonValue {
  return mask(value, '', 0);
}

/** The URL of a request for the attempt record. */
export function maskUrl(url: string): string {
  return maskText(url);
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

function mask(value: unknown, key: string, depth: number): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  if (SECRET_KEY.test(key)) return HIDDEN;
  if (typeof value === 'string') return maskString(value, key);
  if (typeof value === 'number') return maskNumber(value, key);
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  return maskObject(value, key, depth);
}

function maskString(text: string, key: string): string {
  if (CONTENT_KEY.test(key)) return `[${text.length} characters]`;
  if (PHONE_KEY.test(key)) return maskText(maskDigits(text));
  if (EMAIL_KEY.test(key)) return maskEmail(text);
  return maskText(text);
}

function maskNumber(value: number, key: string): JsonValue {
  return PHONE_KEY.test(key) && Math.abs(value) >= 1_000_000 ? maskDigits(String(value)) : value;
}

function maskObject(value: object, key: string, depth: number): JsonValue {
  if (value instanceof Error) return maskError(value, depth);
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  // A list stands under the key of its items: `transcript: [ … ]`, `phones: [ … ]`.
  if (Array.isArray(value)) {
    return CONTENT_KEY.test(key)
      ? `[${value.length} items]`
      : value.map((item) => mask(item, singular(key), depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [maskText(name), mask(item, normalise(name), depth + 1)]),
  );
}

function maskError(error: Error, depth: number): JsonValue {
  const cause = error.cause === undefined ? {} : { cause: mask(error.cause, '', depth + 1) };
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
