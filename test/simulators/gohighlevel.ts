import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { RecordTable, type StoredRecord } from './record-table.ts';
import { startSimulator, type ApiAnswer, type ApiRequest, type Simulator } from './simulator.ts';

/** GoHighLevel API v2 as other-crms.md section 1.1 describes it: one location, contacts, notes, tasks, tags. */
export interface GoHighLevel extends Simulator {
  readonly contacts: RecordTable;
  readonly notes: RecordTable;
  readonly tasks: RecordTable;
}

export const GHL_TOKEN = 'pit-11111111-2222-3333-4444-555555555555';
export const GHL_LOCATION = 'loc12345678901234567';

const VERSION = '2021-07-28';
/** Other properties are refused by name. */
const CONTACT_PROPERTIES = new Set(
  (
    'firstName lastName name email phone companyName source tags customFields website address1 city state postalCode ' +
    'country timezone dnd assignedTo dateOfBirth'
  ).split(' '),
);

interface Crm {
  readonly contacts: RecordTable;
  readonly notes: RecordTable;
  readonly tasks: RecordTable;
}

export async function startGoHighLevel(): Promise<GoHighLevel> {
  const crm: Crm = {
    contacts: new RecordTable('cont', ['phone', 'email']),
    notes: new RecordTable('note', ['contactId']),
    tasks: new RecordTable('task', ['contactId']),
  };
  const simulator = await startSimulator((request) => serve(crm, request));
  return { ...simulator, ...crm };
}

function serve(crm: Crm, request: ApiRequest): ApiAnswer {
  if (request.headers['authorization'] !== `Bearer ${GHL_TOKEN}`)
    return fail(401, 'Invalid token: access token is invalid');
  if (request.headers['version'] !== VERSION) return fail(401, 'version header was not found or is invalid');
  const made = route(crm, request);
  const limits = {
    'X-RateLimit-Max': '100',
    'X-RateLimit-Remaining': '99',
    'X-RateLimit-Interval-Milliseconds': '10000',
  };
  return { ...made, headers: { ...limits, ...made.headers } };
}

function route(crm: Crm, request: ApiRequest): ApiAnswer {
  const { method, segments } = request;
  const [root, id, part, partId] = segments;
  if (root !== 'contacts') return fail(404, `Cannot ${method} ${request.path}`);
  if (id === undefined) return method === 'POST' ? create(crm, request.body) : fail(404, `Cannot ${method} /contacts`);
  if (id === 'upsert') return upsert(crm, request.body);
  if (id === 'search' && part === 'duplicate') return searchDuplicate(crm, request.query);
  const contact = crm.contacts.get(id);
  if (contact === undefined) return fail(404, `Contact with id ${id} not found`);
  if (part === undefined) return single(crm, contact, request);
  if (part === 'tags') return addTags(crm, contact, request.body);
  return subRecord({ crm, contact, part, partId, request });
}

function create(crm: Crm, body: JsonObject): ApiAnswer {
  const refusal = refuse(body, true);
  if (refusal !== null) return refusal;
  const match = findMatch(crm, body);
  if (match !== undefined) {
    const meta = { contactId: match.record.id, contactName: 'Somebody', matchingField: match.field };
    return {
      status: 400,
      body: { statusCode: 400, message: 'This location does not allow duplicated contacts.', meta },
    };
  }
  return { status: 201, body: { contact: show(crm.contacts.insert(body)) } };
}

/** If email and phone belong to two contacts, the first in the order wins and the other value is ignored. */
function upsert(crm: Crm, body: JsonObject): ApiAnswer {
  const refusal = refuse(body, true);
  if (refusal !== null) return refusal;
  const match = findMatch(crm, body);
  const isNew = match === undefined;
  const record = isNew ? crm.contacts.insert(body) : crm.contacts.update(match.record.id, body);
  return { status: 200, body: { new: isNew, contact: record === undefined ? null : show(record), traceId: 'trace' } };
}

function findMatch({ contacts }: Crm, body: JsonObject): { record: StoredRecord; field: string } | undefined {
  for (const field of ['email', 'phone']) {
    const value = body[field];
    const record = typeof value === 'string' ? contacts.find(field, value)[0] : undefined;
    if (record !== undefined) return { record, field };
  }
  return undefined;
}

function searchDuplicate({ contacts }: Crm, query: URLSearchParams): ApiAnswer {
  if (query.get('locationId') !== GHL_LOCATION) return fail(403, 'The token does not have access to this location.');
  const number = query.get('number');
  const email = query.get('email');
  if (number === null && email === null) return fail(422, ['number or email should not be empty']);
  const found = (number === null ? [] : contacts.find('phone', number)).concat(
    email === null ? [] : contacts.find('email', email),
  );
  return { status: 200, body: { contact: found[0] === undefined ? null : show(found[0]) } };
}

