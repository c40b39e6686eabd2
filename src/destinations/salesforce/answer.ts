import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { asId, asObject } from '../rest/read-path.ts';
import type { Answer } from '../rest/answer.ts';

/** Why a request, or one row of it, was refused. */
export interface SalesforceError {
  /** `DUPLICATE_VALUE`; single calls say `errorCode`, rows of collections `statusCode` (salesforce.md section 2.4). */
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
  /** Ids of the records a duplicate rule found. */
  readonly matches: readonly string[];
}

/** What became of one row of a collection. */
export type SavedRow =
  | { readonly kind: 'saved'; readonly id: string }
  | { readonly kind: 'refused'; readonly errors: readonly SalesforceError[] };

/** Errors of a refused request; none when it is not in Salesforce's own shape (an HTML page of some edge). */
export function readErrors(body: JsonValue): readonly SalesforceError[] {
  return objectsOf(Array.isArray(body) ? body : [body]).flatMap((item) => readError(item) ?? []);
}

function readError(item: JsonObject): SalesforceError | null {
  const code = textOf(item['errorCode']) ?? textOf(item['statusCode']);
  if (code === null) return null;
  return {
    code,
    message: textOf(item['message']) ?? '',
    fields: listOf(item['fields']).flatMap((field) => textOf(field) ?? []),
    matches: matchesOf(item),
  };
}

/** `duplicateResut` is how Salesforce spells it; some versions do not (salesforce.md section 4.8). */
function matchesOf(item: JsonObject): readonly string[] {
  const result = asObject(item['duplicateResut'] ?? item['duplicateResult'] ?? null);
  const matches = objectsOf(result?.['matchResults']).flatMap((match) => objectsOf(match['matchRecords']));
  return matches.flatMap((match) => textOf(asObject(match['record'] ?? null)?.['Id']) ?? []);
}

/** The rows of an answer to a collection, in the order they were sent; null when it is no such answer. */
export function readSavedRows({ body }: Pick<Answer, 'body'>): readonly SavedRow[] | null {
  if (!Array.isArray(body)) return null;
  return (body as readonly JsonValue[]).map((item) => readSavedRow(asObject(item) ?? {}));
}

function readSavedRow(item: JsonObject): SavedRow {
  const id = textOf(item['id']);
  if (item['success'] === true && id !== null) return { kind: 'saved', id };
  return { kind: 'refused', errors: readErrors(item['errors'] ?? null) };
}

/** The answer to one subrequest of `/composite`. */
export interface SubAnswer {
  readonly referenceId: string;
  readonly status: number;
  readonly body: JsonValue;
}

export function readSubAnswers({ body }: Pick<Answer, 'body'>): readonly SubAnswer[] {
  return objectsOf(asObject(body)?.['compositeResponse']).map((item) => ({
    referenceId: textOf(item['referenceId']) ?? '',
    status: Number(item['httpStatusCode']),
    body: item['body'] ?? null,
  }));
}

/** Records of a query's answer, without `attributes`. */
export function readRecords(body: JsonValue, key: 'records' | 'searchRecords'): readonly JsonObject[] {
  return objectsOf(asObject(body)?.[key]);
}

/** `Contact`: the object a record is of. */
export function typeOfRecord(record: JsonObject): string | null {
  return textOf(asObject(record['attributes'] ?? null)?.['type']);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return listOf(value)
    .map((item) => asObject(item))
    .filter((item) => item !== null);
}

/** Texts and numbers as text; null for anything else. */
export function textOf(value: JsonValue | undefined): string | null {
  return asId(value) ?? null;
}
