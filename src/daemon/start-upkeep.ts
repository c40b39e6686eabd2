import type { LedgerWithSandbox } from '../ledger/create-ledger.ts';
import { startSweeper, type SweeperDependencies } from '../queue/sweeper.ts';
import type { DaemonServices } from './services.ts';

const SWEEP_MS = 1_000;
const PRUNE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** No destination has this name. */
const PRUNE_LOCK = { destination: '', keys: ['prune'] };
/** Longer than from one turn to the next, so that the next is the same worker's. */
const LOCK_MS = 2 * PRUNE_MS;

export interface UpkeepDependencies
  extends Omit<SweeperDependencies, 'intervalMs' | 'ledger'>, Pick<DaemonServices, 'ids'> {
  readonly ledger: SweeperDependencies['ledger'] & Pick<LedgerWithSandbox, 'takeLocks' | 'prune'>;
  readonly metrics: Pick<DaemonServices['metrics'], 'pruned'>;
  readonly retention: DaemonServices['loaded']['config']['retention'];
}

/** Rings for whatever is due and nobody rang for, and keeps the ledger within its retention. */
export function startUpkeep(dependencies: UpkeepDependencies): { stop(): Promise<void> } {
  const sweeper = startSweeper({ ...dependencies, intervalMs: SWEEP_MS });
  const pruning = setInterval(createTurn(dependencies), PRUNE_MS);
  return {
    async stop() {
      clearInterval(pruning);
      await sweeper.stop();
    },
  };
}

/** One of several workers prunes, as long as it lives: the lock lasts until its next turn. */
function createTurn(dependencies: UpkeepDependencies): () => void {
  const { ledger, clock, logger, ids } = dependencies;
  const owner = ids.next('own');
  let isPruning = false;
  const takeTurn = async (): Promise<void> => {
    const nowMs = clock.now();
    const isOurs = await ledger.takeLocks({ ...PRUNE_LOCK, owner, nowMs, untilMs: nowMs + LOCK_MS });
    // A first time on a large ledger takes longer than a turn: then this one has only kept the lock.
    if (!isOurs || isPruning) return;
    isPruning = true;
    await prune(dependencies).finally(() => {
      isPruning = false;
    });
  };
  return () => void takeTurn().catch((error: unknown) => logger.warn('ledger.prune_failed', { error }));
}

async function prune({ ledger, clock, logger, metrics, retention }: UpkeepDependencies): Promise<void> {
  const { days, max_size: maxBytes } = retention;
  const deleted = await ledger.prune({ beforeMs: clock.now() - days * DAY_MS, maxBytes });
  metrics.pruned(deleted, clock.now());
  if (deleted.events + deleted.calls + deleted.refusals > 0) logger.info('ledger.pruned', deleted);
}
