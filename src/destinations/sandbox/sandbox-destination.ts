import { z } from 'zod';

import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http-client.ts';
import type { DestinationDefinition, DestinationInput } from '../definition.ts';
import type {
  ContactQuery,
  Destination,
  Failure,
  FoundRecord,
  Planned,
  RecordKind,
  RecordWrite,
  RequestContext,
  Result,
  Written,
} from '../destination.ts';
import { SANDBOX_DEFAULTS } from './defaults.ts';
import { createSandboxTransport, SANDBOX_ORIGIN } from './sandbox-transport.ts';

const sandboxSchema = z.strictObject({
  type: z.literal('sandbox').describe('A small CRM of our own in the ledger, to look at before the real one.'),
});

/** The sandbox: obeys the contract of every destination, needs no account and no network. */
export const sandboxDestination = {
  type: 'sandbox',
  schema: sandboxSchema,
  create: createSandbox,
} satisfies DestinationDefinition<z.output<typeof sandboxSchema>>;

const TIMEOUT_MS = 10_000;

function createSandbox({ name, dependencies }: DestinationInput<z.output<typeof sandboxSchema>>): Destination {
  return {
    name,
    type: 'sandbox',
    defaults: SANDBOX_DEFAULTS,
    kinds: ['contact', 'call', 'task'],
    // No account to be gentle with; the ledger sets the pace.
    rate: { max_in_flight: 16, per: [] },
    transport: createSandboxTransport(name, dependencies),
    findContacts: (query, _scope, context) => findContacts(query, context),
    readRecord: (kind, id, _scope, context) => readRecord(kind, id, context),
    write: (write, context) => writeRecord(write, context),
    recover: (write, context) => recover(write, context),
    check: async (context) => [await check(context)],
  };
}

/** What the transport answers for one record. */
interface RecordBody extends JsonObject {
  readonly id: string;
  readonly fields: JsonObject;
  readonly created_at: string;
}

async function findContacts(
  { by, value }: ContactQuery,
  context: RequestContext,
): Promise<Result<readonly FoundRecord[]>> {
  const answer = await get(context, `/contact?field=${by}&value=${encodeURIComponent(value)}`);
  if (answer.kind !== 'response') return answer;
  return { kind: 'ok', value: (answer.body['records'] as readonly RecordBody[]).map(toFoundRecord) };
}

async function readRecord(kind: RecordKind, id: string, context: RequestContext): Promise<Result<FoundRecord>> {
  const answer = await get(context, `/${kind}/${encodeURIComponent(id)}`);
  if (answer.kind !== 'response') return answer;
  return { kind: 'ok', value: toFoundRecord(answer.body as RecordBody) };
}

async function writeRecord(write: RecordWrite, context: RequestContext): Promise<Result<Written> | Planned> {
  const { kind, id, key, fields, contactId } = write;
  const request =
    id === null
      ? { method: 'POST', path: `/${kind}`, body: { key, contact_id: contactId, fields } }
      : { method: 'PATCH', path: `/${kind}/${encodeURIComponent(id)}`, body: { contact_id: contactId, fields } };
  const answer = await send(context, request, 'write');
  if (answer.kind !== 'response') return answer;
  return { kind: 'ok', value: { id: (answer.body as RecordBody).id, created: answer.status === 201 } };
}

/** A create carries its key, and a key exists once. */
async function recover(
  { kind, key }: RecordWrite,
  context: RequestContext,
): Promise<Result<{ readonly found: FoundRecord | null }>> {
  const answer = await get(context, `/${kind}?key=${encodeURIComponent(key)}`);
  if (answer.kind !== 'response') return answer;
  const [found] = answer.body['records'] as readonly RecordBody[];
  return { kind: 'ok', value: { found: found === undefined ? null : toFoundRecord(found) } };
}

async function check(context: RequestContext): Promise<{ level: 'ok' | 'error'; message: string }> {
  const answer = await get(context, '/contact?field=phone&value=');
  if (answer.kind === 'response')
    return { level: 'ok', message: 'The sandbox is part of the ledger and always there.' };
  return { level: 'error', message: `The sandbox cannot be read: ${answer.reason}` };
}

interface Answer {
  readonly kind: 'response';
  readonly status: number;
  readonly body: JsonObject;
}

/** A read is never planned. */
async function get(context: RequestContext, path: string): Promise<Answer | Failure> {
  const answer = await send(context, { method: 'GET', path, body: null }, 'read');
  if (answer.kind === 'planned') throw new Error(`GET ${path} was planned instead of sent`);
  return answer;
}

async function send(
  context: RequestContext,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: JsonObject | null },
  effect: 'read' | 'write',
): Promise<Answer | Planned | Failure> {
  const request: HttpRequest = {
    method,
    url: `${SANDBOX_ORIGIN}${path}`,
    headers: body === null ? {} : { 'content-type': 'application/json' },
    body: body === null ? null : JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
  };
  const sent = await context.send(request, effect);
  return sent.kind === 'response' ? toAnswer(sent.response) : sent;
}

function toAnswer({ status, body }: HttpResponse): Answer | Failure {
  if (status === 404) return { kind: 'gone', reason: 'the sandbox has no such record' };
  if (status >= 400) return { kind: 'rejected', reason: body };
  return { kind: 'response', status, body: JSON.parse(body) as JsonObject };
}

function toFoundRecord({ id, fields, created_at }: RecordBody): FoundRecord {
  const phone: JsonValue | undefined = fields['phone'];
  return { id, fields, phones: typeof phone === 'string' ? [phone] : [], createdAt: created_at };
}
