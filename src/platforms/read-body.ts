import { isUtf8 } from 'node:buffer';

import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { ReadBody } from './platform.ts';

/** Deeper JSON than this comes from no platform; it is refused before anything recursive sees it. */
const MAX_DEPTH = 64;

/** An hour's transcript with every word and its times in it has a third of this. */
const MAX_VALUES = 250_000;
/** Bodies read before anything is proved (a token or a signed value stands in them) are small; reading is time for a stranger. */
export const MAX_UNPROVED_VALUES = 50_000;
/** Twilio sends some thirty. Sorting a million for a signature took 80 seconds. */
const MAX_FORM_PARAMETERS = 10_000;

/**
 * Reads the body of a verified request, once, for identify and parse alike. JSON (with or without a content type), forms,
 * and a JWT, which is read as its claims. A BOM is skipped. Integers beyond 2^53 become strings, `__proto__`,
 * `constructor` and `prototype` keys are left out, of two equal keys the last one wins.
 */
export function readBody(body: Buffer, contentType: string | null): ReadBody {
  if (!isUtf8(body)) return { kind: 'unparseable', problem: 'it is not valid UTF-8' };
  const text = withoutBom(body.toString('utf8'));
  if (text.trim() === '') return { kind: 'empty' };
  const json = parseJson(text);
  if (json.kind === 'json') return json;
  if (isForm(text, contentType)) return readForm(text);
  return readClaims(text) ?? json;
}

/** Name and value pairs of a form, decoded, in order, empty ones included; null when there are absurdly many. */
export function formPairs(text: string): readonly (readonly [string, string])[] | null {
  let parameters = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) parameters += 1;
  return parameters > MAX_FORM_PARAMETERS ? null : [...new URLSearchParams(text)];
}

/** Parses JSON under the limits of `readBody`, or with fewer values. */
export function parseJson(text: string, maxValues = MAX_VALUES): Extract<ReadBody, { kind: 'json' | 'unparseable' }> {
  const excess = findExcess(text, maxValues);
  if (excess !== null) return { kind: 'unparseable', problem: excess };
  try {
    // The reviver costs more than the parser itself, so only the bodies that need one pay for it.
    const value = NEEDS_CARE.test(text) ? JSON.parse(text, takeCare) : JSON.parse(text);
    return { kind: 'json', value: value as JsonValue };
  } catch (error) {
    return { kind: 'unparseable', problem: `it is not valid JSON: ${withoutContent(error as SyntaxError)}` };
  }
}

/** A JSON object, and not an array. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function withoutBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Keys that could reach a prototype when objects are merged. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Sixteen digits may exceed 2^53; an escape may spell a forbidden key. */
const NEEDS_CARE = /\d{16}|__proto__|constructor|prototype|\\u00/;

function takeCare(key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (FORBIDDEN_KEYS.has(key)) return undefined;
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d+$/.test(source) ? source : value;
}

/** What is too much in it, or null. Two characters a value is the least there can be. */
function findExcess(text: string, maxValues: number): string | null {
  return hasManyBrackets(text) || text.length > 2 * maxValues ? countExcess(text, maxValues) : null;
}

/** Most bodies have too few brackets to be deep, and counting those costs a twentieth of walking through every character. */
function hasManyBrackets(text: string): boolean {
  let brackets = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > MAX_DEPTH) return true;
    }
  }
  return false;
}

function countExcess(text: string, maxValues: number): string | null {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index++;
    else if (code === QUOTE) inString = !inString;
    else if (!inString) {
      const change = depthChange(code);
      depth += change;
      if (change > 0 || code === COMMA) values += 1;
      if (depth > MAX_DEPTH) return `it is nested deeper than ${MAX_DEPTH} levels`;
      if (values > maxValues) return `it holds more than ${maxValues} values`;
    }
  }
  return null;
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function depthChange(code: number): number {
  if (code === 0x7b || code === 0x5b) return 1;
  return code === 0x7d || code === 0x5d ? -1 : 0;
}

/** V8 quotes the text it could not read; the text may be somebody's transcript. */
function withoutContent(error: SyntaxError): string {
  return error.message.replace(/,? ?(?:\.\.\.)?"[^]*"(?:\.\.\.)? is not valid JSON$/, '').trim();
}

function isForm(text: string, contentType: string | null): boolean {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/x-www-form-urlencoded') return true;
  return mediaType === '' && /^[\w%.+[\]-]+=/.test(text);
}

function readForm(text: string): ReadBody {
  const pairs = formPairs(text);
  if (pairs === null) return { kind: 'unparseable', problem: `it holds more than ${MAX_FORM_PARAMETERS} parameters` };
  return { kind: 'form', value: Object.fromEntries(pairs.filter(([name]) => !FORBIDDEN_KEYS.has(name))) };
}

/** Dialpad sends its events as JWTs; the verifier has checked the signature by now. */
function readClaims(text: string): ReadBody | null {
  const claims = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text.trim())?.[1];
  if (claims === undefined) return null;
  const bytes = Buffer.from(claims, 'base64url');
  const parsed = isUtf8(bytes) ? parseJson(bytes.toString('utf8')) : null;
  return parsed?.kind === 'json' && isObject(parsed.value) ? parsed : null;
}
