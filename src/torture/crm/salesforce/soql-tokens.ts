import { Unreadable } from './refusals.ts';

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'date' | 'datetime' | 'sign' | 'end';
  /** A string without its quotes and escapes; everything else as written. */
  readonly text: string;
  readonly at: number;
}

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['datetime', /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:?\d\d)/y],
  ['date', /\d{4}-\d\d-\d\d/y],
  ['number', /[+-]?\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::\d+)?/y],
  ['sign', /!=|<>|<=|>=|[=<>(),]/y],
];

/** SOQL, and what SOSL has in common with it, as tokens; throws MALFORMED_QUERY. */
export function readTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += /^\s*/.exec(source.slice(at))?.[0].length ?? 0;
    if (at >= source.length) return [...tokens, { kind: 'end', text: '', at }];
    const { token, next } = source[at] === "'" ? readString(source, at) : readPlain(source, at);
    tokens.push(token);
    at = next;
  }
}

function readPlain(source: string, at: number): { token: Token; next: number } {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { token: { kind, text, at }, next: at + text.length };
  }
  throw malformed(source, at, `unexpected token: '${source[at] ?? ''}'`);
}

/** Characters of no alphabet. */
export const LITERAL_UNDERSCORE = '\uE000';
export const LITERAL_PERCENT = '\uE001';

/** The text of a literal outside of LIKE. */
export function plainText(text: string): string {
  return text.replaceAll(LITERAL_UNDERSCORE, '_').replaceAll(LITERAL_PERCENT, '%');
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  // Stand for themselves in LIKE; kept apart from the wildcards they look like.
  _: LITERAL_UNDERSCORE,
  '%': LITERAL_PERCENT,
};

function readString(source: string, start: number): { token: Token; next: number } {
  let text = '';
  let at = start + 1;
  while (at < source.length && source[at] !== "'") {
    const { sign, length } = source[at] === '\\' ? readEscape(source, at) : { sign: source[at] ?? '', length: 1 };
    text += sign;
    at += length;
  }
  if (at >= source.length) throw malformed(source, start, "unexpected end of string: missing closing quote (')");
  return { token: { kind: 'string', text, at: start }, next: at + 1 };
}

/** `\'`, `\\`, `\n`, `\u00e9`, …; no other sign may follow a backslash. */
function readEscape(source: string, at: number): { sign: string; length: number } {
  const code = /^u([0-9a-f]{4})/i.exec(source.slice(at + 1, at + 6))?.[1];
  if (code !== undefined) return { sign: String.fromCodePoint(parseInt(code, 16)), length: 6 };
  const sign = ESCAPES[source[at + 1] ?? ''];
  if (sign !== undefined) return { sign, length: 2 };
  const message = `Invalid string literal. Illegal character sequence '\\${source[at + 1] ?? ''}' in string literal.`;
  throw malformed(source, at, message);
}

/** The message shows where, in the way the API does. */
export function malformed(source: string, at: number, what: string, code = 'MALFORMED_QUERY'): Unreadable {
  const excerpt = source.slice(Math.max(0, at - 20), at + 20);
  return new Unreadable(code, `\n${excerpt}\n^\nERROR at Row:1:Column:${at + 1}\n${what}`);
}
