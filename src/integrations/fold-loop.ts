import { setImmediate } from 'node:timers/promises';

import type { CallEvents, Fold, Join, Ledger } from '../ledger/ledger.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { After } from '../sync/budget.ts';
import { createSingleFlight, type SingleFlight } from './single-flight.ts';

export interface FoldLoopDependencies {
  readonly ledger: Pick<Ledger, 'foldPending'>;
  readonly queue: Pick<Queue, 'ring'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly after: After;
  readonly metrics: { folded(lagSeconds: number): void };
  readonly fold: Fold;
  readonly join: Join;
  /** True while webhooks come in: they go first. */
  readonly busy: () => boolean;
}

/** Calls per batch: translating and merging them blocks the thread that also answers webhooks. */
const BATCH = { busy: 20, idle: 200 };
/** While webhooks come in, folding takes at most a third of the time. */
const REST_FACTOR = 2;
const MAX_REST_MS = 250;
const RETRY_MS = 1_000;

/** Folds whatever is pending each time it is woken, batch by batch. */
export function createFoldLoop(dependencies: FoldLoopDependencies): SingleFlight {
  const { queue, clock, logger } = dependencies;
  return createSingleFlight(
    () => foldBatch(dependencies),
    (error) => {
      logger.error('fold.ledger_failed', { error });
      queue.ring({ kind: 'event' }, clock.now() + RETRY_MS);
    },
  );
}

async function foldBatch(dependencies: FoldLoopDependencies): Promise<boolean> {
  const { ledger, queue, clock, logger, join, busy } = dependencies;
  const startedAtMs = clock.now();
  const batch = await ledger.foldPending(busy() ? BATCH.busy : BATCH.idle, measured(dependencies), join);
  for (const { destination, atMs } of batch.due) queue.ring({ kind: 'run', destination }, atMs);
  // Their events stay pending, with the reason, and are tried again; the other calls went through.
  for (const failed of batch.failed) logger.error('fold.failed', { ...failed });
  // No progress although more waits: another process is at it. Asking again at once would only spin.
  if (!batch.more || batch.folded + batch.failed.length === 0) return false;
  // For a worker with idle hands; ourselves we go on anyway.
  queue.ring({ kind: 'event' });
  await letReceiveGoFirst(dependencies, clock.now() - startedAtMs);
  return true;
}

function measured({ fold, clock, metrics }: FoldLoopDependencies): Fold {
  return (input) => {
    const folded = fold(input);
    const waitingSinceMs = oldestPendingMs(input);
    if (waitingSinceMs !== null) metrics.folded((clock.now() - waitingSinceMs) / 1_000);
    return folded;
  };
}

function oldestPendingMs({ events }: CallEvents): number | null {
  const times = events.filter((event) => event.state === 'pending').map((event) => event.receivedAtMs);
  return times.length === 0 ? null : Math.min(...times);
}

async function letReceiveGoFirst({ busy, after }: FoldLoopDependencies, tookMs: number): Promise<void> {
  if (!busy()) return setImmediate();
  return new Promise((resolve) => {
    after(Math.min(MAX_REST_MS, tookMs * REST_FACTOR), resolve);
  });
}
