import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Queue } from './queue.ts';

export interface SweeperDependencies {
  /** The part of the ledger that knows what waits. */
  readonly ledger: {
    hasPendingEvents(): Promise<boolean>;
    nextDue(nowMs: number): Promise<readonly { readonly destination: string; readonly atMs: number }[]>;
  };
  readonly queue: Pick<Queue, 'ring'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalMs: number;
}

export interface Sweeper {
  /** Resolves when the last sweep is over. */
  stop(): Promise<void>;
}

/**
 * Rings for whatever the ledger has due and nobody rang for: what a crash, a restart, an ended lease or a lost bell left
 * behind. Sweeps at once, then every `intervalMs` after the end of the last sweep.
 */
export function startSweeper(dependencies: SweeperDependencies): Sweeper {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let sweeping = run();

  async function run(): Promise<void> {
    await sweep(dependencies);
    if (stopped) return;
    const sweepAgain = (): void => {
      sweeping = run();
    };
    timer = setTimeout(sweepAgain, dependencies.intervalMs);
    timer.unref();
  }

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
}

/** A ledger that cannot be read now is asked again at the next sweep. */
async function sweep({ ledger, queue, clock, logger }: SweeperDependencies): Promise<void> {
  try {
    if (await ledger.hasPendingEvents()) queue.ring({ kind: 'event' });
    for (const { destination, atMs } of await ledger.nextDue(clock.now())) {
      queue.ring({ kind: 'run', destination }, atMs);
    }
  } catch (error) {
    logger.warn('sweeper.failed', { error });
  }
}
