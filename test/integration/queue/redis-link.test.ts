import { expect, test } from '@jest/globals';

import { connectRedis, type RedisLink } from '../../../src/queue/redis/redis-link.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { createLog, type Log } from '../../support/log.ts';
import { startRedis, type RedisOptions, type TestRedis } from '../../support/redis.ts';
import { waitUntil } from '../../support/wait-until.ts';

interface Scene {
  readonly redis: TestRedis;
  readonly link: RedisLink;
  readonly log: Log;
}

async function withLink(
  options: RedisOptions,
  use: (scene: Scene) => Promise<void>,
  urlOf: (redis: TestRedis) => string = ({ url }) => url,
): Promise<void> {
  const redis = await startRedis(options);
  const log = createLog();
  const target = parseRedisUrl(urlOf(redis));
  if (target.kind !== 'ok') throw new Error(target.problem);
  const link = connectRedis({ target, prefix: 'test', logger: log.logger });
  try {
    await use({ redis, link, log });
  } finally {
    link.close();
    await redis.stop();
  }
}

const up = (link: RedisLink) => waitUntil(() => link.available(), { what: 'the link' });
const logged = (log: Log, event: string) => waitUntil(() => log.named(event)[0], { what: event });

test('a Redis that may throw keys away is told with the fix', async () => {
  await withLink({ maxmemoryPolicy: 'allkeys-lru' }, async ({ log }) => {
    const { level, fields } = await logged(log, 'redis.evicts_keys');
    expect(level).toBe('warn');
    expect(fields).toMatchObject({ policy: 'allkeys-lru', fix: expect.stringContaining('noeviction') });
  });
});

test('where CONFIG is forbidden, INFO says it', async () => {
  const args = ['--rename-command', 'CONFIG', ''];
  await withLink({ maxmemoryPolicy: 'volatile-ttl', args }, async ({ log }) => {
    expect((await logged(log, 'redis.evicts_keys')).fields).toMatchObject({ policy: 'volatile-ttl' });
  });
});

test('where nothing says it, that is told', async () => {
  const user = ['--user', 'hook', 'on', '>pw', '~*', '&*', '+@all', '-config', '-info'];
  const urlOf = ({ port }: TestRedis): string => `redis://hook:pw@127.0.0.1:${port}`;
  await withLink({ args: user }, async ({ log }) => void (await logged(log, 'redis.eviction_unknown')), urlOf);
});

test('a well set up Redis is not worth a word', async () => {
  await withLink({}, async ({ link, log }) => {
    await up(link);
    expect(await link.ask((redis) => redis.ping())).toEqual({ kind: 'ok', value: 'PONG' });
    await link.ask((redis) => redis.ping());
    expect(log.lines).toEqual([]);
  });
});

test('a wrong password is told, and not shown', async () => {
  const urlOf = ({ port }: TestRedis): string => `redis://:wrong-hunter2@127.0.0.1:${port}`;
  await withLink(
    { password: 'right-hunter2' },
    async ({ link, log }) => {
      expect((await logged(log, 'redis.away')).fields['reason']).toMatch(/password/i);
      expect(link.available()).toBe(false);
      expect(await link.ask((redis) => redis.ping())).toEqual({ kind: 'away' });
      expect(JSON.stringify(log.lines)).not.toContain('hunter2');
    },
    urlOf,
  );
});

test('Redis gone: every question is refused at once, nothing piles up, and it is told once', async () => {
  await withLink({}, async ({ redis, link, log }) => {
    await up(link);
    await redis.halt('hard');
    await logged(log, 'redis.away');
    for (let asked = 0; asked < 1000; asked += 1)
      expect(await link.ask((commands) => commands.ping())).toEqual({ kind: 'away' });
    expect(link.commands.commandQueue.length).toBe(0);
    await redis.start();
    await up(link);
    expect(log.lines.map(({ event }) => event)).toEqual(['redis.away', 'redis.back']);
  });
});

test('Redis hanging: one question waits for a second, the next ones not at all; thawed, it is asked again', async () => {
  await withLink({}, async ({ redis, link, log }) => {
    await up(link);
    redis.freeze();
    expect(await link.ask((commands) => commands.ping())).toEqual({ kind: 'away' });
    for (let asked = 0; asked < 1000; asked += 1)
      expect(await link.ask((commands) => commands.ping())).toEqual({ kind: 'away' });
    expect(log.named('redis.away')).toHaveLength(1);
    redis.thaw();
    await waitUntil(async () => (await link.ask((commands) => commands.ping())).kind === 'ok', { what: 'an answer' });
    expect(log.named('redis.back')).toHaveLength(1);
  });
});
