import type { Destination } from '../../src/destinations/destination.ts';
import { createDestination, destinationConfigSchema } from '../../src/destinations/index.ts';
import type { Call } from '../../src/domain/call.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';
import { createHttpClient, type HttpClient, type OwnedHttpClient } from '../../src/shared/http-client.ts';
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
import { startHubSpot, type HubSpot, type HubSpotOptions, type ObjectType } from '../simulators/hubspot/index.ts';
import { createMemorySecrets } from './build-rest.ts';
import { createMemoryLedger, createMemorySandboxStore, type MemoryLedger } from './memory-crm.ts';

export interface HubSpotWorld {
  readonly hubspot: HubSpot;
  readonly ledger: MemoryLedger;
  /** Syncs one call; null when the process died on the way. */
  readonly sync: (
    call: Call,
    options?: Partial<Pick<SyncInput, 'force' | 'mode' | 'signal'>>,
  ) => Promise<SyncResult | null>;
  /** In a second process on the same ledger, without locks in common. */
  readonly syncElsewhere: HubSpotWorld['sync'];
  /** The process dies: nothing of it goes on, what the ledger has stays. */
  readonly crash: () => void;
  /** HubSpot's clock and ours. */
  readonly advance: (ms: number) => void;
  readonly close: () => Promise<void>;
}

export interface WorldOptions {
  /** Of the simulator. */
  readonly hubspot?: Partial<HubSpotOptions>;
  /** Beside `sync:`. */
  readonly action?: JsonObject;
  /** Of the destination. */
  readonly destination?: JsonObject;
  /** False: the account lacks the properties that `setup` makes. */
  readonly isSetUp?: boolean;
  /** Kinds on which the account refused to make one. */
  readonly withoutUniqueOn?: readonly ObjectType[];
}

const NAME = 'hubspot';

/** `syncCall` against the HubSpot simulator over HTTP; the ledger is in memory and outlives every crash. */
export async function openHubSpotWorld(options: WorldOptions = {}): Promise<HubSpotWorld> {
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs };
  const hubspot = await startHubSpot({ clock: clock.now, ...options.hubspot });
  if (options.isSetUp !== false) addUniqueProperties(hubspot, options.withoutUniqueOn);
  const http = createHttpClient({ allowPrivateNetworks: true });
  const ledger = createMemoryLedger();
  const start = (): Process => startProcess({ options, hubspot, http, ledger, clock });
  let process = start();
  let other: Process | null = null;
  return {
    hubspot,
    ledger,
    sync: (call, changes = {}) => process.sync(call, changes),
    syncElsewhere: (call, changes = {}) => (other ??= start()).sync(call, changes),
    crash() {
      process.die();
      process = start();
    },
    advance: (ms) => void (aheadMs += ms),
    async close() {
      http.close();
      await hubspot.close();
    },
  };
}

const UNIQUE = {
  contacts: 'hookline_person_key',
  calls: 'hookline_call_id',
  tasks: 'hookline_call_id',
  notes: 'hookline_call_id',
} as const;

export function addUniqueProperties(hubspot: HubSpot, except: readonly ObjectType[] = []): void {
  for (const type of (['contacts', 'calls', 'tasks', 'notes'] as const).filter((each) => !except.includes(each)))
    hubspot.addProperty(type, { name: UNIQUE[type], hasUniqueValue: true });
}

interface Surroundings {
  readonly options: WorldOptions;
  readonly hubspot: HubSpot;
  readonly http: OwnedHttpClient;
  readonly ledger: MemoryLedger;
  readonly clock: { now(): number };
}

interface Process {
  readonly sync: (call: Call, changes: Partial<SyncInput>) => Promise<SyncResult | null>;
  readonly die: () => void;
}

/** Once dead, no answer reaches it and nothing it says reaches the ledger. */
function startProcess({ options, hubspot, http, ledger, clock }: Surroundings): Process {
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
  const destination = buildHubSpot(hubspot, clock, options.destination);
  const compiled = compile(destination, options.action);
  const runtime = createRuntime(destination, { http: wire, ledger, clock });
  const dependencies: SyncDependencies = { ledger: own, runtime, locks: createKeyedMutex(), clock };
  return {
    sync: (call, changes) => Promise.race([syncCall(dependencies, compiled, toInput(call, changes)), death.promise]),
    die() {
      isDead = true;
      death.resolve(null);
    },
  };
}

/** The destination as an operator would write it. */
export function buildHubSpot(hubspot: HubSpot, clock: { now(): number }, more: JsonObject = {}): Destination {
  const issues: ConfigIssue[] = [];
  const written = {
    type: 'hubspot',
    base_url: hubspot.url,
    allow_private_networks: true,
    rate: { max_in_flight: 8, per: [] },
    ...('oauth' in more ? {} : { access_token: hubspot.token }),
    ...more,
  };
  return createDestination({
    name: NAME,
    config: destinationConfigSchema.parse(written),
    dependencies: {
      clock,
      ids: createIds(clock),
      sandboxStore: createMemorySandboxStore(),
      secrets: createMemorySecrets(),
    },
    issues,
    path: ['destinations', NAME],
  });
}

/** Compiles the action as the config loader does; throws what it would report. */
export function compile(destination: Destination, action: JsonObject = {}): CompiledSync {
  const issues: ConfigIssue[] = [];
  const parsed = syncActionSchema.parse({ sync: NAME, ...action });
  const compiled = compileSyncAction(parsed, destination, { known: knownNames(), issues, path: ['actions', 0] });
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return compiled;
}

export function createRuntime(
  destination: Destination,
  { http, ledger, clock }: Pick<Surroundings, 'ledger' | 'clock'> & { readonly http: HttpClient },
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
    integration: 'Keep HubSpot in step',
    step: 0,
    force: false,
    urgency: 'first',
    mode: 'live',
    signal: new AbortController().signal,
    stillHeld: () => Promise.resolve(true),
    ...changes,
  };
}
