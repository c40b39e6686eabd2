import type { ClaimedRun, Ledger } from '../ledger/ledger.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Next } from './retry-policy.ts';
import { createSingleFlight } from './single-flight.ts';

/** What a pool has to know of its destination. */
export interface PoolOptions {
  readonly destination: string;
  /** Runs under way at the same time. */
  readonly concurrency: number;
  /** False while the destination is paused; `untilMs` null: until a person resumes it. */
  readonly canRun: (nowMs: number) => { readonly ok: true } | { readonly ok: false; readonly untilMs: number | null };
}

export interface PoolDependencies {
  readonly ledger: Pick<Ledger, 'claimRuns' | 'releaseRuns'>;
  readonly queue: Pick<Queue, 'ring'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly owner: string;
  readonly leaseMs: number;
  readonly execute: (run: ClaimedRun) => Promise<Next['next'] | null>;
}

export interface RunPool {
  wake(): void;
  /** Claims nothing any more. */
  close(): Promise<void>;
  /** Resolves when every run under way has ended. */
  drained(): Promise<void>;
}

const RETRY_MS = 1_000;

/** The runs of one destination: claims as many as it has room for, and works them off side by side. */
export function createRunPool(dependencies: PoolDependencies, options: PoolOptions): RunPool {
  const { queue, clock, logger } = dependencies;
  const { destination, concurrency } = options;
  const active = new Set<Promise<void>>();
  let closed = false;

  const start = (run: ClaimedRun): void => {
    const work = workOff(dependencies, run).finally(() => {
      active.delete(work);
      claims.wake();
    });
    active.add(work);
  };

  const claim = async (): Promise<boolean> => {
    const runs = await claimRuns(dependencies, options, concurrency - active.size);
    if (closed) await giveBack(dependencies, runs);
    else runs.forEach(start);
    return false;
  };

  const claims = createSingleFlight(claim, (error) => {
    logger.error('run.not_claimed', { destination, error });
    queue.ring({ kind: 'run', destination }, clock.now() + RETRY_MS);
  });
  return {
    wake: () => claims.wake(),
    close() {
      closed = true;
      return claims.stop();
    },
    async drained() {
      await Promise.all(active);
    },
  };
}

/** Nothing while the destination is paused: a claim that cannot run would only use up time. */
async function claimRuns(
  { ledger, queue, clock, owner, leaseMs }: PoolDependencies,
  { destination, canRun }: PoolOptions,
  limit: number,
): Promise<readonly ClaimedRun[]> {
  if (limit <= 0) return [];
  const nowMs = clock.now();
  const verdict = canRun(nowMs);
  if (verdict.ok) return ledger.claimRuns({ destination, limit, owner, leaseMs, nowMs });
  if (verdict.untilMs !== null) queue.ring({ kind: 'run', destination }, verdict.untilMs);
  return [];
}

/** Claimed while the daemon began to stop: somebody else may start them at once. */
async function giveBack({ ledger, owner }: PoolDependencies, runs: readonly ClaimedRun[]): Promise<void> {
  const ids = runs.map((run) => run.id);
  if (ids.length > 0) await ledger.releaseRuns(owner, ids);
}

async function workOff({ execute, queue, logger }: PoolDependencies, run: ClaimedRun): Promise<void> {
  try {
    const next = await execute(run);
    if (next?.state === 'due') queue.ring({ kind: 'run', destination: next.destination }, next.dueAtMs);
    if (next?.state === 'held' && next.dueAtMs !== null) {
      queue.ring({ kind: 'run', destination: run.destination }, next.dueAtMs);
    }
  } catch (error) {
    // The ledger did not take the result. The lease ends by itself, then the run is claimed again.
    logger.error('run.result_not_kept', { run: run.id, destination: run.destination, error });
  }
}
