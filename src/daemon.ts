import { setTimeout as wait } from 'node:timers/promises';

import { startAdmin, type Admin } from './admin/start-admin.ts';
import { compileConfig } from './config/compile.ts';
import type { ConfigProblem } from './config/load.ts';
import { createDestinationServices } from './daemon/destination-services.ts';
import { learnPauses } from './daemon/learn-pauses.ts';
import { openBacking, type Backing } from './daemon/open-backing.ts';
import { createReadings } from './daemon/readings.ts';
import type { DaemonOptions, DaemonServices } from './daemon/services.ts';
import { startReceive } from './daemon/start-receive.ts';
import { startUpkeep } from './daemon/start-upkeep.ts';
import { startWork } from './daemon/start-work.ts';
import { watchLedger } from './daemon/watch-ledger.ts';
import { createHealth } from './observability/health.ts';
import { createLedgerWatch } from './observability/ledger-watch.ts';
import { limitRepeats } from './observability/limit-repeats.ts';
import { createMetrics } from './observability/metrics.ts';
import { createCheckReadiness } from './observability/readiness.ts';
import type { Receiver } from './receive/start-receiver.ts';
import { systemClock } from './shared/clock.ts';
import { readVersion } from './shared/version.ts';
import { systemAfter } from './sync/budget.ts';

export interface Daemon {
  /** Port of the webhooks; 0 for a worker, which has none. */
  readonly port: number;
  readonly adminPort: number;
  /** Stops intake, finishes or returns work, closes; `overdue` when something of it stands still. */
  stop(): Promise<StopResult>;
}

export type StopResult = 'stopped' | 'overdue';

export type StartResult =
  | { readonly kind: 'started'; readonly daemon: Daemon; readonly services: DaemonServices }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] }
  /** Another daemon works on the embedded ledger. */
  | { readonly kind: 'in_use' };

/** Opens what the mode keeps its state in and starts on it; a start that fails leaves nothing behind. */
export async function startDaemon(options: DaemonOptions): Promise<StartResult> {
  const { loaded, role, mode } = options;
  const logger = limitRepeats(options.logger, systemClock);
  const backing = await openBacking(mode, { role, destinations: Object.keys(loaded.config.destinations), logger });
  if (backing === null) return { kind: 'in_use' };
  try {
    const result = await startOn(backing, { ...options, logger });
    if (result.kind !== 'started') await backing.close();
    return result;
  } catch (error) {
    await backing.close();
    throw error;
  }
}

/** The composition root: compiles the config, starts the parts of the role in order. */
async function startOn(backing: Backing, options: DaemonOptions): Promise<StartResult> {
  const { loaded, role, mode, logger } = options;
  const base = createBase(backing, options);
  const destinations = createDestinationServices({
    ...base,
    pauses: await base.ledger.pauses(),
    manyProcesses: mode.kind !== 'embedded',
  });
  const result = compileConfig(loaded, destinations.compileDependencies);
  if (result.kind === 'invalid') return result;
  destinations.useAll(result.compiled.destinations);
  const services: DaemonServices = { ...base, destinations, compiled: result.compiled };
  const parts: Parts = { receiver: null, work: null, upkeep: null, learning: null, admin: null };
  try {
    await startParts(services, options, parts);
  } catch (error) {
    await stopParts(services, parts, 0);
    throw error;
  }
  base.health.started();
  const daemon = createDaemon(services, options, { parts, backing });
  const { port, adminPort } = daemon;
  logger.info('daemon.started', { mode: mode.kind, role, port, adminPort, ...backing.places });
  return { kind: 'started', daemon, services };
}

/** Filled while the daemon starts, so that a start that fails half-way can be taken back. */
interface Parts {
  receiver: Receiver | null;
  work: { stop(): Promise<void> } | null;
  upkeep: { stop(): Promise<void> } | null;
  learning: { stop(): void } | null;
  admin: Admin | null;
}

interface Started {
  readonly parts: Parts;
  readonly backing: Backing;
}

async function startParts(services: DaemonServices, options: DaemonOptions, parts: Parts): Promise<void> {
  const { role, adminHost: host, adminPort: port } = options;
  services.metrics.readAtScrape(createReadings(services, options));
  parts.admin = await startAdmin({ ...services, host, port });
  if (role !== 'worker') parts.receiver = await startReceive(services, options);
  if (role !== 'receiver') {
    parts.work = startWork(services, () => (parts.receiver?.inFlight() ?? 0) > 0);
    parts.upkeep = startUpkeep({ ...services, retention: services.loaded.config.retention });
    if (options.mode.kind !== 'embedded') parts.learning = learnPauses(services);
  }
}

/** After the drain. The parts have bounds of their own; this one is for a server that stands still in the middle of it. */
const STOP_WITHIN_MS = 23_000;

/** Nothing is claimed any more from the beginning, so that runs may end while the receiver drains. */
async function stopParts(services: DaemonServices, parts: Parts, drainSeconds: number): Promise<void> {
  await Promise.all([stopReceiver(parts.receiver, drainSeconds), parts.work?.stop()]);
  parts.learning?.stop();
  await parts.upkeep?.stop();
  await parts.admin?.stop();
  await services.destinations.settled();
}

/** Balancers see `/readyz` say no and send elsewhere; only then may connections be closed that they might have used. */
async function stopReceiver(receiver: Receiver | null, drainSeconds: number): Promise<void> {
  receiver?.drain();
  if (receiver !== null) await wait(drainSeconds * 1_000);
  await receiver?.stop();
}

function createBase(backing: Backing, { loaded, role, mode, logger }: DaemonOptions) {
  const { clock, ids, queue, redis } = backing;
  const metrics = createMetrics({ version: readVersion(), role, mode: mode.kind }, clock);
  const ledgerWatch = createLedgerWatch({ clock, logger, metrics, after: systemAfter });
  const ledger = watchLedger(backing.ledger, ledgerWatch);
  const health = createHealth(clock);
  const checkReadiness = createCheckReadiness({ health, ledger, redis, clock });
  return { loaded, clock, ids, logger, ledger, ledgerWatch, metrics, health, checkReadiness, queue, redis };
}

function createDaemon(services: DaemonServices, { drainSeconds }: DaemonOptions, { parts, backing }: Started): Daemon {
  const stopInOrder = async (): Promise<StopResult> => {
    await stopParts(services, parts, drainSeconds);
    await backing.close();
    return 'stopped';
  };
  const stop = async (): Promise<StopResult> => {
    services.health.stopping();
    services.logger.info('daemon.stopping');
    const overdue = wait(drainSeconds * 1_000 + STOP_WITHIN_MS, 'overdue' as const, { ref: false });
    const result = await Promise.race([stopInOrder(), overdue]);
    if (result === 'stopped') services.logger.info('daemon.stopped');
    else services.logger.error('daemon.stop_overdue', { hint: 'Nothing is lost: what was under way is taken over.' });
    return result;
  };
  let stopped: Promise<StopResult> | null = null;
  return {
    port: parts.receiver?.port ?? 0,
    adminPort: parts.admin?.port ?? 0,
    stop: () => (stopped ??= stop()),
  };
}
