import type { Fold, Join, Ledger } from '../ledger/ledger.ts';
import type { Queue } from '../queue/queue.ts';
import { executeRun, type RunDependencies } from './execute-run.ts';
import { createFoldLoop, type FoldLoopDependencies } from './fold-loop.ts';
import { createRunPool, type PoolDependencies, type PoolOptions, type RunPool } from './run-pool.ts';

export interface WorkerDependencies extends Omit<
  RunDependencies,
  'ledger' | 'owner' | 'pausedUntil' | 'stopping' | 'metrics'
> {
  readonly ledger: RunDependencies['ledger'] & Pick<Ledger, 'foldPending' | 'claimRuns' | 'releaseRuns'>;
  readonly queue: Queue;
  readonly after: FoldLoopDependencies['after'];
  readonly metrics: RunDependencies['metrics'] & FoldLoopDependencies['metrics'];
  readonly fold: Fold;
  readonly join: Join;
  readonly busy: () => boolean;
  /** Makes a name that no other claim of any process has. */
  readonly newOwner: () => string;
  /** One pool each. */
  readonly destinations: readonly PoolOptions[];
  /** How long runs under way may take to end when the worker stops. */
  readonly graceMs: number;
}

export interface Worker {
  /** Claims nothing more, lets runs under way end within the grace, then interrupts them. */
  stop(): Promise<void>;
}

/** After an interruption, time to write down how far a run came. Its lease covers the rest. */
const LAST_WORDS_MS = 2_000;

/** Answers the bells: folds events, works off runs. Looks once at everything first, for what a predecessor left. */
export function startWorker(dependencies: WorkerDependencies): Worker {
  const { queue, destinations } = dependencies;
  const stopping = new AbortController();
  const pools = createPools(dependencies, stopping.signal);
  const foldLoop = createFoldLoop(dependencies);
  const stopAnswering = queue.answer((bell) =>
    bell.kind === 'event' ? foldLoop.wake() : pools.get(bell.destination).wake(),
  );
  void foldLoop.wake();
  for (const { destination } of destinations) void pools.get(destination).wake();
  return {
    async stop() {
      stopAnswering();
      await Promise.all([foldLoop.stop(), ...pools.all().map((pool) => pool.close())]);
      const drained = Promise.all(pools.all().map((pool) => pool.drained()));
      await within(dependencies, drained, dependencies.graceMs);
      stopping.abort(new Error('The daemon stops.'));
      await within(dependencies, drained, LAST_WORDS_MS);
    },
  };
}

interface Pools {
  /** A destination that left the config gets a small pool all the same: its runs are handed over or held, not forgotten. */
  get(destination: string): RunPool;
  all(): readonly RunPool[];
}

function createPools(dependencies: WorkerDependencies, stopping: AbortSignal): Pools {
  const options = new Map(dependencies.destinations.map((pool) => [pool.destination, pool]));
  const pools = new Map<string, RunPool>();
  const execute = createExecute(dependencies, options, stopping);
  return {
    get(destination) {
      const pool =
        pools.get(destination) ??
        createRunPool({ ...dependencies, execute }, options.get(destination) ?? withoutConfig(destination));
      pools.set(destination, pool);
      return pool;
    },
    all: () => [...pools.values()],
  };
}

function withoutConfig(destination: string): PoolOptions {
  return {
    destination,
    concurrency: 1,
    canRun: () => ({ ok: true }),
    roomAtMs: () => 0,
    refresh: () => Promise.resolve(),
  };
}

function createExecute(
  dependencies: WorkerDependencies,
  options: ReadonlyMap<string, PoolOptions>,
  stopping: AbortSignal,
): PoolDependencies['execute'] {
  const { clock, queue, integrations } = dependencies;
  const pausedUntil = (destination: string): number | null | undefined => {
    const verdict = options.get(destination)?.canRun(clock.now());
    return verdict === undefined || verdict.ok ? undefined : verdict.untilMs;
  };
  return async (run, owner) => {
    const next = await executeRun({ ...dependencies, owner, pausedUntil, stopping }, run);
    // If the call grew meanwhile, the run starts again at its first step, in the pool of that.
    const first = integrations.get(run.integration)?.actions[0]?.destination ?? run.destination;
    if (first !== run.destination) queue.ring({ kind: 'run', destination: first });
    return next;
  };
}

function within({ after }: WorkerDependencies, work: Promise<unknown>, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = after(limitMs, resolve);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
}
