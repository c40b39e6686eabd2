import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Bell } from '../../../src/queue/queue.ts';
import { connectRedis, type RedisLink } from '../../../src/queue/redis/redis-link.ts';
import { createRedisQueue } from '../../../src/queue/redis/redis-queue.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { createReservations } from '../../../src/queue/redis/reservations.ts';
import { createLimiter } from '../../../src/receive/limiter.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createLog, type Log } from '../../support/log.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { waitUntil } from '../../support/wait-until.ts';

// A Redis in cluster mode refuses (CROSSSLOT) whatever uses keys of two hash slots at once: BullMQ's scripts, the budgets',
// and the limits of receivers.

const log: Log = createLog();
let redis: TestRedis;
let link: RedisLink;

beforeAll(async () => {
  redis = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'] });
  await redis.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  const isWhole = async (): Promise<boolean> => (await redis.command('CLUSTER', 'INFO')).includes('cluster_state:ok');
  await waitUntil(isWhole, { what: 'the cluster' });
  const target = parseRedisUrl(redis.url);
  if (target.kind !== 'ok') throw new Error(target.problem);
  link = connectRedis({ target, prefix: 'test', logger: log.logger });
  await waitUntil(() => link.available(), { what: 'the link' });
});
afterAll(async () => {
  link.close();
  await redis.stop();
});

test('a Redis in cluster mode takes bells, budgets and limits', async () => {
  await expect(redis.command('MSET', 'a', '1', 'b', '2')).resolves.toContain('CROSSSLOT');

  const destination = 'Acme: {crm} ü';
  const queue = createRedisQueue({ link, destinations: [destination], clock: systemClock, logger: log.logger });
  const heard: Bell[] = [];
  queue.answer((bell) => void heard.push(bell));
  queue.ring({ kind: 'event' });
  queue.ring({ kind: 'run', destination }, Date.now() + 300);
  await waitUntil(() => new Set(heard.map(({ kind }) => kind)).size === 2, { what: 'both bells' });
  expect(queue.dropped()).toBe(0);

  const reservations = createReservations(link);
  const limits = { windows: [{ n: 1, lengthMs: 60_000 }], slots: 1 };
  expect(await reservations.reserve(destination, limits)).toMatchObject({ kind: 'free' });
  expect(await reservations.reserve(destination, limits)).toMatchObject({ kind: 'wait' });
  reservations.close();

  const limiter = createLimiter({ name: 'address', rate: { count: 5, seconds: 60 } }, link);
  expect(await limiter.take('2001:db8::1')).toBeNull();
  const countedKeys = async (): Promise<string> => redis.command('KEYS', '*limit:address*');
  await waitUntil(async () => (await countedKeys()).includes('2001:db8::1'), { what: 'the count in Redis' });

  expect(log.lines).toEqual([]);
  await queue.close();
});
