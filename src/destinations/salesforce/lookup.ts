import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { After } from '../../shared/after.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Load } from '../batcher.ts';
import type { Failure } from '../destination.ts';
import { isSuccessStatus, type Answer } from '../rest/answer.ts';
import { asObject } from '../rest/read-path.ts';
import { createRowBatch, type RowBatchOptions, type RowResult } from '../row-batch.ts';
import { readErrors, readRecords, readSubAnswers, textOf, type SubAnswer } from './answer.ts';
import { reasonOf, wordsOfErrors } from './classify.ts';
import type { Question, SalesforceClient } from './client.ts';
import { failureOf } from './error-codes.ts';
import type { SObjectType } from './objects.ts';
import { composite, type OrgReader } from './org.ts';
import { subQuery } from './soql.ts';

/** A record as a query shows it. */
export interface FoundRow {
  readonly type: SObjectType;
  readonly id: string;
  readonly fields: JsonObject;
}

export interface LookupOptions {
  readonly destination: string;
  readonly client: SalesforceClient;
  readonly version: string;
  readonly clock: Clock;
  readonly after: After;
  readonly orgs: OrgReader;
}

/** One query of a lookup; `referenceId` begins with its object: `Contact`, `Contact2`. */
export interface Subquery {
  readonly type: SObjectType;
  readonly soql: string;
  readonly all?: boolean;
}

export interface Lookup {
  /** What is asked for these keys; at most five queries. */
  readonly plan: (keys: readonly string[]) => readonly Subquery[];
  /** The keys by which a row would be found; Salesforce compares most texts without regard to case. */
  readonly keysOf: (row: FoundRow) => readonly string[];
  readonly weight?: RowBatchOptions<string, readonly FoundRow[], Question>['weight'];
}

/** Looks for records by SOQL, many keys in one request: of every key those rows that carry it. */
export function createLookup(options: LookupOptions, lookup: Lookup): Load<string, readonly FoundRow[]> {
  const { client, after, version } = options;
  const { plan, keysOf, weight } = lookup;
  return createRowBatch<string, readonly FoundRow[], Question>({
    client,
    after,
    maxRows: MAX_KEYS,
    ...(weight === undefined ? {} : { weight }),
    keyOf: (key) => key,
    sharesRows: true,
    question: (keys) =>
      composite(
        keys.length === 0 ? [] : plan(keys).map((query, index) => subQuery(version, `${query.type}${index}`, query)),
      ),
    show: (key) => ({ queries: plan([key]).map(({ soql }) => soql) }),
    read: (answer, keys) => readRows(options, answer, { keys, keysOf, queries: plan(keys).length }),
    refused: (answer) => ({ kind: 'rejected', reason: reasonOf(answer, { label: LABEL }) }),
  });
}

/** As many as a write carries, so that one request of each kind brings as many calls on. */
export const MAX_KEYS = 200;

/** The key of rows that are looked for by this field. */
export function keyIn(field: string): Lookup['keysOf'] {
  return ({ fields }) => {
    const value = textOf(fields[field]);
    return value === null ? [] : [value];
  };
}

const LABEL = 'POST /composite';

interface Asked {
  readonly keys: readonly string[];
  readonly keysOf: Lookup['keysOf'];
}

/** A page of some proxy must not read as "nobody is there". */
const UNREADABLE: Failure = { kind: 'retry', reason: `${LABEL}: the answer does not hold what was asked for` };

/** Null, with several keys: a query was refused, or has more rows than a page. With fewer keys it may pass. */
function readRows(
  options: LookupOptions,
  answer: Answer,
  { keys, keysOf, queries }: Asked & { readonly queries: number },
): readonly RowResult<readonly FoundRow[]>[] | null {
  const subs = readSubAnswers(answer);
  const refused = subs.find(({ status }) => !isSuccessStatus(status));
  if (refused !== undefined) {
    const failure = readRefusal(options, refused);
    return keys.length > 1 && failure.kind === 'rejected'
      ? null
      : keys.map(() => ({ value: failure, shown: refused.body }));
  }
  const isWhole = subs.length === queries && subs.every(({ body }) => Array.isArray(asObject(body)?.['records']));
  if (!isWhole) return keys.map(() => ({ value: UNREADABLE, shown: answer.body }));
  if (keys.length > 1 && subs.some(({ body }) => asObject(body)?.['done'] === false)) return null;
  return sortByKey(
    subs.flatMap((sub) => rowsOf(sub)),
    { keys, keysOf },
  );
}

function readRefusal({ destination, clock, orgs }: LookupOptions, { status, body }: SubAnswer): Failure {
  const errors = readErrors(body);
  const reason = `${LABEL}: a query → ${status}: ${wordsOfErrors(errors)}`;
  // Salesforce itself stumbled: the next try may do better, with as many keys.
  if (status >= 500 || [408, 429].includes(status)) return { kind: 'retry', reason };
  const context = { destination, reason, nowMs: clock.now() };
  const failure = errors.map((error) => failureOf(error, context)).find((found) => found !== null);
  if (failure !== undefined) return failure;
  if (!errors.some(({ code }) => code === 'INVALID_FIELD')) return { kind: 'rejected', reason };
  // Somebody took a field away since the org was read.
  orgs.suspect();
  return { kind: 'retry', reason };
}

function rowsOf({ referenceId, body }: SubAnswer): readonly FoundRow[] {
  const type = /^[A-Za-z]+/.exec(referenceId)?.[0] as SObjectType;
  return readRecords(body, 'records').flatMap((record) => toRow(type, record) ?? []);
}

export function toRow(type: SObjectType, record: JsonObject): FoundRow | null {
  const id = textOf(record['Id']);
  const fields = Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'attributes'));
  return id === null ? null : { type, id, fields };
}

/** Deals rows out to whom they belong; a row that two queries show counts once. */
export function sortByKey(
  rows: readonly FoundRow[],
  { keys, keysOf }: Asked,
): readonly RowResult<readonly FoundRow[]>[] {
  const exact = groupByKey(rows, keysOf);
  const folded = groupByKey(rows, (row) => keysOf(row).map((key) => key.toLowerCase()));
  return keys.map((key) => {
    const value = exact.get(key) ?? folded.get(key.toLowerCase()) ?? [];
    const shown: JsonValue = { records: value.map(({ type, fields }) => ({ type, ...fields })) };
    return { value, shown };
  });
}

function groupByKey(rows: readonly FoundRow[], keysOf: Lookup['keysOf']): ReadonlyMap<string, readonly FoundRow[]> {
  const byKey = new Map<string, Map<string, FoundRow>>();
  for (const row of rows) {
    for (const key of keysOf(row)) byKey.set(key, (byKey.get(key) ?? new Map<string, FoundRow>()).set(row.id, row));
  }
  return new Map([...byKey].map(([key, found]) => [key, [...found.values()]]));
}
