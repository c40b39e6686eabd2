import { compilePath, type Path } from '../mapping/path.ts';
import { formPairs, MAX_UNPROVED_VALUES, parseJson, withoutBom } from '../read-body.ts';

/** One piece of what is signed. */
export type SignedPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'body' | 'timestamp' | 'id' | 'url' | 'form' }
  | { readonly kind: 'json'; readonly path: Path };

/** What the request offers for the parts. */
export interface SignedValues {
  readonly body: Buffer;
  /** Header text, verbatim. */
  readonly timestamp: string | null;
  readonly id: string | null;
  readonly url: string | null;
  isForm(): boolean;
}

/**
 * Parses a template such as `{timestamp}.{body}`. Placeholders: `{body}` raw bytes, `{timestamp}` and `{id}` header text
 * verbatim, `{url}` the public URL, `{form}` all form parameters sorted by name, name then value (Twilio; empty for other
 * bodies), `{json:call.id}` one value of the body. Returns the problem as a string.
 */
export function parseSignedTemplate(template: string): readonly SignedPart[] | string {
  const parts: SignedPart[] = [];
  for (const [token] of template.matchAll(/\{[^{}]*\}|[^{}]+|[{}]/g)) {
    const part = parsePart(token);
    if (typeof part === 'string') return part;
    parts.push(part);
  }
  if (parts.some(({ kind }) => kind !== 'text')) return parts;
  return `"${template}" signs nothing of the request. Write it like "{body}" or "{timestamp}.{body}".`;
}

/** The signed bytes, or null when the request lacks a part. */
export function signedBytes(parts: readonly SignedPart[], values: SignedValues): Buffer | null {
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'body') return values.body;
  const chunks: (Buffer | string)[] = [];
  for (const part of parts) {
    const chunk = chunkOf(part, values);
    if (chunk === null) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk)));
}

function parsePart(token: string): SignedPart | string {
  if (!token.startsWith('{')) return { kind: 'text', text: token };
  const name = token.slice(1, -1);
  if (name === 'body' || name === 'timestamp' || name === 'id' || name === 'url' || name === 'form')
    return { kind: name };
  if (!name.startsWith('json:')) {
    return `"${token}" is not known here. Known: {body}, {timestamp}, {id}, {url}, {form}, {json:path}.`;
  }
  const path = compilePath(name.slice('json:'.length));
  return typeof path === 'string' ? path : { kind: 'json', path };
}

function chunkOf(part: SignedPart, values: SignedValues): Buffer | string | null {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'body':
      return values.body;
    case 'form':
      return values.isForm() ? formString(values.body) : '';
    case 'json':
      return jsonValue(part.path, values.body);
    case 'timestamp':
    case 'id':
    case 'url':
      return values[part.kind];
  }
}

/** Twilio: every parameter, decoded and untrimmed; names in code-unit order; of a repeated name the unique values, sorted. */
function formString(body: Buffer): string | null {
  const pairs = formPairs(body.toString('utf8'));
  if (pairs === null) return null;
  const values = new Map<string, Set<string>>();
  for (const [name, value] of pairs) {
    const known = values.get(name) ?? new Set();
    values.set(name, known.add(value));
  }
  const names = [...values.keys()].toSorted(byCodeUnit);
  return names
    .flatMap((name) => [...(values.get(name) ?? [])].toSorted(byCodeUnit).map((value) => name + value))
    .join('');
}

function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function jsonValue(path: Path, body: Buffer): string | null {
  const parsed = parseJson(withoutBom(body.toString('utf8')), MAX_UNPROVED_VALUES);
  const value = parsed.kind === 'json' ? path.get(parsed.value) : null;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
