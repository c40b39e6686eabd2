import type { JsonValue } from '../../domain/json.ts';
import { isObject } from '../read-body.ts';

/** A place in a body: `call.id`, `items[0].name`, `metrics[identifier=sentiment].value`, `a["odd.key"]`. */
export interface Path {
  readonly text: string;
  /** Keys before the first index or filter: what of the body this path accounts for. */
  readonly keys: readonly string[];
  /** The value there; null when absent. Never reads anything inherited. */
  get(value: JsonValue): JsonValue;
}

type Segment =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'find'; readonly key: string; readonly equals: string };

const SEGMENT = /(?:^|\.)([^.[\]"=\s][^.[\]"=]*)|\["([^"]+)"\]|\[(\d{1,6})\]|\[([^=[\]"]+)=([^[\]]*)\]/y;

/** Compiles a path; a wrong one gives the problem as a string. */
export function compilePath(text: string): Path | string {
  const segments = parseSegments(text);
  if (segments === null) {
    return `"${text}" is not a path. Write it like call.id, items[0].name, metrics[name=score].value or a["odd.key"].`;
  }
  const firstOther = segments.findIndex(({ kind }) => kind !== 'key');
  const leading = firstOther === -1 ? segments : segments.slice(0, firstOther);
  return {
    text,
    keys: leading.map((segment) => (segment.kind === 'key' ? segment.key : '')),
    get: (value) => segments.reduce<JsonValue>(step, value),
  };
}

function parseSegments(text: string): readonly Segment[] | null {
  const segments: Segment[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const [, plain, quoted, index, findKey, equals] = SEGMENT.exec(text) ?? [];
    const key = plain ?? quoted;
    if (key !== undefined) segments.push({ kind: 'key', key });
    else if (index !== undefined) segments.push({ kind: 'index', index: Number(index) });
    else if (findKey !== undefined) segments.push({ kind: 'find', key: findKey, equals: unquote(equals ?? '') });
    else return null;
  }
  return segments.length > 0 ? segments : null;
}

function unquote(text: string): string {
  return /^"(.*)"$/.exec(text)?.[1] ?? text;
}

function step(value: JsonValue, segment: Segment): JsonValue {
  if (segment.kind === 'key') return isObject(value) ? ownValue(value, segment.key) : null;
  if (!Array.isArray(value)) return null;
  const items: readonly JsonValue[] = value;
  if (segment.kind === 'index') return items[segment.index] ?? null;
  return items.find((item) => isObject(item) && isText(ownValue(item, segment.key), segment.equals)) ?? null;
}

function isText(value: JsonValue, text: string): boolean {
  return typeof value === 'object' ? false : String(value) === text;
}

function ownValue(object: { readonly [key: string]: JsonValue }, key: string): JsonValue {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
}
