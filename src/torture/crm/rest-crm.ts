import type { JsonObject } from '../../domain/json.ts';
import { createChaos } from './chaos.ts';
import { RecordTable, type StoredRecord } from './record-table.ts';
import { startSimulator, type ApiAnswer, type ApiRequest, type Fault, type Rule, type Simulator } from './simulator.ts';

export interface RestCrmOptions {
  /** 0 picks a free one. */
  readonly port?: number;
  /** Accepted as `Authorization: Bearer <token>`; null accepts anything. */
  readonly token?: string | null;
  /** Fields in which two contacts may not agree: creating a second one answers 409 with the id of the first. */
  readonly uniqueContactFields?: readonly string[];
  readonly latencyMs?: number;
}

/** A generic REST CRM: contacts, calls and tasks, as many home-grown and small ones look. */
export interface RestCrm extends Simulator {
  readonly contacts: RecordTable;
  readonly calls: RecordTable;
  readonly tasks: RecordTable;
  /** What must not be there twice and is: `contacts.phone=+1…`, `calls.ref=…`. */
  duplicates(): readonly string[];
  /** Every record it holds. */
  state(): Readonly<Record<'contacts' | 'calls' | 'tasks', readonly JsonObject[]>>;
  /** From now on only this bearer token is accepted. */
  setToken(token: string | null): void;
}

interface Crm {
  readonly tables: Readonly<Record<string, RecordTable>>;
  readonly uniqueContactFields: readonly string[];
  token: string | null;
}

const SEARCHED: Readonly<Record<string, readonly string[]>> = {
  contacts: ['phone', 'email', 'external_id', 'ref'],
  calls: ['ref', 'contact_id'],
  tasks: ['ref', 'contact_id'],
};
/** No two records of a kind should agree in these. */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  contacts: ['phone', 'email', 'external_id', 'ref'],
  calls: ['ref'],
  tasks: ['ref'],
};

/**
 * `GET /api/contacts?phone=…` → `{items: […]}` · `POST /api/contacts` → 201 · `GET|PATCH|DELETE /api/contacts/{id}` ·
 * `PUT /api/calls/{key}` creates or replaces by key; the same for calls and tasks. `/__sim/…` is for tests that run it
 * as a process of its own: `GET state`, `GET summary`, `POST fail`, `POST chaos`, `POST latency`.
 */
export async function startRestCrm(options: RestCrmOptions = {}): Promise<RestCrm> {
  const contacts = new RecordTable('c', SEARCHED['contacts']);
  const calls = new RecordTable('k', SEARCHED['calls']);
  const tasks = new RecordTable('t', SEARCHED['tasks']);
  const crm: Crm = {
    tables: { contacts, calls, tasks },
    uniqueContactFields: options.uniqueContactFields ?? [],
    token: options.token === undefined ? 'rest-token' : options.token,
  };
  const simulator: Simulator = await startSimulator(
    (request) => (request.segments[0] === '__sim' ? administer(crm, simulator, request) : serve(crm, request)),
    options.port,
  );
  simulator.setLatency(options.latencyMs ?? 0);
  return {
    ...simulator,
    contacts,
    calls,
    tasks,
    duplicates: () => duplicates(crm),
    state: () => ({
      contacts: contacts.all().map(show),
      calls: calls.all().map(show),
      tasks: tasks.all().map(show),
    }),
    setToken: (token) => void (crm.token = token),
  };
}

function serve(crm: Crm, request: ApiRequest): ApiAnswer {
  if (crm.token !== null && request.headers['authorization'] !== `Bearer ${crm.token}`) {
    return { status: 401, body: { error: 'unauthorized', message: 'The access token is not valid.' } };
  }
  const [api, kind = '', id] = request.segments;
  const table = crm.tables[kind];
  if (api !== 'api' || table === undefined) return { status: 404, body: { error: 'no such resource' } };
  return id === undefined ? collection(crm, table, request) : single(table, id, request);
}

function collection(crm: Crm, table: RecordTable, request: ApiRequest): ApiAnswer {
  if (request.method === 'GET') return search(table, request.query);
  if (request.method !== 'POST') return { status: 405, body: { error: 'method not allowed' } };
  const rival = table === crm.tables['contacts'] ? rivalOf(crm, table, request.body) : undefined;
  if (rival !== undefined) return { status: 409, body: { error: 'duplicate', existing: { id: rival.id } } };
  return refuse(request.body) ?? { status: 201, body: show(table.insert(request.body)) };
}