function single(crm: Crm, contact: StoredRecord, { method, body }: ApiRequest): ApiAnswer {
  if (method === 'GET') return { status: 200, body: { contact: show(contact) } };
  if (method !== 'PUT') return fail(404, `Cannot ${method} /contacts/${contact.id}`);
  const refusal = refuse(body, false);
  if (refusal !== null) return refusal;
  // `tags` replaces all tags: POST …/tags adds.
  const updated = crm.contacts.update(contact.id, body);
  return { status: 200, body: { succeded: true, contact: updated === undefined ? null : show(updated) } };
}

function addTags(crm: Crm, contact: StoredRecord, body: JsonObject): ApiAnswer {
  const before = (contact.fields['tags'] ?? []) as readonly JsonValue[];
  const tags = [...new Set([...before, ...((body['tags'] ?? []) as readonly JsonValue[])])];
  crm.contacts.update(contact.id, { tags });
  return { status: 201, body: { tags } };
}

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  notes: ['body'],
  tasks: ['title', 'dueDate', 'completed'],
};
const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  notes: ['body', 'title', 'userId', 'pinned', 'color'],
  tasks: ['title', 'body', 'dueDate', 'completed', 'assignedTo'],
};

interface SubRequest {
  readonly crm: Crm;
  readonly contact: StoredRecord;
  readonly part: string;
  readonly partId: string | undefined;
  readonly request: ApiRequest;
}

function subRecord(sub: SubRequest): ApiAnswer {
  const { contact, part, partId, request, crm } = sub;
  if (part !== 'notes' && part !== 'tasks') return fail(404, `Cannot ${request.method} ${request.path}`);
  const unknown = Object.keys(request.body).filter((key) => !PROPERTIES[part]?.includes(key));
  if (unknown.length > 0) return refuseProperties(unknown, 'should not exist');
  if (partId === undefined) return subCollection(sub, crm[part]);
  const record = crm[part].get(partId);
  if (record?.fields['contactId'] !== contact.id) return fail(404, `${part.slice(0, -1)} with id ${partId} not found`);
  return subSingle(sub, crm[part], record);
}

function subSingle({ part, request }: SubRequest, table: RecordTable, record: StoredRecord): ApiAnswer {
  const name = part.slice(0, -1);
  if (request.method === 'GET') return { status: 200, body: { [name]: show(record) } };
  if (request.method !== 'PUT') return fail(404, `Cannot ${request.method} ${request.path}`);
  if (part === 'notes' && request.body['body'] === undefined) return refuseProperties(['body'], 'should not be empty');
  return { status: 200, body: { [name]: show(table.update(record.id, request.body) ?? record) } };
}

function subCollection({ contact, part, request }: SubRequest, table: RecordTable): ApiAnswer {
  if (request.method === 'GET') return { status: 200, body: { [part]: table.find('contactId', contact.id).map(show) } };
  const missing = (REQUIRED[part] ?? []).filter((key) => request.body[key] === undefined);
  if (missing.length > 0) return refuseProperties(missing, 'should not be empty');
  const made = table.insert({ ...request.body, contactId: contact.id });
  return { status: 201, body: { [part.slice(0, -1)]: show(made) } };
}

function refuseProperties(names: readonly string[], why: string): ApiAnswer {
  return fail(
    422,
    names.map((name) => (why === 'should not exist' ? `property ${name} ${why}` : `${name} ${why}`)),
  );
}

function refuse(body: JsonObject, needsLocation: boolean): ApiAnswer | null {
  const { locationId, ...properties } = body;
  if (needsLocation && locationId === undefined) return fail(422, ['locationId can not be undefined']);
  if (!needsLocation && locationId !== undefined) return fail(422, ['property locationId should not exist']);
  if (needsLocation && locationId !== GHL_LOCATION)
    return fail(403, 'The token does not have access to this location.');
  const unknown = Object.keys(properties).filter((key) => !CONTACT_PROPERTIES.has(key));
  return unknown.length > 0 ? refuseProperties(unknown, 'should not exist') : null;
}

function fail(statusCode: number, message: string | readonly string[]): ApiAnswer {
  return { status: statusCode, body: { statusCode, message, error: 'Error' } };
}

function show({ id, number, fields }: StoredRecord): JsonObject {
  return { ...fields, id, dateAdded: `2026-01-01T00:00:${String(number % 60).padStart(2, '0')}.000Z` };
}
