import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { RecordTable, type StoredRecord } from './record-table.ts';
import { startSimulator, type ApiAnswer, type ApiRequest, type Simulator } from './simulator.ts';

/** Pipedrive as other-crms.md section 1.2 describes it: persons and activities in v2, call logs still in v1. */
export interface Pipedrive extends Simulator {
  readonly persons: RecordTable;
  readonly activities: RecordTable;
  readonly callLogs: RecordTable;
  /** What is left of the daily budget; at 0 everything is answered 429. */
  setTokens(tokens: number): void;
}

export const PIPEDRIVE_TOKEN = 'd'.repeat(40);

interface Crm {
  readonly persons: RecordTable;
  readonly activities: RecordTable;
  readonly callLogs: RecordTable;
  tokens: number;
}

const NAIVE_UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const OUTCOMES = ['connected', 'no_answer', 'left_message', 'left_voicemail', 'wrong_number', 'busy'];
const ACTIVITY_PROPERTIES = new Set(
  (
    'subject type done due_date due_time duration note participants person_id owner_id deal_id lead_id org_id ' +
    'public_description priority busy location attendees'
  ).split(' '),
);
const PERSON_PROPERTIES = new Set(
  'name phones emails owner_id org_id label_ids visible_to marketing_status custom_fields'.split(' '),
);

export async function startPipedrive(): Promise<Pipedrive> {
  const crm: Crm = {
    persons: new RecordTable('', []),
    activities: new RecordTable('', ['person_id']),
    callLogs: new RecordTable('log', []),
    tokens: 30_000,
  };
  const simulator = await startSimulator((request) => serve(crm, request));
  const { persons, activities, callLogs } = crm;
  return { ...simulator, persons, activities, callLogs, setTokens: (tokens) => void (crm.tokens = tokens) };
}

function serve(crm: Crm, request: ApiRequest): ApiAnswer {
  const token = request.headers['x-api-token'] ?? request.query.get('api_token');
  if (token !== PIPEDRIVE_TOKEN) return fail(401, 'unauthorized access');
  // Searches cost most, writes more than reads.
  crm.tokens -= request.path.endsWith('/search') ? 20 : request.method === 'GET' ? 2 : 5;
  const budget = { 'x-daily-ratelimit-token-remaining': String(Math.max(0, crm.tokens)) };
  if (crm.tokens < 0) return { ...fail(429, 'daily token limit exceeded'), headers: budget };
  return { headers: { ...budget, 'x-ratelimit-remaining': '19', 'x-ratelimit-reset': '2' }, ...route(crm, request) };
}

const V2_PROPERTIES: Readonly<Record<string, ReadonlySet<string>>> = {
  persons: PERSON_PROPERTIES,
  activities: ACTIVITY_PROPERTIES,
};

function route(crm: Crm, request: ApiRequest): ApiAnswer {
  const [api, version, object = '', id] = request.segments;
  if (api === 'v1') return v1(crm, request);
  const properties = V2_PROPERTIES[object];
  if (`${api}/${version}` !== 'api/v2' || properties === undefined) return fail(404, 'Unknown method .');
  if (request.path.endsWith('/persons/search')) return searchPersons(crm, request.query);
  const unknown = Object.keys(request.body).find((key) => !properties.has(key));
  if (unknown !== undefined) return fail(400, `Validation failed: ${unknown}: Unrecognized key`);
  const table = object === 'persons' ? crm.persons : crm.activities;
  return id === undefined ? collection(crm, table, request) : single(table, id, request);
}

function collection(crm: Crm, table: RecordTable, { method, body, query }: ApiRequest): ApiAnswer {
  if (method === 'GET') return list(table, query);
  if (method !== 'POST') return fail(405, 'Method not allowed');
  const problem = table === crm.persons ? personProblem(body) : activityProblem(body, true);
  if (problem !== null) return fail(400, `Validation failed: ${problem}`);
  return { status: 201, body: { success: true, data: show(table.insert(stored(body))) } };
}

function single(table: RecordTable, id: string, { method, body }: ApiRequest): ApiAnswer {
  const record = table.get(id);
  if (record === undefined) return fail(404, 'The requested entity was not found');
  if (method === 'GET') return { status: 200, body: { success: true, data: show(record) } };
  // PUT was v1.
  if (method !== 'PATCH') return fail(405, 'Method not allowed');
  const problem = activityProblem(body, false);
  if (problem !== null) return fail(400, `Validation failed: ${problem}`);
  return { status: 200, body: { success: true, data: show(table.update(id, stored(body)) ?? record) } };
}

/** The person of an activity is read from its participants. */
function stored(body: JsonObject): JsonObject {
  const participants = body['participants'] as readonly JsonObject[] | undefined;
  const personId = participants?.[0]?.['person_id'];
  return personId === undefined ? body : { ...body, person_id: personId };
}

function list(table: RecordTable, query: URLSearchParams): ApiAnswer {
  const limit = Number(query.get('limit') ?? 100);
  if (!(limit >= 1 && limit <= 500)) return fail(400, 'Validation failed: limit: must be at most 500');
  const personId = query.get('person_id');
  const all = personId === null ? table.all() : table.find('person_id', personId);
  const rows = query.get('sort_direction') === 'desc' ? all.toReversed() : all;
  const start = Number(query.get('cursor') ?? 0);
  const cursor = start + limit < rows.length ? String(start + limit) : null;
  return page(rows.slice(start, start + limit).map(show), cursor);
}

