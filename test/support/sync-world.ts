import type { Destination, RecordWrite } from '../../src/destinations/destination.ts';
import { sandboxDestination } from '../../src/destinations/sandbox/sandbox-destination.ts';
import type { SandboxRecord, SandboxStore } from '../../src/destinations/sandbox/store.ts';
import type { Call } from '../../src/domain/call.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from '../../src/shared/http-client.ts';
import { createIds } from '../../src/shared/ids.ts';
import { compileSyncAction } from '../../src/sync/compile-sync-action.ts';
import type { CompiledSync } from '../../src/sync/compiled-sync.ts';
import { createDestinationRuntime } from '../../src/sync/destination-runtime.ts';
import { createKeyedMutex } from '../../src/sync/keyed-mutex.ts';
import { syncActionSchema } from '../../src/sync/schema.ts';
import type { SyncDependencies } from '../../src/sync/session.ts';
import { syncCall } from '../../src/sync/sync-call.ts';
import type { SyncInput, SyncResult } from '../../src/sync/sync.ts';
import { knownNames } from '../../src/templates/known-names.ts';
import { buildScope } from '../../src/templates/scope.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** What goes wrong with one request. `crash` also ends the process that sent it. */
export type Fault = 'none' | 'refused' | 'lost_before' | 'lost_after' | 'crash_before' | 'crash_after';

export class Crash extends Error {}

export interface SyncWorld {
  readonly clock: ManualClock;
  readonly ledger: WorldStores['ledger'];
  readonly destination: Destination;
  /** Requests that reached the CRM or died on the way, `write` or `read`. */
  readonly requests: { readonly method: string; readonly path: string }[];
  /** One request takes the first and removes it; none left: nothing goes wrong. */
  faults: Fault[];
  /** Answers GETs of contacts by field as if the newest records were not in the index yet. */
  hidesFromSearch: (record: JsonObject) => boolean;
  sync(call: Call, options?: Partial<Pick<SyncInput, 'force' | 'mode' | 'integration' | 'step'>>): Promise<SyncResult>;
  /** Forgets everything a process holds in memory. */
  restart(): void;
  records(kind: SandboxRecord['kind']): Promise<readonly SandboxRecord[]>;
}

export interface WorldStores {
  readonly ledger: Pick<Ledger, 'findLinks' | 'saveLinks' | 'removeLink' | 'pauses' | 'savePause' | 'clearPause'>;
  readonly sandboxStore: SandboxStore;
}

const CRM = 'crm';
const unused = (): never => {
  throw new Error('the sandbox needs no network and no secrets');
};

/** `syncCall` against a sandbox, with a wire that can be cut. */
export function createSyncWorld(
  stores: WorldStores,
  config: JsonObject = {},
  change: (destination: Destination) => Destination = (destination) => destination,
): SyncWorld {
  const clock = createManualClock();
  const world = { clock, requests: [], faults: [], hidesFromSearch: () => false } as unknown as SyncWorld;
  const plain = createSandbox(stores, clock);
  const destination = change({ ...plain, transport: cutWire(plain.transport, world) });
  const compiled = compileForTest(config, destination);
  let dependencies = createDependencies(stores, destination, clock);
  return Object.assign(world, {
    ledger: stores.ledger,
    destination,
    restart() {
      dependencies = createDependencies(stores, destination, clock);
    },
    sync: (call: Call, options = {}) => syncCall(dependencies, compiled, toInput(call, options)),
    records: (kind: SandboxRecord['kind']) => stores.sandboxStore.listRecords(CRM, kind, 1000),
  } satisfies Partial<SyncWorld>);
}

/** Compiles an action as the config loader does; throws what it would report. */
function compileForTest(config: JsonObject, destination: Destination): CompiledSync {
  const issues: ConfigIssue[] = [];
  const parsed = syncActionSchema.parse({ sync: CRM, ...config });
  const compiled = compileSyncAction(parsed, destination, { known: knownNames(), issues, path: ['actions', 0] });
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return compiled;
}

