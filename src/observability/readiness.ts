import type { Clock } from '../shared/clock.ts';
import type { Health, Readiness } from './health.ts';

/** The JSON of `/readyz`. */
export type ReadinessAnswer = Readiness & {
  /** In the mode with Redis. Without it work is found by polling, so it makes nobody unready. */
  readonly redis?: 'up' | 'away: workers poll the ledger';
};

export interface ReadinessDependencies {
  readonly health: Pick<Health, 'readiness'>;
  readonly ledger: { checkWritable(): Promise<void> };
  /** Null in the modes without Redis. */
  readonly redis: { up(): boolean } | null;
  readonly clock: Clock;
}

/** Anybody may ask as often as he likes: the ledger is asked once a second at most. */
const FRESH_MS = 1_000;
/** Balancers give an answer a few seconds. */
const LEDGER_WITHIN_MS = 2_000;

/** What `/readyz` answers: the phase of this process, and whether the ledger can be written right now. */
export function createCheckReadiness(dependencies: ReadinessDependencies): () => Promise<ReadinessAnswer> {
  const { health, ledger, redis, clock } = dependencies;
  let last: { readonly atMs: number; readonly writable: Promise<boolean> } | null = null;
  const isWritable = (): Promise<boolean> => {
    const nowMs = clock.now();
    if (last === null || Math.abs(nowMs - last.atMs) >= FRESH_MS) last = { atMs: nowMs, writable: inTime(ledger) };
    return last.writable;
  };
  return async () => {
    const readiness = health.readiness();
    const redisState = redis === null ? {} : ({ redis: redis.up() ? 'up' : 'away: workers poll the ledger' } as const);
    if (readiness.kind === 'not_ready' || (await isWritable())) return { ...readiness, ...redisState };
    return { kind: 'not_ready', reason: 'ledger cannot be written', ...redisState };
  };
}

async function inTime(ledger: ReadinessDependencies['ledger']): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), LEDGER_WITHIN_MS);
  ledger.checkWritable().then(
    () => resolve(true),
    () => resolve(false),
  );
  const writable = await promise;
  clearTimeout(timer);
  return writable;
}
