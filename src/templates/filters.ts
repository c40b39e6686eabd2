import { Drop, type Context, type FilterImplOptions } from 'liquidjs';

import { formatPhone, PHONE_STYLES, type PhoneStyle } from '../shared/format-phone.ts';
import { formatTime } from '../shared/format-time.ts';
import { hashText } from '../shared/hash.ts';
import { isEmpty, toJson, toText } from './values.ts';

type FilterImpl = ThisParameterType<Extract<FilterImplOptions, (...args: never[]) => unknown>>;

interface FilterCall {
  readonly context: Context;
}

/** Filters of Liquid that take lists as they are. */
const LIST_FILTERS = ['first', 'last', 'size', 'reverse', 'uniq', 'compact', 'concat'];
/** Filters of Liquid that make texts or numbers of what they get. */
const VALUE_FILTERS = [
  'append prepend capitalize downcase upcase strip lstrip rstrip strip_newlines newline_to_br escape',
  'replace remove slice split join abs at_least at_most ceil floor round plus minus times divided_by modulo',
].flatMap((line) => line.split(' '));

/** Of Liquid's filters those that touch nothing and cannot blow up. */
export function liquidFilters(
  all: Readonly<Record<string, FilterImplOptions>>,
): Readonly<Record<string, FilterImplOptions>> {
  const entries = [
    ...LIST_FILTERS.map((name) => [name, all[name]] as const),
    ...VALUE_FILTERS.map((name) => [name, takingPlainValues(all[name])] as const),
  ];
  return Object.fromEntries(entries.flatMap(([name, filter]) => (filter === undefined ? [] : [[name, filter]])));
}

/** Liquid makes texts with `String()`, which fails on data that has a key `toString`. */
function takingPlainValues(filter: FilterImplOptions | undefined): FilterImplOptions | undefined {
  if (filter === undefined) return undefined;
  const handler = typeof filter === 'function' ? filter : filter.handler;
  return function (this: FilterImpl, ...values: unknown[]): unknown {
    const [value, ...args] = values.map(toPlain);
    return handler.call(this, value, ...args);
  };
}

function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  return typeof value === 'object' && value !== null && !(value instanceof Drop) ? toText(value) : value;
}

/** Ours (reference/other-crms.md section 4); `default`, `truncate`, `map`, `date` and `url_encode` replace Liquid's. */
export const OWN_FILTERS: Readonly<Record<string, FilterImplOptions>> = {
  default: (value: unknown, fallback: unknown) => (isEmpty(value) ? fallback : value),
  truncate,
  map: mapValue,
  date: (value: unknown, format: unknown = 'iso', zone: unknown = 'UTC') =>
    formatTime(value, toText(format), toText(zone)),
  phone: (value: unknown, style: unknown = 'e164', country: unknown = null) =>
    formatPhone(value, readStyle(style), typeof country === 'string' ? country : null),
  hash: (value: unknown) => (isEmpty(value) ? null : hashText(toText(value))),
  base32hex: counted((value) => toBase32Hex(Buffer.from(toText(value), 'utf8'))),
  json: counted((value) => JSON.stringify(toJson(value))),
  url_encode: counted((value) => encodeURIComponent(toText(value).toWellFormed())),
  // Marks, read when the template is compiled (see Template): they change no value.
  omit_empty: (value: unknown) => value,
  only_create: (value: unknown) => value,
};

/** Filters that may make a text longer draw on the memory limit, or a chain of them would double it at every link. */
function counted(filter: (value: unknown) => string): FilterImplOptions {
  return function (this: FilterCall, value: unknown): string | null {
    if (value === null || value === undefined) return null;
    const text = filter(value);
    this.context.memoryLimit.use(text.length);
    return text;
  };
}

/** At most `length` characters, the ellipsis included; never half a surrogate pair. */
function truncate(value: unknown, length: unknown = 255, ellipsis: unknown = '…'): unknown {
  if (typeof value !== 'string') return value;
  const limit = Math.max(0, Math.trunc(Number(toText(length))));
  if (!(value.length > limit)) return value;
  const characters = Array.from(value);
  if (characters.length <= limit) return value;
  const tail = Array.from(toText(ellipsis)).slice(0, limit);
  return [...characters.slice(0, limit - tail.length), ...tail].join('');
}

/**
 * `{{ call.status | map: completed: "CONNECTED", no_answer: "MISSED", else: "OTHER" }}`. Keys are compared without regard
 * to case, spaces and dashes, since names cannot have them; a value without an entry stays as it is unless there is an
 * `else`. Of a list every item is mapped.
 */
function mapValue(value: unknown, ...pairs: readonly (readonly [key: string, to: unknown])[]): unknown {
  if (Array.isArray(value)) return value.map((item) => mapValue(item, ...pairs));
  const key = toKey(value);
  const found = pairs.find(([from]) => toKey(from) === key) ?? pairs.find(([from]) => from === 'else');
  return found === undefined ? value : found[1];
}

function toKey(value: unknown): string {
  return toText(value)
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

function readStyle(style: unknown): PhoneStyle {
  return PHONE_STYLES.find((known) => known === style) ?? 'e164';
}

const BASE32HEX = '0123456789abcdefghijklmnopqrstuv';

/** RFC 4648 section 7 in lower case without padding: the alphabet of Google Calendar's event ids. */
function toBase32Hex(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let buffered = 0;
  for (const byte of bytes) {
    buffered = (buffered << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32HEX.charAt((buffered >>> bits) & 31);
    }
    buffered &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32HEX.charAt((buffered << (5 - bits)) & 31) : text;
}
