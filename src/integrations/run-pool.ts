import type { ClaimedRun, Ledger } from '../ledger/ledger.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Next } from './retry-policy.ts';
import { createSingleFlight, type SingleFlight } from './single-flight.ts';

/** What a pool has to know of its destination. */
export interface PoolOptions {
  readonly destination: string;
  /** Runs under way at the same time. */
  readonly concurrency: number;
  /** False while the destination is paused; `untilMs` null: until a person resumes it. */
  readonly canRun: (nowMs: number) => { readonly ok: true } | { readonly ok: false; readonly untilMs: number | null };
  /** When its rate allows the next request; in the past: now. */
  readonly roomAtMs: () => number;
  /** Learns what another process changed, such as `hookline destinations resume`. Asked while the destination is paused. */
  readonly refresh: () => Promise<void>;
}

export interface PoolDependencies {
  readonly ledger: Pick<Ledger, 'claimRuns' | 'releaseRuns'>;
  readonly queue: Pick<Queue, 'ring'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A new one for every claim: the result of a claim that was lost is never taken for that of the next. */
  readonly newOwner: () => string;
  readonly leaseMs: number;
  readonly execute: (run: ClaimedRun, owner: string) => Promise<Next['next'] | null>;
}

export interface RunPool {
  /** Looks for runs; resolves when this pool could take more of them than there were. */
  wake(): Promise<void>;
  /** Claims nothing any more. */
  close(): Promise<void>;
  /** Resolves when every run under way has ended. */
  drained(): Promise<void>;
}

const RETRY_MS = 1_000;

/** The runs of one destination: claims as many as it has room for, and works them off side by side. */
export function createRunPool(dependencies: PoolDependencies, options: PoolOptions): RunPool {
  const { ledger, clock, leaseMs } = dependencies;
  const { destination, concurrency } = options;
  const active = new Set<Promise<void>>();
  let closed = false;

  const start = (run: ClaimedRun, owner: string): void => {
    const work = workOff(dependencies, run, owner).finally(() => {
      active.delete(work);
      void claims.wake();
    });
    active.add(work);
  };

  const claim = async (): Promise<boolean> => {
    const limit = concurrency - active.size;
    if (limit <= 0 || !(await mayRun(dependencies, options))) return false;
    const owner = dependencies.newOwner();
    const runs = await ledger.claimRuns({ destination, limit, owner, leaseMs, nowMs: clock.now() });
    // Claimed while the daemon began to stop: somebody else may start them at once.
    if (closed) await ledger.releaseRuns(owner, idsOf(runs));
    else for (const run of runs) start(run, owner);
    // As many as there was room for: there may be more, for a worker with idle hands.
    if (runs.length === limit) dependencies.queue.ring({ kind: 'run', destination });
    // One person's many calls may have hidden the next person's; now that he is being worked on, they do not.
    return runs.length > 0 && runs.length < limit;
  };

  const claims = createSingleFlight(claim, (error) => claimAgainLater(dependencies, destination, error));
  return {
    wake: createWake(claims, active, () => !closed && active.size >= concurrency),
    close() {
      closed = true;
      return claims.stop();
    },
    async drained() {
      await Promise.all(active);
    },
  };
}

/** However many wait for room, one of them watches the runs. */
function createWake(claims: SingleFlight, active: ReadonlySet<Promise<void>>, isFull: () => boolean): RunPool['wake'] {
  let room: Promise<void> | null = null;
  const untilRoom = async (): Promise<void> => {
    await claims.wake();
    while (isFull()) {
      await Promise.race(active);
      await claims.wake();
    }
    room = null;
  };
  return () => {
    if (room === null) room = untilRoom();
    else void claims.wake();
    return room;
  };
}

function claimAgainLater({ queue, clock, logger }: PoolDependencies, destination: string, error: unknown): void {
  logger.error('run.not_claimed', { destination, error });
  queue.ring({ kind: 'run', destination }, clock.now() + RETRY_MS);
}

function idsOf(runs: readonly ClaimedRun[]): readonly string[] {
  return runs.map(({ id }) => id);
}

/** A backlog that is claimed while the rate is used up would be sent away run by run, each with an attempt on disk. */
function hasRoom({ queue, clock }: PoolDependencies, { destination, roomAtMs }: PoolOptions): boolean {
  const atMs = roomAtMs();
  if (atMs <= clock.now()) return true;
  queue.ring({ kind: 'run', destination }, atMs);
  return false;
}

/** While the destination is paused nothing is claimed: a run that cannot do anything would only look busy. */
async function mayRun(dependencies: PoolDependencies, options: PoolOptions): Promise<boolean> {
  const { queue, clock } = dependencies;
  if (!hasRoom(dependencies, options)) return false;
  if (options.canRun(clock.now()).ok) return true;
  await options.refresh();
  const verdict = options.canRun(clock.now());
  if (!verdict.ok && verdict.untilMs !== null) {
    queue.ring({ kind: 'run', destination: options.destination }, verdict.untilMs);
  }
  return verdict.ok;
}

async function workOff({ execute, queue, logger }: PoolDependencies, run: ClaimedRun, owner: string): Promise<void> {
  try {
    const next = await execute(run, owner);
    if (next?.state === 'due') queue.ring({ kind: 'run', destination: next.destination }, next.dueAtMs);
    if (next?.state === 'held' && next.dueAtMs !== null) {
      queue.ring({ kind: 'run', destination: run.destination }, next.dueAtMs);
    }
  } catch (error) {
    // The ledger did not take the result. The lease ends by itself, then the run is claimed again.
    logger.error('run.result_not_kept', { run: run.id, destination: run.destination, error });
  }
}
