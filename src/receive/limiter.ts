import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

import { coalesce } from '../queue/redis/coalesce.ts';
import type { RedisLink } from '../queue/redis/redis-link.ts';
import type { Rate } from './received-source.ts';

/** Where the receivers count together. */
export type SharedCounters = Pick<RedisLink, 'ask' | 'commands' | 'prefix' | 'seed'>;

/** Counts in fixed windows. */
export interface Limiter {
  /** Null to let it pass, or the seconds after which to come again. */
  take(key: string, points?: number): Promise<number | null>;
}

export interface LimiterOptions {
  /** Begins the keys in Redis. */
  readonly name: string;
  readonly rate: Rate;
}

/** Between two batches for Redis. */
const GAP_MS = 20;

/**
 * A limiter that decides from the memory of this process and waits for nobody. With `shared`, what passed is told to
 * Redis right afterwards, in batches; when all receivers together have used up a window, each blocks the key until it
 * ends. So Redis costs a webhook no time, and a flood gets through what arrives within a gap and one way to Redis and
 * back. While Redis is away, every process holds the rate for itself.
 */
export function createLimiter({ name, rate }: LimiterOptions, shared?: SharedCounters): Limiter {
  const own = new RateLimiterMemory({ points: rate.count, duration: rate.seconds });
  const tell = shared === undefined ? null : createTeller({ name, rate }, own, shared);
  return {
    async take(key, points = 1) {
      const waitMs = await consume(own, key, points);
      if (waitMs === null) tell?.(key, points);
      return waitMs === null ? null : inSeconds(waitMs);
    },
  };
}

function createTeller({ name, rate }: LimiterOptions, own: RateLimiterMemory, shared: SharedCounters) {
  const keyPrefix = `${shared.prefix}:limit:${name}-${rate.count}-${rate.seconds}`;
  const together = new RateLimiterRedis({
    storeClient: shared.commands,
    keyPrefix,
    points: rate.count,
    duration: rate.seconds,
  });
  const untold = new Map<string, number>();
  const tellOne = async ([key, points]: readonly [string, number]): Promise<void> => {
    const waitMs = await consume(together, key, points);
    if (waitMs !== null) await own.block(key, inSeconds(waitMs));
  };
  const tellAll = coalesce(async () => {
    const batch = [...untold];
    untold.clear();
    // What Redis does not take is not told again: the count of this process holds meanwhile.
    await shared.ask(() => Promise.all(batch.map(tellOne)));
  }, GAP_MS);
  return (key: string, points: number): void => {
    untold.set(key, (untold.get(key) ?? 0) + points);
    tellAll();
  };
}

/** Null when it passed, or the milliseconds until the window ends. */
async function consume(limiter: RateLimiterMemory | RateLimiterRedis, key: string, points: number) {
  try {
    await limiter.consume(key, points);
    return null;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return error.msBeforeNext;
  }
}

function inSeconds(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}
