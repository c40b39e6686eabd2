import { createFold, createJoin } from '../integrations/fold-call.ts';
import { startWorker, type Worker } from '../integrations/worker.ts';
import { random } from '../shared/ids.ts';
import { systemAfter } from '../sync/budget.ts';
import type { DaemonServices } from './services.ts';

/** How long the work of a killed process stays untouched. Leases are renewed three times per length, however long a request takes. */
const LEASE_MS = 15_000;
/** At a stop, for runs under way: with what follows, inside the 30 s that containers are given. */
export const WORK_GRACE_MS = 20_000;

/** Starts folding and syncing. `busy` is true while webhooks come in: they go first. */
export function startWork(services: DaemonServices, busy: () => boolean): Worker {
  const { compiled, destinations, ids } = services;
  const folding = { sources: compiled.sources, integrations: compiled.integrations };
  return startWorker({
    ...services,
    integrations: new Map(compiled.integrations.map((integration) => [integration.name, integration])),
    fold: createFold(folding),
    join: createJoin(folding),
    busy,
    after: systemAfter,
    random,
    newOwner: () => ids.next('own'),
    leaseMs: LEASE_MS,
    graceMs: WORK_GRACE_MS,
    destinations: destinations.runtimes().map((runtime) => ({
      destination: runtime.destination.name,
      concurrency: runtime.destination.runsInFlight ?? runtime.destination.rate?.max_in_flight ?? 4,
      canRun: (nowMs) => runtime.canRun(nowMs),
      roomAtMs: () => runtime.roomAtMs(),
      refresh: () => runtime.refresh(),
    })),
  });
}
