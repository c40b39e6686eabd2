import { startAdmin, type Admin } from './admin/start-admin.ts';
import { compileConfig } from './config/compile.ts';
import type { ConfigProblem } from './config/load.ts';
import { createDestinationServices } from './daemon/destination-services.ts';
import type { DaemonOptions, DaemonServices } from './daemon/services.ts';
import { startReceive } from './daemon/start-receive.ts';
import { startUpkeep } from './daemon/start-upkeep.ts';
import { startWork } from './daemon/start-work.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openSqliteLedger } from './ledger/open-sqlite-ledger.ts';
import { createHealth } from './observability/health.ts';
import { createMetrics } from './observability/metrics.ts';
import { createInProcessQueue } from './queue/in-process.ts';
import type { Receiver } from './receive/start-receiver.ts';
import { systemClock, type Clock } from './shared/clock.ts';
import { ledgerFile } from './shared/data-directory.ts';
import { createIds } from './shared/ids.ts';

export interface Daemon {
  /** Port of the webhooks; 0 for a worker, which has none. */
  readonly port: number;
  readonly adminPort: number;
  /** Stops intake, finishes or returns work, closes. */
  stop(): Promise<void>;
}

export type StartResult =
  | { readonly kind: 'started'; readonly daemon: Daemon; readonly services: DaemonServices }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** The composition root: opens the ledger, compiles the config, starts the parts of the role in order. */
export async function startDaemon(options: DaemonOptions): Promise<StartResult> {
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

  const receiver = role === 'worker' ? null : await startReceive(services, options);
  const work = role === 'receiver' ? null : startWork(services, () => (receiver?.inFlight() ?? 0) > 0);
  const upkeep = startUpkeep(services);
  const admin = await startAdmin({ metrics: base.metrics, host: options.adminHost, port: options.adminPort });
  base.health.started();
  const daemon = createDaemon(services, { receiver, work, upkeep, admin });
  logger.info('daemon.started', { role, port: daemon.port, adminPort: daemon.adminPort, dataDir: options.dataDir });
  return { kind: 'started', daemon, services };
}

async function openBase({ loaded, dataDir, logger }: DaemonOptions) {
  const clock = systemClock;
  const ids = createIds(clock);
  const ledger = await openSqliteLedger({ file: ledgerFile(dataDir), clock, ids });
  const metrics = createMetrics({ backlog: () => readBacklog(ledger, clock) });
  return {
    loaded,
    clock,
    ids,
    logger,
    ledger,
    metrics,
    health: createHealth(clock),
    queue: createInProcessQueue(clock),
  };
}

async function readBacklog(ledger: Pick<Ledger, 'stats'>, clock: Clock) {
  const { oldestPendingEventMs, oldestDueRunMs } = await ledger.stats();
  const age = (atMs: number | null): number | null => (atMs === null ? null : Math.max(0, (clock.now() - atMs) / 1000));
  return { oldestEventSeconds: age(oldestPendingEventMs), oldestRunSeconds: age(oldestDueRunMs) };
}

interface Parts {
  readonly receiver: Receiver | null;
  readonly work: { stop(): Promise<void> } | null;
  readonly upkeep: { stop(): Promise<void> };
  readonly admin: Admin;
}

function createDaemon(services: DaemonServices, { receiver, work, upkeep, admin }: Parts): Daemon {
  const stop = async (): Promise<void> => {
    services.health.stopping();
    services.logger.info('daemon.stopping');
    await receiver?.stop();
    await work?.stop();
    await upkeep.stop();
    await admin.stop();
    await services.destinations.settled();
    await services.ledger.close();
    services.logger.info('daemon.stopped');
  };
  let stopped: Promise<void> | null = null;
  return {
    port: receiver?.port ?? 0,
    adminPort: admin.port,
    stop: () => (stopped ??= stop()),
  };
}
