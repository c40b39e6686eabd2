import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { connectRedis, type RedisLink } from '../../../src/queue/redis/redis-link.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { createLimits, type Limits } from '../../../src/receive/limits.ts';
import type { Rate, ReceivedSource } from '../../../src/receive/received-source.ts';
import { createLog } from '../../support/log.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { waitUntil } from '../../support/wait-until.ts';

let redis: TestRedis;
const links: RedisLink[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(() => redis.flushAll());
afterEach(() => {
  for (const link of links.splice(0)) link.close();
});
afterAll(() => redis.stop());

/** What one receiver process has. */
async function openReceiver(perAddress: Rate | null): Promise<{ readonly limits: Limits; readonly link: RedisLink }> {
  const target = parseRedisUrl(redis.url);
  if (target.kind !== 'ok') throw new Error(target.problem);
  const link = connectRedis({ target, prefix: 'test', logger: createLog().logger });
  links.push(link);
  await waitUntil(() => link.available(), { what: 'the link' });
  return { link, limits: createLimits(perAddress, link) };
}

function source(name: string, rateLimit: ReceivedSource['rateLimit']): ReceivedSource {
  return { name, rateLimit } as ReceivedSource;
}

const counted = async (): Promise<number> => {
  const keys = (await redis.command('KEYS', '*limit:address*')).split('\n').filter((key) => key !== '');
  const counts = await Promise.all(keys.map((key) => redis.command('GET', key)));
  return counts.reduce((sum, count) => sum + Number(count), 0);
};

test('receivers count an address together', async () => {
  const rate = { count: 6, seconds: 60 };
  const [one, other] = [await openReceiver(rate), await openReceiver(rate)];
  for (let sent = 0; sent < 6; sent += 1) {
    const { limits } = sent % 2 === 0 ? one : other;
    expect(await limits.takeForAddress('192.0.2.1')).toBeNull();
  }
  await waitUntil(async () => (await counted()) === 6, { what: 'six requests in Redis' });
  // Each has let through three of its own six; the next one of either is the seventh of both.
  await waitUntil(async () => (await one.limits.takeForAddress('192.0.2.1')) !== null, { what: 'the limit' });
  await waitUntil(async () => (await other.limits.takeForAddress('192.0.2.1')) !== null, { what: 'the limit there' });
  expect(await counted()).toBeLessThan(12);
  expect(await one.limits.takeForAddress('198.51.100.7')).toBeNull();
});

test('receivers count a source together, and say when to come again', async () => {
  const [one, other] = [await openReceiver(null), await openReceiver(null)];
  const limited = source('callab', { count: 4, seconds: 60 });
  for (let sent = 0; sent < 4; sent += 1) expect(await one.limits.takeForSource(limited)).toBeNull();
  const wait = await waitUntil(() => other.limits.takeForSource(limited), { what: 'the limit of the other' });
  expect(wait).toBeGreaterThan(30);
  expect(wait).toBeLessThanOrEqual(60);
});

test('Redis holds no address, and every counter ends with its window', async () => {
  const { limits } = await openReceiver({ count: 100, seconds: 60 });
  await limits.takeForAddress('192.0.2.77');
  await limits.takeForQuarantine(source('callab', null), 2_000);
  const keys = await waitUntil(
    async () => {
      const found = (await redis.command('KEYS', '*')).split('\n');
      return found.length === 3 && found;
    },
    { what: 'three counters' },
  );
  expect(keys.join(' ')).not.toContain('192');
  for (const key of keys) {
    expect(key.startsWith('{test}:limit:')).toBe(true);
    expect(Number(await redis.command('TTL', key))).toBeGreaterThan(0);
  }
});

test.each(['away', 'hanging'])(
  'with Redis %s nobody waits, and each process holds the rate for itself',
  async (how) => {
    const { limits } = await openReceiver({ count: 1000, seconds: 60 });
    if (how === 'away') await redis.halt('hard');
    else redis.freeze();
    try {
      // Were each to wait for Redis, a thousand would take minutes.
      for (let sent = 0; sent < 1000; sent += 1) expect(await limits.takeForAddress('192.0.2.1')).toBeNull();
      expect(await limits.takeForAddress('192.0.2.1')).not.toBeNull();
    } finally {
      if (how === 'away') await redis.start();
      else redis.thaw();
    }
  },
);
