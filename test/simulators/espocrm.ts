import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { RecordTable, type StoredRecord } from './record-table.ts';
import { startSimulator, type ApiAnswer, type ApiRequest, type Simulator } from './simulator.ts';

/** EspoCRM as other-crms.md section 1.5 describes it: Contact, Call and Task. */
export interface EspoCrm extends Simulator {
  readonly contacts: RecordTable;
  readonly calls: RecordTable;
  readonly tasks: RecordTable;
}

export const ESPO_KEY = 'espo-api-key';

interface Entity {
  readonly name: string;
  readonly table: RecordTable;
  readonly required: readonly string[];
  readonly datetimes: readonly string[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

const NAIVE_UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

export async function startEspoCrm(): Promise<EspoCrm> {
  const tables = { contacts: new RecordTable('c'), calls: new RecordTable('k'), tasks: new RecordTable('t') };
  const entities: readonly Entity[] = [
    { name: 'Contact', table: tables.contacts, required: ['lastName'], datetimes: [], enums: {} },
    {
      name: 'Call',
      table: tables.calls,
      required: ['name', 'dateStart', 'dateEnd'],
      datetimes: ['dateStart', 'dateEnd'],
      enums: { status: ['Planned', 'Held', 'Not Held'], direction: ['Outbound', 'Inbound'] },
    },
    {
      name: 'Task',
      table: tables.tasks,
      required: ['name'],
      datetimes: ['dateEnd'],
      enums: { status: ['Not Started', 'Started', 'Completed', 'Canceled', 'Deferred'] },
    },
  ];
  const simulator = await startSimulator((request) => serve(entities, request));
  return { ...simulator, ...tables };
}

function serve(entities: readonly Entity[], request: ApiRequest): ApiAnswer {
  if (request.headers['x-api-key'] !== ESPO_KEY)
    return { status: 401, headers: { 'X-Status-Reason': 'Wrong API key' } };
  const [api, version, name, id] = request.segments;
  const entity = entities.find((candidate) => candidate.name === name);
  if (api !== 'api' || version !== 'v1' || entity === undefined) return { status: 404 };
  return id === undefined ? collection(entity, request) : single(entity, id, request);
}

function collection(entity: Entity, request: ApiRequest): ApiAnswer {
  if (request.method === 'GET') return list(entity, request.query);
  if (request.method !== 'POST') return { status: 405 };
  const problem = problemOf(entity, request.body, true);
  if (problem !== null) return invalid(problem);
  const duplicates = request.headers['x-skip-duplicate-check'] === 'true' ? [] : duplicatesOf(entity, request.body);
  if (duplicates.length > 0) {
    return { status: 409, headers: { 'X-Status-Reason': 'duplicate' }, body: duplicates.map(show) };
  }
  return { status: 200, body: show(entity.table.insert(request.body)) };
}

function single({ table, ...entity }: Entity, id: string, { method, body }: ApiRequest): ApiAnswer {
  const record = table.get(id);
  if (record === undefined) return { status: 404 };
  if (method === 'GET') return { status: 200, body: show(record) };
  if (method !== 'PUT') return { status: 405 };
  const problem = problemOf({ table, ...entity }, body, false);
  // PUT is partial.
  return problem === null ? { status: 200, body: show(table.update(id, body) ?? record) } : invalid(problem);
}

/** `where[0][type]=equals&where[0][attribute]=phoneNumber&where[0][value]=…`. */
function list({ table }: Entity, query: URLSearchParams): ApiAnswer {
  const tests: ((record: StoredRecord) => boolean)[] = [];
  for (let index = 0; query.has(`where[${index}][type]`); index += 1) {
    const part = (name: string): string => query.get(`where[${index}][${name}]`) ?? '';
    const read = ({ fields }: StoredRecord): string => textOf(fields[part('attribute')]);
    if (part('type') === 'equals') tests.push((record) => read(record) === part('value'));
    else if (part('type') === 'contains') tests.push((record) => read(record).includes(part('value')));
    else return invalid(`Unknown where type ${part('type')}`);
  }
  const found = table.all().filter((record) => tests.every((test) => test(record)));
  const offset = Number(query.get('offset') ?? 0);
  const maxSize = Math.min(200, Number(query.get('maxSize') ?? 20));
  return { status: 200, body: { total: found.length, list: found.slice(offset, offset + maxSize).map(show) } };
}

/** Contacts with the same full name, number or address count as the same person. */
function duplicatesOf({ name, table }: Entity, body: JsonObject): readonly StoredRecord[] {
  if (name !== 'Contact') return [];
  const same = (fields: JsonObject, keys: readonly string[]): boolean =>
    keys.every((key) => textOf(body[key]) !== '' && textOf(fields[key]) === textOf(body[key]));
  return table
    .all()
    .filter(({ fields }) =>
      [['firstName', 'lastName'], ['phoneNumber'], ['emailAddress']].some((keys) => same(fields, keys)),
    );
}

function problemOf(entity: Entity, body: JsonObject, isNew: boolean): string | null {
  const missing = entity.required.find((key) => (isNew || key in body) && textOf(body[key]) === '');
  if (missing !== undefined)
    return `Field validation failure; entityType: ${entity.name}, field: ${missing}, type: required`;
  const bad = entity.datetimes.find((key) => body[key] !== undefined && !NAIVE_UTC.test(textOf(body[key])));
  if (bad !== undefined) return `Field validation failure; entityType: ${entity.name}, field: ${bad}, type: valid`;
  const wrong = Object.entries(entity.enums).find(
    ([key, values]) => body[key] !== undefined && !values.includes(textOf(body[key])),
  );
  return wrong === undefined
    ? null
    : `Field validation failure; entityType: ${entity.name}, field: ${wrong[0]}, type: valid`;
}

function invalid(reason: string): ApiAnswer {
  return { status: 400, headers: { 'X-Status-Reason': reason } };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function show({ id, number, fields }: StoredRecord): JsonObject {
  return { ...fields, id, createdAt: `2026-01-01 00:00:${String(number % 60).padStart(2, '0')}` };
}