/** A CRM that would take the same record twice: a key is no more than a note on it. */
export function withoutUniqueKeys(sandboxStore: SandboxStore): (destination: Destination) => Destination {
  let writes = 0;
  return (destination) => ({
    ...destination,
    write: (write, context) => destination.write({ ...write, key: `${write.key}~${(writes += 1)}` }, context),
    async recover({ kind, key }, context) {
      // Asked over the wire, so that looking can fail as well.
      const answer = await destination.recover({ kind, key } as RecordWrite, context);
      if (answer.kind !== 'ok') return answer;
      const records = await sandboxStore.listRecords(CRM, kind, 1000);
      const found = records.find((record) => record.key.startsWith(`${key}~`));
      if (found === undefined) return { kind: 'ok', value: { found: null } };
      return { kind: 'ok', value: { found: { id: found.id, fields: found.fields, phones: null, createdAt: null } } };
    },
  });
}

export function createSandbox({ sandboxStore }: Pick<WorldStores, 'sandboxStore'>, clock: ManualClock): Destination {
  return sandboxDestination.create({
    name: CRM,
    config: { type: 'sandbox' },
    dependencies: {
      clock,
      ids: createIds(clock),
      sandboxStore,
      secrets: { load: unused, save: unused, alone: unused },
    },
    issues: [],
    path: ['destinations', CRM],
  });
}

function createDependencies({ ledger }: WorldStores, destination: Destination, clock: ManualClock): SyncDependencies {
  const none = (): void => {};
  const runtime = createDestinationRuntime({
    destination,
    http: { send: unused },
    clock,
    after: (delayMs, run) => clock.after(delayMs, run),
    mask: { url: (url) => url, body: (body) => body, text: (text) => text },
    ledger,
    logger: { debug: none, info: none, warn: none, error: none },
    metrics: { requestSent: none },
  });
  return { ledger, runtime, locks: createKeyedMutex(), clock };
}

function toInput(call: Call, options: Partial<SyncInput>): SyncInput {
  return {
    call,
    callKey: `${call.source}/${call.provider_call_id}`,
    scope: buildScope({ call, sourceName: call.source, history: { total_calls: 1 } }),
    integration: 'Keep CRM in step',
    step: 0,
    force: false,
    urgency: 'first',
    mode: 'live',
    signal: new AbortController().signal,
    stillHeld: () => Promise.resolve(true),
    ...options,
  };
}

function cutWire(transport: HttpClient | undefined, world: SyncWorld): HttpClient {
  if (transport === undefined) throw new Error('the sandbox has a transport');
  return {
    async send(request) {
      const { pathname, search } = new URL(request.url);
      world.requests.push({ method: request.method, path: pathname + search });
      const fault = world.faults.shift() ?? 'none';
      if (fault === 'crash_before') throw new Crash(fault);
      if (fault === 'refused') return { kind: 'not_sent', reason: 'connection refused' };
      if (fault === 'lost_before') return { kind: 'unknown', reason: 'timeout' };
      const outcome = await transport.send(request);
      if (fault === 'crash_after') throw new Crash(fault);
      return fault === 'lost_after' ? { kind: 'unknown', reason: 'reset' } : withLag(outcome, request, world);
    },
  };
}

function withLag(outcome: HttpOutcome, { method, url }: HttpRequest, world: SyncWorld): HttpOutcome {
  const isSearch = method === 'GET' && new URL(url).searchParams.has('field');
  if (!isSearch || outcome.kind !== 'response') return outcome;
  const { records } = JSON.parse(outcome.response.body) as { records: JsonObject[] };
  const body = JSON.stringify({ records: records.filter((record) => !world.hidesFromSearch(record)) });
  return { kind: 'response', response: { ...outcome.response, body } };
}
