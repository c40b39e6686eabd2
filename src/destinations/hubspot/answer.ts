import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Answer } from '../rest/answer.ts';
import { asObject } from '../rest/read-path.ts';

/** A record as HubSpot shows it. All values are texts; null where a property is empty. */
export interface HubSpotRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
  readonly createdAt: string | null;
  /** On an upsert: whether it was made by it. */
  readonly isNew: boolean | null;
  /** Echoed from the input it answers; null where HubSpot does not. */
  readonly traceId: string | null;
}

/** Why a whole request or one row of it was refused (hubspot.md section 8.1: every field is optional). */
export interface HubSpotError {
  readonly status: number | null;
  readonly category: string;
  readonly message: string;
  readonly correlationId: string | null;
  /** Which inputs it is about, as far as it says. */
  readonly traceIds: readonly string[];
  readonly ids: readonly string[];
  /** Properties it names, with the code of each. */
  readonly properties: readonly PropertyError[];
  readonly scopes: readonly string[];
  /** Of a 429. */
  readonly policy: string | null;
}

export interface PropertyError {
  readonly property: string;
  /** `PROPERTY_DOESNT_EXIST`, `INVALID_OPTION`, … */
  readonly code: string;
  readonly message: string;
}

/** The rows of an answer to a batch or a search. */
export interface Rows {
  readonly records: readonly HubSpotRecord[];
  readonly errors: readonly HubSpotError[];
}

/** Results and errors of a batch: a 207, and a 200 with errors in it, alike (hubspot.md section 7). */
export function readRows({ body }: Pick<Answer, 'body'>): Rows {
  const fields = asObject(body) ?? {};
  return {
    records: listOf(fields['results']).flatMap((item) => readRecord(item) ?? []),
    errors: objectsOf(fields['errors']).map((item) => readError(item)),
  };
}

export function readRecord(value: JsonValue): HubSpotRecord | null {
  const fields = asObject(value);
  const id = textOf(fields?.['id']);
  if (fields === null || id === null) return null;
  const properties = Object.entries(asObject(fields['properties'] ?? null) ?? {}).map(
    ([name, property]) => [name, textOf(property)] as const,
  );
  const isNew = fields['new'];
  return {
    id,
    properties: Object.fromEntries(properties),
    createdAt: textOf(fields['createdAt']),
    isNew: typeof isNew === 'boolean' ? isNew : null,
    traceId: textOf(fields['objectWriteTraceId']),
  };
}

/** Reads the body of a refused request, or one entry of `errors`. Anything but JSON is an error without fields. */
export function readError(value: JsonValue): HubSpotError {
  const fields = asObject(value) ?? {};
  const context = contextOf(fields);
  const nested = objectsOf(fields['errors']);
  const message = textOf(fields['message']) ?? nested.map((item) => textOf(item['message']) ?? '').join('; ');
  return {
    status: statusOf(fields['status']),
    category: textOf(fields['category']) ?? textOf(fields['errorType']) ?? '',
    message,
    correlationId: textOf(fields['correlationId']),
    traceIds: textsOf(context['objectWriteTraceId']),
    ids: [...textsOf(context['ids']), ...textsOf(context['id'])],
    properties: propertyErrors(message, nested),
    scopes: nested.flatMap((item) => textsOf(contextOf(item)['requiredGranularScopes'])),
    policy: textOf(fields['policyName']),
  };
}

/** Structured in `errors[]` of a single write, in a row of a batch only as JSON inside the message: both are read. */
function propertyErrors(message: string, nested: readonly JsonObject[]): readonly PropertyError[] {
  const found = new Map<string, PropertyError>();
  for (const item of [...nested, ...listInside(message)]) {
    const error = propertyError(item);
    if (error !== null && !found.has(error.property)) found.set(error.property, error);
  }
  return [...found.values()];
}

function propertyError(item: JsonObject): PropertyError | null {
  const property = textOf(item['name']) ?? textsOf(contextOf(item)['propertyName'])[0] ?? null;
  if (property === null) return null;
  const code = textOf(item['code']) ?? textOf(item['error']) ?? '';
  return { property, code, message: textOf(item['message']) ?? code };
}

function contextOf(item: JsonObject): JsonObject {
  return asObject(item['context'] ?? null) ?? {};
}

/** `Property values were not valid: [{…}]` */
function listInside(message: string): readonly JsonObject[] {
  const start = message.indexOf('[{');
  const end = message.lastIndexOf(']');
  if (start < 0 || end < start) return [];
  try {
    return objectsOf(JSON.parse(message.slice(start, end + 1)) as JsonValue);
  } catch {
    return [];
  }
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return listOf(value)
    .map((item) => asObject(item))
    .filter((item) => item !== null);
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value ?? null];
  return list.flatMap((item) => textOf(item) ?? []);
}

/** Texts, numbers and truth values as text; null for anything else. */
export function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function statusOf(value: JsonValue | undefined): number | null {
  const status = Number(value);
  return Number.isInteger(status) && status >= 100 ? status : null;
}
