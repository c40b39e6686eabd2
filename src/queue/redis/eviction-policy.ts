import type { Redis } from 'ioredis';

import type { Logger } from '../../shared/logger.ts';

const FIX = 'set maxmemory-policy to noeviction: CONFIG SET maxmemory-policy noeviction, and the same in redis.conf';

/**
 * Warns when Redis may throw away keys of its own accord: BullMQ's structures break when one of their keys is gone
 * (docs.bullmq.io/guide/going-to-production, "Max memory policy"). Bells lost that way come back through the sweeper,
 * but limits and budgets would count wrongly.
 */
export async function checkEvictionPolicy(redis: Redis, logger: Logger): Promise<void> {
  const policy = (await readByConfig(redis)) ?? (await readByInfo(redis));
  if (policy === 'noeviction') return;
  if (policy === null)
    logger.warn('redis.eviction_unknown', { problem: 'neither CONFIG nor INFO is allowed', fix: FIX });
  else logger.warn('redis.evicts_keys', { policy, fix: FIX });
}

async function readByConfig(redis: Redis): Promise<string | null> {
  try {
    const [, policy] = await redis.config('GET', 'maxmemory-policy');
    return typeof policy === 'string' ? policy : null;
  } catch {
    // Managed Redis forbids CONFIG.
    return null;
  }
}

async function readByInfo(redis: Redis): Promise<string | null> {
  try {
    return /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1] ?? null;
  } catch {
    return null;
  }
}