/** Like most: text that is no text and over-long text is refused in words worth passing on. */
function refuse(body: JsonObject): ApiAnswer | undefined {
  const bad = Object.entries(body).find(([, value]) => typeof value === 'string' && value.length > 30_000);
  if (bad !== undefined) return invalid(`${bad[0]} is too long (maximum is 30000 characters)`);
  if (body['status'] === 'NO_SUCH_STATUS') return invalid('status must be one of: NEW, OPEN, CLOSED');
  return undefined;
}

function invalid(message: string): ApiAnswer {
  return { status: 422, body: { error: 'validation failed', message } };
}

function rivalOf(crm: Crm, table: RecordTable, body: JsonObject): StoredRecord | undefined {
  return crm.uniqueContactFields
    .flatMap((field) => (typeof body[field] === 'string' ? table.find(field, body[field]) : []))
    .at(0);
}

function search(table: RecordTable, query: URLSearchParams): ApiAnswer {
  const filters = [...query].filter(([name]) => name !== 'limit');
  const [field, value] = filters[0] ?? [];
  const found = field === undefined || value === undefined ? table.all() : table.find(field, value);
  return { status: 200, body: { items: found.slice(0, 50).map(show) } };
}

function single(table: RecordTable, id: string, request: ApiRequest): ApiAnswer {
  if (request.method === 'PUT') return put(table, id, request.body);
  if (table.wasDeleted(id)) return { status: 410, body: { error: 'deleted' } };
  if (table.get(id) === undefined) return { status: 404, body: { error: `no record ${id}` } };
  switch (request.method) {
    case 'PATCH':
      return refuse(request.body) ?? answerWith(table.update(id, request.body));
    case 'DELETE':
      table.remove(id);
      return { status: 204 };
    default:
      return answerWith(table.get(id));
  }
}

function put(table: RecordTable, key: string, body: JsonObject): ApiAnswer {
  const refusal = refuse(body);
  if (refusal !== undefined) return refusal;
  if (table.get(key) !== undefined) return answerWith(table.replace(key, body));
  return { status: 201, body: show(table.insert(body, key)) };
}

function answerWith(record: StoredRecord | undefined): ApiAnswer {
  return record === undefined ? { status: 404 } : { status: 200, body: show(record) };
}

function show(record: StoredRecord): JsonObject {
  return {
    ...record.fields,
    id: record.id,
    created_at: `2026-01-01T00:00:${String(record.number % 60).padStart(2, '0')}Z`,
  };
}

function duplicates(crm: Crm): string[] {
  return Object.entries(crm.tables).flatMap(([name, table]) =>
    (IDENTITY[name] ?? []).flatMap((field) => table.shared(field).map((value) => `${name}.${field}=${value}`)),
  );
}

/** For tests that run the simulator as a process of its own. */
function administer(crm: Crm, simulator: Simulator, { method, segments, body }: ApiRequest): ApiAnswer {
  const hook = segments[1] ?? '';
  if (method === 'GET') return report(crm, simulator, hook);
  switch (hook) {
    case 'fail':
      simulator.fail(ruleOf(body));
      return { status: 204 };
    case 'chaos':
      simulator.setChaos(createChaos(Number(body['rate'] ?? 0), Number(body['seed'] ?? 1)));
      return { status: 204 };
    case 'latency':
      simulator.setLatency(Number(body['latency_ms'] ?? 0));
      return { status: 204 };
    default:
      return { status: 404 };
  }
}

function report(crm: Crm, simulator: Simulator, hook: string): ApiAnswer {
  const tables = Object.entries(crm.tables).map(([name, table]) => [name, table.all()] as const);
  if (hook === 'state') {
    const rows = Object.fromEntries(tables.map(([name, records]) => [name, records.map(show)]));
    return { status: 200, body: { ...rows, duplicates: duplicates(crm) } };
  }
  if (hook !== 'summary') return { status: 404 };
  const counts = Object.fromEntries(tables.map(([name, records]) => [name, records.length]));
  return { status: 200, body: { ...counts, requests: simulator.requestCount(), duplicates: duplicates(crm) } };
}

/** `{ fault: {kind, …}, times?, method?, kind? }`; `kind` is contacts, calls or tasks. */
function ruleOf({ fault, times, method, kind }: JsonObject): Rule {
  return {
    fault: fault as unknown as Fault,
    times: typeof times === 'number' ? times : 1,
    when: (request) =>
      (method ?? request.method) === request.method && (kind ?? request.segments[1]) === request.segments[1],
  };
}
