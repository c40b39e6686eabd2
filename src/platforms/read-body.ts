import { isUtf8 } from 'node:buffer';

import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { ReadBody } from './platform.ts';

/** Deeper JSON than this comes from no platform; it is refused before anything recursive sees it. */
const MAX_DEPTH = 64;

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
  if (isForm(text, contentType)) return { kind: 'form', value: readForm(text) };
  return readClaims(text) ?? json;
}

/** Name and value pairs of a form, decoded, in order, empty ones included. */
export function formPairs(text: string): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(text)];
}

/** Parses JSON under the limits of `readBody`. */
export function parseJson(text: string): Extract<ReadBody, { kind: 'json' | 'unparseable' }> {
  if (isTooDeep(text)) return { kind: 'unparseable', problem: `it is nested deeper than ${MAX_DEPTH} levels` };
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

function isTooDeep(text: string): boolean {
  return hasManyBrackets(text) && isDeep(text);
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

function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index++;
    else if (code === QUOTE) inString = !inString;
    else if (!inString) depth += depthChange(code);
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

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

function readForm(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(formPairs(text).filter(([name]) => !FORBIDDEN_KEYS.has(name)));
}

/** Dialpad sends its events as JWTs; the verifier has checked the signature by now. */
function readClaims(text: string): ReadBody | null {
  const claims = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text.trim())?.[1];
  if (claims === undefined) return null;
  const bytes = Buffer.from(claims, 'base64url');
  const parsed = isUtf8(bytes) ? parseJson(bytes.toString('utf8')) : null;
  return parsed?.kind === 'json' && isObject(parsed.value) ? parsed : null;
}
