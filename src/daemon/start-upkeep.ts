import { startSweeper } from '../queue/sweeper.ts';
import type { DaemonServices } from './services.ts';

const SWEEP_MS = 1_000;
const PRUNE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** Rings for whatever is due and nobody rang for, and keeps the ledger within its retention. */
export function startUpkeep(services: DaemonServices): { stop(): Promise<void> } {
  const { ledger, queue, clock, logger } = services;
  const sweeper = startSweeper({ ledger, queue, clock, logger, intervalMs: SWEEP_MS });
  const pruning = setInterval(() => void prune(services), PRUNE_MS);
  return {
    async stop() {
      clearInterval(pruning);
      await sweeper.stop();
    },
  };
}

async function prune({ ledger, clock, logger, metrics, loaded }: DaemonServices): Promise<void> {
  const { days, max_size: maxBytes } = loaded.config.retention;
  try {
    const deleted = await ledger.prune({ beforeMs: clock.now() - days * DAY_MS, maxBytes });
    metrics.pruned(deleted, clock.now());
    if (deleted.events + deleted.calls + deleted.refusals > 0) logger.info('ledger.pruned', deleted);
  } catch (error) {
    logger.warn('ledger.prune_failed', { error });
  }
}
