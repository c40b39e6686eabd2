import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { toIso } from '../../shared/clock.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../shared/http-client.ts';
import type { DestinationDependencies } from '../definition.ts';
import type { RecordKind } from '../destination.ts';
import type { SandboxRecord, SandboxStore } from './store.ts';

/** Reserved by RFC 6761: can never be a real host. */
export const SANDBOX_ORIGIN = 'http://sandbox.invalid';

const KINDS: readonly RecordKind[] = ['contact', 'call', 'task'];

type Dependencies = Pick<DestinationDependencies, 'clock' | 'ids' | 'sandboxStore'>;

/** What one request is about. */
interface Exchange extends Dependencies {
  /** Name of the destination: each sandbox is a CRM of its own. */
  readonly crm: string;
  readonly kind: RecordKind;
  readonly id: string | null;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

/**
 * The sandbox's other side: answers `GET|POST /<kind>` and `GET|PATCH /<kind>/<id>` from the store. It stands where
 * the network would be, so that previews, budgets and kept requests treat the sandbox like any CRM.
 */
export function createSandboxTransport(crm: string, dependencies: Dependencies): HttpClient {
  return {
    async send(request, signal) {
      if (signal?.aborted === true) return { kind: 'not_sent', reason: 'the daemon is stopping' };
      try {
        return {
          kind: 'response',
          response: toResponse(await answer(toExchange(crm, dependencies, request), request.method)),
        };
      } catch (error) {
        // The ledger failed, and whether before or after the commit cannot be told from here.
        return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function toExchange(crm: string, dependencies: Dependencies, { url, body }: HttpRequest): Exchange {
  const { pathname, searchParams } = new URL(url);
  const [, kindName = '', id] = pathname.split('/');
  const kind = KINDS.find((known) => known === kindName);
  if (kind === undefined) throw new Error(`the sandbox keeps no "${kindName}"`);
  return {
    ...dependencies,
    crm,
    kind,
    id: id === undefined ? null : decodeURIComponent(id),
    query: searchParams,
    body: body === null ? {} : (JSON.parse(body.toString()) as JsonObject),
  };
}

function answer(exchange: Exchange, method: string): Promise<Answer> {
  const { id } = exchange;
  if (id === null) return method === 'POST' ? insert(exchange) : find(exchange);
  return method === 'PATCH' ? update(exchange, id) : read(exchange, id);
}

async function find({ sandboxStore, crm, kind, query }: Exchange): Promise<Answer> {
  const records = await findRecords(sandboxStore, { crm, kind, query });
  return { status: 200, body: { records: records.map((record) => toBody(record)) } };
}

async function findRecords(
  store: SandboxStore,
  { crm, kind, query }: Pick<Exchange, 'crm' | 'kind' | 'query'>,
): Promise<readonly SandboxRecord[]> {
  const key = query.get('key');
  if (key === null) return store.findByField(crm, kind, query.get('field') ?? '', query.get('value') ?? '');
  const record = await store.findByKey(crm, kind, key);
  return record === null ? [] : [record];
}

async function insert({ sandboxStore, crm, kind, body, clock, ids }: Exchange): Promise<Answer> {
  const atMs = clock.now();
  const fields = toFields(body['fields']);
  const contactId = toId(body['contact_id']);
  const { inserted, record } = await sandboxStore.insertRecord(crm, {
    id: ids.next('rec'),
    kind,
    key: toId(body['key']) ?? ids.next('rec'),
    contactId,
    fields,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  });
  if (inserted) return { status: 201, body: toBody(record) };
  const updated = await sandboxStore.updateRecord(crm, { id: record.id, fields, contactId, atMs });
  return { status: 200, body: toBody(updated ?? record) };
}

async function update({ sandboxStore, crm, body, clock }: Exchange, id: string): Promise<Answer> {
  const change = { id, fields: toFields(body['fields']), contactId: toId(body['contact_id']), atMs: clock.now() };
  return toAnswer(await sandboxStore.updateRecord(crm, change));
}

async function read({ sandboxStore, crm }: Exchange, id: string): Promise<Answer> {
  return toAnswer(await sandboxStore.getRecord(crm, id));
}

function toAnswer(record: SandboxRecord | null): Answer {
  return record === null ? { status: 404, body: { error: 'no such record' } } : { status: 200, body: toBody(record) };
}

function toBody({ id, kind, key, contactId, fields, createdAtMs, updatedAtMs }: SandboxRecord): JsonObject {
  const times = { created_at: toIso(createdAtMs), updated_at: toIso(updatedAtMs) };
  return { id, kind, key, contact_id: contactId, fields, ...times };
}

function toResponse({ status, body }: Answer): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function toFields(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function toId(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
