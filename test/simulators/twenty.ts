import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { RecordTable, type StoredRecord } from './record-table.ts';
import { startSimulator, type ApiAnswer, type ApiRequest, type Simulator } from './simulator.ts';

/** Twenty as other-crms.md section 1.4 describes it: people, and a custom object `calls` with a unique `hooklineKey`. */
export interface Twenty extends Simulator {
  readonly people: RecordTable;
  readonly calls: RecordTable;
}

export const TWENTY_KEY = 'twenty-api-key';

const MAX_PAGE = 60;
/** Fields of each object and the composite parts they may have; the schema refuses others. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, readonly string[] | 'plain'>>>> = {
  people: {
    name: ['firstName', 'lastName'],
    emails: ['primaryEmail', 'additionalEmails'],
    phones: ['primaryPhoneNumber', 'primaryPhoneCountryCode', 'primaryPhoneCallingCode', 'additionalPhones'],
    jobTitle: 'plain',
    city: 'plain',
  },
  calls: {
    name: 'plain',
    hooklineKey: 'plain',
    personId: 'plain',
    direction: 'plain',
    startedAt: 'plain',
    durationSeconds: 'plain',
    summary: 'plain',
    recordingUrl: 'plain',
    status: 'plain',
  },
};
const SINGULAR: Readonly<Record<string, string>> = { people: 'Person', calls: 'Call' };
/** Two records may not agree in these. */
const UNIQUE: Readonly<Record<string, string>> = { people: 'emails.primaryEmail', calls: 'hooklineKey' };

export async function startTwenty(): Promise<Twenty> {
  const tables = { people: new RecordTable('person-'), calls: new RecordTable('call-') };
  const simulator = await startSimulator((request) => serve(tables, request));
  return { ...simulator, ...tables };
}

function serve(tables: Readonly<Record<string, RecordTable>>, request: ApiRequest): ApiAnswer {
  if (request.headers['authorization'] !== `Bearer ${TWENTY_KEY}`) {
    return { status: 401, body: { statusCode: 401, error: 'UNAUTHENTICATED', messages: ['Token invalid.'] } };
  }
  const [rest, first = '', second] = request.segments;
  const isBatch = first === 'batch';
  const name = isBatch ? (second ?? '') : first;
  const table = tables[name];
  if (rest !== 'rest' || table === undefined) return fail(400, `object '${name}' not found`);
  const object = { name, table };
  if (isBatch) return batch(object, request.body as unknown as readonly JsonObject[]);
  return second === undefined ? collection(object, request) : single(object, second, request);
}

interface ApiObject {
  readonly name: string;
  readonly table: RecordTable;
}

function collection(object: ApiObject, { method, query, body }: ApiRequest): ApiAnswer {
  if (method === 'POST') return create(object, body);
  if (method !== 'GET') return fail(400, `${method} is not supported here`);
  const limit = Number(query.get('limit') ?? MAX_PAGE);
  if (!(limit >= 1 && limit <= MAX_PAGE))
    return fail(400, `limit '${limit}' invalid. Should be between 1 and ${MAX_PAGE}`);
  const filter = parseFilter(query.get('filter') ?? '');
  if (filter === null) return fail(400, `filter invalid: ${query.get('filter')}`);
  const matching = object.table.all().filter((record) => filter.every((test) => test(record)));
  return page(object.name, matching, { limit, after: query.get('starting_after') });
}

function page(
  name: string,
  matching: readonly StoredRecord[],
  { limit, after }: { readonly limit: number; readonly after: string | null },
): ApiAnswer {
  const start = after === null ? 0 : matching.findIndex(({ id }) => id === after) + 1;
  const rows = matching.slice(start, start + limit);
  const hasNextPage = start + limit < matching.length;
  const pageInfo = { hasNextPage, startCursor: rows[0]?.id ?? null, endCursor: rows.at(-1)?.id ?? null };
  return { status: 200, body: { data: { [name]: rows.map(show) }, pageInfo, totalCount: matching.length } };
}

function batch(object: ApiObject, items: readonly JsonObject[]): ApiAnswer {
  if (!Array.isArray(items) || items.length > MAX_PAGE) return fail(400, `at most ${MAX_PAGE} records in a batch`);
  const refusal = items.map((item) => refuse(object, item)).find((answer) => answer !== null);
  if (refusal !== undefined) return refusal;
  const made = items.map((item) => show(object.table.insert(normalise(item))));
  return { status: 201, body: { data: { [`create${object.name === 'people' ? 'People' : 'Calls'}`]: made } } };
}