function searchPersons({ persons }: Crm, query: URLSearchParams): ApiAnswer {
  const term = query.get('term') ?? '';
  const exact = query.get('exact_match') === 'true';
  if (term.length < (exact ? 1 : 2)) return fail(400, 'Validation failed: term: must be at least 2 characters long');
  const fields = (query.get('fields') ?? 'name,phone,email,notes,custom_fields').split(',');
  const wanted = term.toLowerCase();
  const hits = persons
    .all()
    .filter((person) =>
      fields
        .flatMap((field) => textsOf(person, field))
        .some((text) => (exact ? text.toLowerCase() === wanted : text.toLowerCase().includes(wanted))),
    );
  return page({ items: hits.map((person) => ({ result_score: 0.5, item: searchItem(person) })) }, null);
}

function textsOf({ fields }: StoredRecord, field: string): string[] {
  const values = (items: JsonValue | undefined): string[] =>
    ((items ?? []) as readonly JsonObject[]).map(({ value }) => textOf(value));
  if (field === 'phone') return values(fields['phones']);
  if (field === 'email') return values(fields['emails']);
  if (field === 'custom_fields') return Object.values((fields['custom_fields'] ?? {}) as JsonObject).map(textOf);
  return typeof fields['name'] === 'string' ? [fields['name']] : [];
}

/** Search shows plain lists where the record has objects. */
function searchItem(person: StoredRecord): JsonObject {
  const { name = null } = person.fields;
  return {
    id: Number(person.id),
    type: 'person',
    name,
    phones: textsOf(person, 'phone'),
    emails: textsOf(person, 'email'),
  };
}

function personProblem(body: JsonObject): string | null {
  if (typeof body['name'] !== 'string' || body['name'] === '') return 'name: Required';
  const bad = (['phones', 'emails'] as const).find((key) =>
    ((body[key] ?? []) as readonly JsonObject[]).some(({ value }) => typeof value !== 'string'),
  );
  return bad === undefined ? null : `${bad}: value: Required`;
}

function activityProblem(body: JsonObject, isNew: boolean): string | null {
  if (isNew && 'type' in body && typeof body['subject'] !== 'string') return 'subject: Required';
  if (body['person_id'] !== undefined) return 'person_id: read-only, use participants';
  const formats = { due_date: /^\d{4}-\d\d-\d\d$/, due_time: /^\d\d:\d\d(:\d\d)?$/, duration: /^\d\d:\d\d(:\d\d)?$/ };
  const bad = Object.entries(formats).find(
    ([key, format]) => body[key] !== undefined && !format.test(textOf(body[key])),
  );
  return bad === undefined ? null : `${bad[0]}: Invalid format`;
}

/** v1 kept its call logs; persons and activities have moved to v2. Call logs can be made, read and deleted, not changed. */
function v1({ callLogs }: Crm, { method, segments, body }: ApiRequest): ApiAnswer {
  const [, object, id] = segments;
  if (object !== 'callLogs') return fail(410, 'This endpoint was replaced by its v2 twin');
  if (method === 'POST' && id === undefined) {
    const problem = callLogProblem(body);
    return problem === null
      ? { status: 200, body: { success: true, data: show(callLogs.insert(body)) } }
      : fail(400, problem);
  }
  if (method !== 'GET') return fail(405, 'Method not allowed');
  const record = id === undefined ? undefined : callLogs.get(id);
  if (id === undefined) return page(callLogs.all().map(show), null);
  return record === undefined
    ? fail(404, 'Call log not found')
    : { status: 200, body: { success: true, data: show(record) } };
}

function callLogProblem(body: JsonObject): string | null {
  const missing = ['outcome', 'to_phone_number', 'start_time', 'end_time'].find((key) => body[key] === undefined);
  if (missing !== undefined) return `${missing} is required`;
  if (!OUTCOMES.includes(textOf(body['outcome']))) return `outcome must be one of ${OUTCOMES.join(', ')}`;
  const badTime = ['start_time', 'end_time'].find((key) => !NAIVE_UTC.test(textOf(body[key])));
  if (badTime !== undefined) return `${badTime} must be in UTC as YYYY-MM-DD HH:MM:SS`;
  return body['duration'] !== undefined && typeof body['duration'] !== 'string' ? 'duration must be a string' : null;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function page(data: JsonValue, nextCursor: string | null): ApiAnswer {
  return { status: 200, body: { success: true, data, additional_data: { next_cursor: nextCursor } } };
}

function fail(status: number, error: string): ApiAnswer {
  return { status, body: { success: false, error, error_info: 'Please check developers.pipedrive.com', data: null } };
}

function show({ id, number, fields }: StoredRecord): JsonObject {
  return {
    ...fields,
    id: /^\d+$/.test(id) ? Number(id) : id,
    add_time: `2026-01-01T00:00:${String(number % 60).padStart(2, '0')}Z`,
  };
}
