import { statfs } from 'node:fs/promises';

import type { Readings } from '../observability/gauges.ts';
import type { DaemonOptions, DaemonServices } from './services.ts';

/** What the metrics of this process read at each scrape. */
export function createReadings(
  { health, checkReadiness, ledger, ledgerWatch, destinations, redis }: DaemonServices,
  { role, mode }: Pick<DaemonOptions, 'role' | 'mode'>,
): Readings {
  const readings: Readings = {
    ready: async () => (await checkReadiness()).kind === 'ready',
    ledgerFailing: () => ledgerWatch.failing() || isRefused(health.readiness()),
    ...(mode.kind === 'embedded' ? { freeBytes: () => readFreeBytes(mode.dataDir) } : {}),
    ...(redis === null ? {} : { redis: () => ({ up: redis.up(), droppedBells: redis.droppedBells() }) }),
  };
  // What waits is the workers' to tell; a receiver that only writes holds no memory for reading.
  if (role === 'receiver') return readings;
  return {
    ...readings,
    backlog: () => ledger.backlog(),
    destinations: () => destinations.runtimes().map((runtime) => runtime.reading()),
  };
}

/** A write that never came back is no failure of the ledger's own telling. */
function isRefused(readiness: ReturnType<DaemonServices['health']['readiness']>): boolean {
  return readiness.kind === 'not_ready' && readiness.reason === 'ledger does not accept events';
}

async function readFreeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
