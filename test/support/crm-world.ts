import type { Destination } from '../../src/destinations/destination.ts';
import { createDestination, destinationConfigSchema } from '../../src/destinations/index.ts';
import type { Call } from '../../src/domain/call.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';
import { createHttpClient, type HttpClient } from '../../src/shared/http-client.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemAfter } from '../../src/sync/budget.ts';
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
import { createMemorySecrets } from './build-rest.ts';
import { createMemoryLedger, createMemorySandboxStore, type MemoryLedger } from './memory-crm.ts';

interface Clock {
  now(): number;
}

/** `syncCall` against a simulated CRM over HTTP. */
export interface CrmWorld {
  readonly ledger: MemoryLedger;
  /** Syncs one call; null when the process died on the way. */
  readonly sync: (
    call: Call,
    options?: Partial<Pick<SyncInput, 'force' | 'mode' | 'signal'>>,
  ) => Promise<SyncResult | null>;
  /** In a second process on the same ledger, without locks in common. */
  readonly syncElsewhere: CrmWorld['sync'];
  /** The process dies: nothing of it goes on, what the ledger has stays. */
  readonly crash: () => void;
  readonly runtime: () => SyncDependencies['runtime'];
  readonly close: () => void;
}

export interface CrmWorldOptions {
  /** Of the destination, and in `sync:`. */
  readonly name: string;
  /** The destination as an operator would write it. */
  readonly config: JsonObject;
  /** Beside `sync:`. */
  readonly action?: JsonObject;
  readonly clock: Clock;
}

/** The ledger and the kept tokens are in memory and outlive every crash. */
export function openCrmWorld(options: CrmWorldOptions): CrmWorld {
  const http = createHttpClient({ allowPrivateNetworks: true });
  const ledger = createMemoryLedger();
  const secrets = createMemorySecrets();
  const start = (): Process => startProcess(options, { http, ledger, secrets });
  let process = start();
  let other: Process | null = null;
  return {
    ledger,
    sync: (call, changes = {}) => process.sync(call, changes),
    syncElsewhere: (call, changes = {}) => (other ??= start()).sync(call, changes),
    crash() {
      process.die();
      process = start();
    },
    runtime: () => process.runtime,
    close: () => http.close(),
  };
}

interface Lasting {
  readonly http: HttpClient;
  readonly ledger: MemoryLedger;
  readonly secrets: ReturnType<typeof createMemorySecrets>;
}

interface Process {
  readonly sync: (call: Call, changes: Partial<SyncInput>) => Promise<SyncResult | null>;
  readonly runtime: SyncDependencies['runtime'];
  readonly die: () => void;
}

/** Once dead, no answer reaches it and nothing it says reaches the ledger. */
function startProcess(options: CrmWorldOptions, { http, ledger, secrets }: Lasting): Process {
  const { clock } = options;
  const death = Promise.withResolvers<null>();
  let isDead = false;
  const alive =
    <Args extends unknown[], Value>(work: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      const value = isDead ? undefined : await work(...args);
      return isDead ? new Promise<Value>(() => {}) : (value as Value);
    };
  const wire: HttpClient = { send: alive((request, signal) => http.send(request, signal)) };
  const own = {
    findLinks: alive(ledger.findLinks),
    saveLinks: alive(ledger.saveLinks),
    removeLink: alive(ledger.removeLink),
  };
  const destination = buildDestination(options, secrets);
  const compiled = compileAction(destination, options);
  const runtime = createRuntime(destination, { http: wire, ledger, clock });
  const dependencies: SyncDependencies = { ledger: own, runtime, locks: createKeyedMutex(), clock };
  return {
    runtime,
    sync: (call, changes) => Promise.race([syncCall(dependencies, compiled, toInput(call, changes)), death.promise]),
    die() {
      isDead = true;
      death.resolve(null);
    },
  };
}

/** Throws what a check of the config would report. */
export function buildDestination(
  { name, config, clock }: Pick<CrmWorldOptions, 'name' | 'config' | 'clock'>,
  secrets = createMemorySecrets(),
): Destination {
  const issues: ConfigIssue[] = [];
  const sandboxStore = createMemorySandboxStore();
  const destination = createDestination({
    name,
    config: destinationConfigSchema.parse(config),
    dependencies: { clock, ids: createIds(clock), sandboxStore, secrets },
    issues,
    path: ['destinations', name],
  });
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return destination;
}

/** Compiles the action as the config loader does; throws what it would report. */
export function compileAction(
  destination: Destination,
  { name, action = {} }: Pick<CrmWorldOptions, 'name' | 'action'>,
): CompiledSync {
  const issues: ConfigIssue[] = [];
  const parsed = syncActionSchema.parse({ sync: name, ...action });
  const compiled = compileSyncAction(parsed, destination, { known: knownNames(), issues, path: ['actions', 0] });
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return compiled;
}

export function createRuntime(
  destination: Destination,
  { http, ledger, clock }: { readonly http: HttpClient; readonly ledger: MemoryLedger; readonly clock: Clock },
): SyncDependencies['runtime'] {
  const none = (): void => {};
  return createDestinationRuntime({
    destination,
    http,
    clock,
    after: systemAfter,
    mask: { url: (url) => url, body: (body) => body, text: (text) => text },
    ledger,
    logger: { debug: none, info: none, warn: none, error: none },
    metrics: { requestSent: none },
  });
}

function toInput(call: Call, changes: Partial<SyncInput>): SyncInput {
  return {
    call,
    callKey: `${call.source}/${call.provider_call_id}`,
    scope: buildScope({ call, sourceName: call.source, history: { total_calls: 1 } }),
    integration: 'Keep it in step',
    step: 0,
    force: false,
    urgency: 'first',
    mode: 'live',
    signal: new AbortController().signal,
    stillHeld: () => Promise.resolve(true),
    ...changes,
  };
}
