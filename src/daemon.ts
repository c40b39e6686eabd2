import { startAdmin, type Admin } from './admin/start-admin.ts';
import { compileConfig } from './config/compile.ts';
import type { ConfigProblem } from './config/load.ts';
import { createDestinationServices } from './daemon/destination-services.ts';
import { createReadings } from './daemon/readings.ts';
import type { DaemonOptions, DaemonServices } from './daemon/services.ts';
import { startReceive } from './daemon/start-receive.ts';
import { startUpkeep } from './daemon/start-upkeep.ts';
import { startWork } from './daemon/start-work.ts';
import { watchLedger } from './daemon/watch-ledger.ts';
import { openSqliteLedger } from './ledger/open-sqlite-ledger.ts';
import { holdLedger, type LedgerHold } from './ledger/sqlite/hold-ledger.ts';
import { createHealth } from './observability/health.ts';
import { createLedgerWatch } from './observability/ledger-watch.ts';
import { limitRepeats } from './observability/limit-repeats.ts';
import { createMetrics } from './observability/metrics.ts';
import { createInProcessQueue } from './queue/in-process.ts';
import type { Receiver } from './receive/start-receiver.ts';
import { systemClock } from './shared/clock.ts';
import { ledgerFile } from './shared/data-directory.ts';
import { createIds } from './shared/ids.ts';
import { readVersion } from './shared/version.ts';
import { systemAfter } from './sync/budget.ts';

export interface Daemon {
  /** Port of the webhooks; 0 for a worker, which has none. */
  readonly port: number;
  readonly adminPort: number;
  /** Stops intake, finishes or returns work, closes. */
  stop(): Promise<void>;
}

export type StartResult =
  | { readonly kind: 'started'; readonly daemon: Daemon; readonly services: DaemonServices }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] }
  /** Another daemon works on the ledger of this data directory. */
  | { readonly kind: 'in_use' };

/** Takes the ledger for this process and starts on it; a start that fails leaves nothing behind. */
export async function startDaemon(options: DaemonOptions): Promise<StartResult> {
  const hold = options.role === 'receiver' ? NO_HOLD : holdLedger(ledgerFile(options.dataDir));
  if (hold === null) return { kind: 'in_use' };
  try {
    const result = await startHolding(options, hold);
    if (result.kind !== 'started') hold.release();
    return result;
  } catch (error) {
    hold.release();
    throw error;
  }
}

/** The composition root: opens the ledger, compiles the config, starts the parts of the role in order. */
async function startHolding(options: DaemonOptions, hold: LedgerHold): Promise<StartResult> {
  const { loaded, role, logger } = options;
  const base = await openBase(options);
  const destinations = createDestinationServices({ ...base, pauses: await base.ledger.pauses() });
  const result = compileConfig(loaded, destinations.compileDependencies);
  if (result.kind === 'invalid') {
    await base.ledger.close();
    return result;
  }
  destinations.useAll(result.compiled.destinations);
  const services: DaemonServices = { ...base, destinations, compiled: result.compiled };
  const parts: Parts = { receiver: null, work: null, upkeep: null, admin: null };
  try {
    await startParts(services, options, parts);
  } catch (error) {
    await stopParts(services, parts);
    throw error;
  }
  base.health.started();
  const daemon = createDaemon(services, parts, hold);
  logger.info('daemon.started', { role, port: daemon.port, adminPort: daemon.adminPort, dataDir: options.dataDir });
  return { kind: 'started', daemon, services };
}

/** Receivers only add events, so there may be several. */
const NO_HOLD: LedgerHold = { release: () => undefined };

/** Filled while the daemon starts, so that a start that fails half-way can be taken back. */
interface Parts {
  receiver: Receiver | null;
  work: { stop(): Promise<void> } | null;
  upkeep: { stop(): Promise<void> } | null;
  admin: Admin | null;
}

async function startParts(services: DaemonServices, options: DaemonOptions, parts: Parts): Promise<void> {
  const { role, adminHost: host, adminPort: port } = options;
  services.metrics.readAtScrape(createReadings(services, options));
  parts.admin = await startAdmin({ metrics: services.metrics, host, port });
  if (role !== 'worker') parts.receiver = await startReceive(services, options);
  if (role !== 'receiver') {
    // We hold the ledger, so whoever leased these runs is dead.
    await services.ledger.endLeases(services.clock.now());
    parts.work = startWork(services, () => (parts.receiver?.inFlight() ?? 0) > 0);
    parts.upkeep = startUpkeep(services);
  }
}

async function stopParts(services: DaemonServices, parts: Parts): Promise<void> {
  await parts.receiver?.stop();
  await parts.work?.stop();
  await parts.upkeep?.stop();
  await parts.admin?.stop();
  await services.destinations.settled();
  await services.ledger.close();
}

async function openBase({ loaded, role, dataDir, logger: unlimited }: DaemonOptions) {
  const clock = systemClock;
  const ids = createIds(clock);
  const logger = limitRepeats(unlimited, clock);
  const metrics = createMetrics({ version: readVersion(), role, mode: 'embedded' }, clock);
  const ledgerWatch = createLedgerWatch({ clock, logger, metrics, after: systemAfter });
  const ledger = watchLedger(await openSqliteLedger({ file: ledgerFile(dataDir), clock, ids }), ledgerWatch);
  return {
    loaded,
    clock,
    ids,
    logger,
    ledger,
    ledgerWatch,
    metrics,
    health: createHealth(clock),
    queue: createInProcessQueue(clock),
  };
}

function createDaemon(services: DaemonServices, parts: Parts, hold: LedgerHold): Daemon {
  const stop = async (): Promise<void> => {
    services.health.stopping();
    services.logger.info('daemon.stopping');
    await stopParts(services, parts);
    hold.release();
    services.logger.info('daemon.stopped');
  };
  let stopped: Promise<void> | null = null;
  return {
    port: parts.receiver?.port ?? 0,
    adminPort: parts.admin?.port ?? 0,
    stop: () => (stopped ??= stop()),
  };
}
