import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { HttpResponse } from '../../shared/http-client.ts';
import { asObject, isList, readFirst, type Path } from './read-path.ts';

/** An answer, read once for all conditions and paths. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else its text; null when empty. */
  readonly body: JsonValue;
}

const MAX_WORDS = 500;

/** Reads the body as JSON if it is JSON, whatever its content type claims. */
export function readAnswer(response: HttpResponse): Answer {
  return { status: response.status, headers: response.headers, body: readBody(response.body) };
}

/** What conditions on an answer see. */
export function answerScope({ status, headers, body }: Answer): JsonObject {
  return { status, headers, body };
}

export function isSuccessStatus(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The path `$location`: the last segment of the Location header, where some APIs put the id. */
export function readAnswerPaths(answer: Answer, paths: readonly (Path | '$location')[]): JsonValue | undefined {
  for (const path of paths) {
    const found = path === '$location' ? locationId(answer) : readFirst(answer.body, [path]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The CRM's own words on why not, verbatim but bounded; the whole body when nothing in it looks like a message. */
export function wordsOf({ body, headers }: Answer): string {
  const words = messageIn(body) ?? (typeof body === 'string' ? body : JSON.stringify(body));
  const text = [headers['x-status-reason'], words === 'null' ? undefined : words]
    .filter((part) => part !== undefined && part !== '')
    .join(': ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (text === '') return '(no words)';
  return text.length <= MAX_WORDS ? text : `${text.slice(0, MAX_WORDS)}…`;
}

function readBody(text: string): JsonValue {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function locationId({ headers }: Answer): string | undefined {
  const last = headers['location']
    ?.split(/[?#]/)[0]
    ?.split('/')
    .findLast((segment) => segment !== '');
  return last === undefined ? undefined : safelyDecoded(last);
}

function safelyDecoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Fields in which APIs put their reason, the most telling first. */
const MESSAGE_KEYS = [
  'message',
  'messages',
  'error_description',
  'detail',
  'error_info',
  'description',
  'error',
  'title',
  'errors',
];

/** All messages of a body, nested ones too; undefined when there is none. */
function messageIn(body: JsonValue): string | undefined {
  const source = asObject(isList(body) ? body[0] : body);
  if (source === null) return undefined;
  const parts = MESSAGE_KEYS.flatMap((key) => (Object.hasOwn(source, key) ? textsIn(source[key] ?? null) : []));
  return parts.length === 0 ? undefined : [...new Set(parts)].join('; ');
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return [JSON.stringify(value)];
}
