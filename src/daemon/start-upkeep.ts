import { startSweeper } from '../queue/sweeper.ts';
import type { DaemonServices } from './services.ts';

const SWEEP_MS = 1_000;
const PRUNE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** No destination has this name. */
const PRUNE_LOCK = { destination: '', keys: ['prune'] };
/** Longer than from one turn to the next, so that the next is the same worker's. */
const LOCK_MS = 2 * PRUNE_MS;

/** Rings for whatever is due and nobody rang for, and keeps the ledger within its retention. */
export function startUpkeep(services: DaemonServices): { stop(): Promise<void> } {
  const { ledger, queue, clock, logger, ids } = services;
  const owner = ids.next('own');
  const sweeper = startSweeper({ ledger, queue, clock, logger, intervalMs: SWEEP_MS });
  const pruning = setInterval(() => void prune(services, owner), PRUNE_MS);
  return {
    async stop() {
      clearInterval(pruning);
      await sweeper.stop();
    },
  };
}

/** One of several workers does it, as long as it lives: the lock lasts until its next turn. */
async function prune({ ledger, clock, logger, metrics, loaded }: DaemonServices, owner: string): Promise<void> {
  const { days, max_size: maxBytes } = loaded.config.retention;
  const nowMs = clock.now();
  try {
    if (!(await ledger.takeLocks({ ...PRUNE_LOCK, owner, nowMs, untilMs: nowMs + LOCK_MS }))) return;
    const deleted = await ledger.prune({ beforeMs: nowMs - days * DAY_MS, maxBytes });
    metrics.pruned(deleted, clock.now());
    if (deleted.events + deleted.calls + deleted.refusals > 0) logger.info('ledger.pruned', deleted);
  } catch (error) {
    logger.warn('ledger.prune_failed', { error });
  }
}