function create(object: ApiObject, body: JsonObject): ApiAnswer {
  const refusal = refuse(object, body);
  if (refusal !== null) return refusal;
  const made = show(object.table.insert(normalise(body)));
  return { status: 201, body: { data: { [`create${SINGULAR[object.name]}`]: made } } };
}

function single(object: ApiObject, id: string, { method, body }: ApiRequest): ApiAnswer {
  const record = object.table.get(id);
  if (record === undefined) return fail(404, 'Record not found');
  const singular = SINGULAR[object.name] ?? '';
  if (method === 'GET') return { status: 200, body: { data: { [singular.toLowerCase()]: show(record) } } };
  if (method !== 'PATCH') return fail(400, `${method} is not supported here`);
  const refusal = refuse(object, body, id);
  if (refusal !== null) return refusal;
  const updated = object.table.update(id, merged(record, normalise(body)));
  return { status: 200, body: { data: { [`update${singular}`]: show(updated ?? record) } } };
}

/** Composite fields are updated part by part. */
function merged({ fields }: StoredRecord, changes: JsonObject): JsonObject {
  const isObject = (value: JsonValue | undefined): value is JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    Object.entries(changes).map(([key, value]) => {
      const before = fields[key];
      return [key, isObject(value) && isObject(before) ? { ...before, ...value } : value];
    }),
  );
}

/** A number given with its calling code is taken apart. */
function normalise(body: JsonObject): JsonObject {
  const phones = body['phones'] as JsonObject | undefined;
  const number = phones?.['primaryPhoneNumber'];
  const parts = typeof number === 'string' ? /^\+(1|44|49)(\d+)$/.exec(number) : null;
  if (parts === null) return body;
  return {
    ...body,
    phones: { ...phones, primaryPhoneNumber: parts[2] ?? '', primaryPhoneCallingCode: `+${parts[1]}` },
  };
}

function refuse({ name, table }: ApiObject, body: JsonObject, ownId?: string): ApiAnswer | null {
  const fields = FIELDS[name] ?? {};
  for (const [key, value] of Object.entries(body)) {
    const parts = fields[key];
    if (parts === undefined) return fail(400, `Object ${name} doesn't have any "${key}" field.`);
    const unknown =
      parts === 'plain' ? undefined : Object.keys(value as JsonObject).find((part) => !parts.includes(part));
    if (unknown !== undefined) return fail(400, `Field "${key}" has no subfield "${unknown}".`);
  }
  const path = UNIQUE[name] ?? '';
  const value = readValue(body, path);
  const rival =
    value === ''
      ? undefined
      : table.all().find(({ id, fields: other }) => id !== ownId && readValue(other, path) === value);
  return rival === undefined ? null : fail(400, 'A duplicate entry was detected');
}

type Test = (record: StoredRecord) => boolean;

/** `field[eq]:"value"`, several joined by commas or inside `and(…)`. Null when it cannot be read. */
function parseFilter(filter: string): readonly Test[] | null {
  const inner = /^and\((.*)\)$/s.exec(filter)?.[1] ?? filter;
  if (inner === '') return [];
  const tests: Test[] = [];
  const pattern = /\s*([\w.]+)\[(eq|like|ilike)\]:("(?:[^"\\]|\\.)*"|[^,]*)\s*(?:,|$)/gy;
  let last = 0;
  for (const match of inner.matchAll(pattern)) {
    const [text, field = '', comparator = '', raw = ''] = match;
    const value = raw.startsWith('"') ? (JSON.parse(raw) as string) : raw;
    tests.push(toTest(field, comparator, value));
    last = match.index + text.length;
  }
  return last === inner.length ? tests : null;
}

function toTest(field: string, comparator: string, value: string): Test {
  if (comparator === 'eq') return ({ fields }) => readValue(fields, field) === value;
  const pattern = value
    .split('%')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  const expression = new RegExp(`^${pattern}$`, comparator === 'ilike' ? 'is' : 's');
  return ({ fields }) => expression.test(readValue(fields, field));
}

function readValue(fields: JsonObject, path: string): string {
  let value: JsonValue | undefined = fields;
  for (const key of path.split('.')) value = (value as JsonObject | null | undefined)?.[key];
  return typeof value === 'string' ? value : '';
}

function fail(statusCode: number, message: string): ApiAnswer {
  return { status: statusCode, body: { statusCode, error: 'BadRequestException', messages: [message] } };
}

function show({ id, number, fields }: StoredRecord): JsonObject {
  return { ...fields, id, createdAt: `2026-01-01T00:00:${String(number % 60).padStart(2, '0')}.000Z` };
}
