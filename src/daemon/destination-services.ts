import type { CompileDependencies, CompiledDestination } from '../config/compile.ts';
import type { SecretStore } from '../destinations/definition.ts';
import type { Ledger, Pause } from '../ledger/ledger.ts';
import type { LedgerWithSandbox } from '../ledger/create-ledger.ts';
import { maskBody, maskText, maskUrl } from '../observability/mask.ts';
import type { Reservations } from '../queue/redis/reservations.ts';
import type { Clock } from '../shared/clock.ts';
import { createHttpClient } from '../shared/http-client.ts';
import { random, type Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { systemAfter } from '../sync/budget.ts';
import { createDestinationRuntime, type DestinationRuntime } from '../sync/destination-runtime.ts';
import { createKeyedMutex } from '../sync/keyed-mutex.ts';
import { createSharedMutex, type SharedMutex } from '../sync/shared-mutex.ts';
import type { SyncDependencies } from '../sync/session.ts';
import type { RequestMetrics } from '../sync/take-turn.ts';

export interface DestinationServicesOptions {
  readonly ledger: LedgerWithSandbox;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: RequestMetrics;
  /** Of the mode with Redis: budgets are shared by all workers. */
  readonly redis?: { readonly reservations: Reservations } | null;
  /** What the ledger remembers from before the start. */
  readonly pauses: readonly Pause[];
  /** True when several processes sync at the same time: then persons and records are locked through the ledger. */
  readonly manyProcesses: boolean;
}

/** Everything a destination needs to work, made once per destination and process. */
export interface DestinationServices {
  readonly compileDependencies: CompileDependencies;
  /** Makes the runtimes once the config is compiled; actions may run after that. */
  useAll(destinations: ReadonlyMap<string, CompiledDestination>): void;
  runtimes(): readonly DestinationRuntime[];
  /** Takes over pauses that another process changed. */
  refresh(): Promise<void>;
  /** Resolves when every pause is on disk. */
  settled(): Promise<void>;
}

/** Creates the services; see `DestinationServices`. */
export function createDestinationServices(options: DestinationServicesOptions): DestinationServices {
  const { clock, ids, ledger } = options;
  const used = new Map<string, SyncDependencies>();
  const mutexes = new Map<string, SharedMutex>();
  const mutexOf = (name: string): SharedMutex => {
    const mutex = mutexes.get(name) ?? createSharedMutexOf(options, name);
    mutexes.set(name, mutex);
    return mutex;
  };
  const runtimes = (): readonly DestinationRuntime[] => [...used.values()].map(({ runtime }) => runtime);
  return {
    compileDependencies: {
      destination: (name) => ({
        clock,
        ids,
        sandboxStore: ledger.sandbox,
        secrets: scopedSecrets(ledger, name, mutexOf(name)),
      }),
      sync(name) {
        const found = used.get(name);
        if (found === undefined) throw new Error(`destination "${name}" is asked for before it is in use`);
        return found;
      },
    },
    useAll(destinations) {
      for (const [name, entry] of destinations) used.set(name, createSyncDependencies(options, entry, mutexOf(name)));
    },
    runtimes,
    refresh: async () => void (await Promise.all(runtimes().map((runtime) => runtime.refresh()))),
    settled: async () =>
      void (await Promise.all([...runtimes(), ...mutexes.values()].map((settling) => settling.settled()))),
  };
}

function createSharedMutexOf(
  { ledger, clock, ids, logger }: DestinationServicesOptions,
  destination: string,
): SharedMutex {
  return createSharedMutex({ ledger, destination, owner: ids.next('own'), clock, after: systemAfter, random, logger });
}

/** A command may need a token while the daemon runs: so they are fetched alone in every mode. */
function scopedSecrets(
  ledger: Pick<Ledger, 'loadSecret' | 'saveSecret'>,
  destination: string,
  mutex: SharedMutex,
): SecretStore {
  const scoped = (name: string): string => `${destination}/${name}`;
  return {
    load: (name: string) => ledger.loadSecret(scoped(name)),
    save: (name: string, value: Parameters<Ledger['saveSecret']>[1]) => ledger.saveSecret(scoped(name), value),
    alone: (work) => mutex.run(['secret'], work),
  };
}

function createSyncDependencies(
  options: DestinationServicesOptions,
  { destination, config }: CompiledDestination,
  mutex: SharedMutex,
): SyncDependencies {
  const { clock, logger, metrics, ledger, pauses, redis } = options;
  const allowPrivateNetworks = 'allow_private_networks' in config && config.allow_private_networks;
  const runtime = createDestinationRuntime(
    {
      destination,
      http: createHttpClient({ allowPrivateNetworks }),
      clock,
      after: systemAfter,
      mask: { url: maskUrl, body: maskBody, text: maskText },
      ledger,
      logger,
      metrics,
      ...(redis === null || redis === undefined ? {} : { reservations: redis.reservations }),
    },
    pauses.find((pause) => pause.destination === destination.name) ?? null,
  );
  return { ledger, runtime, locks: options.manyProcesses ? mutex : createKeyedMutex(), clock };
}
