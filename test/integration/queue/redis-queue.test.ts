import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Queue as BullQueue } from 'bullmq';
import { Redis } from 'ioredis';

import type { Bell } from '../../../src/queue/queue.ts';
import { connectRedis, type RedisLink } from '../../../src/queue/redis/redis-link.ts';
import { createRedisQueue, type RedisQueue } from '../../../src/queue/redis/redis-queue.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createLog, type Log } from '../../support/log.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { waitUntil } from '../../support/wait-until.ts';

const EVENT: Bell = { kind: 'event' };
/** As awkward as an operator may name it. */
const CRM: Bell = { kind: 'run', destination: 'Acme: {crm} ü' };
const PREFIX = 'test';

let redis: TestRedis;
let log: Log;
const opened: Station[] = [];

interface Station {
  readonly link: RedisLink;
  readonly queue: RedisQueue;
  readonly heard: Bell[];
  close(): Promise<void>;
}

beforeAll(async () => {
  redis = await startRedis({ password: 'hunter2' });
});
beforeEach(async () => {
  log = createLog();
  await redis.flushAll();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((station) => station.close()));
});
afterAll(() => redis.stop());

/** What one process has: a link and a queue. */
async function openStation(): Promise<Station> {
  const target = parseRedisUrl(redis.url);
  if (target.kind !== 'ok') throw new Error(target.problem);
  const link = connectRedis({ target, prefix: PREFIX, logger: log.logger });
  const queue = createRedisQueue({ link, destinations: ['Acme: {crm} ü'], clock: systemClock, logger: log.logger });
  const station: Station = {
    link,
    queue,
    heard: [],
    async close() {
      await queue.close();
      link.close();
    },
  };
  opened.push(station);
  await waitUntil(() => link.available(), { what: 'the link' });
  return station;
}

/** A process that answers bells; `work` is what it does with each. */
async function openWorker(work: (bell: Bell) => void | Promise<void> = () => undefined): Promise<Station> {
  const station = await openStation();
  station.queue.answer((bell) => {
    station.heard.push(bell);
    return work(bell);
  });
  return station;
}

async function withVendor<Value>(name: string, look: (queue: BullQueue) => Promise<Value>): Promise<Value> {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const queue = new BullQueue(name, { connection, prefix: `{${PREFIX}}` });
  try {
    return await look(queue);
  } finally {
    await queue.close();
    connection.disconnect();
  }
}

const counts = (name: string) => withVendor(name, (queue) => queue.getJobCounts());
const NOTHING = { active: 0, completed: 0, delayed: 0, failed: 0, prioritized: 0, waiting: 0 };

test('a bell of one process is heard in another, and nothing is left of it', async () => {
  const worker = await openWorker();
  const receiver = await openStation();
  receiver.queue.ring(EVENT);
  receiver.queue.ring(CRM);
  await waitUntil(() => worker.heard.length === 2, { what: 'both bells' });
  expect(worker.heard).toEqual(expect.arrayContaining([EVENT, CRM]));
  const encoded = `runs-${encodeURIComponent('Acme: {crm} ü')}`;
  for (const name of ['events', encoded]) {
    await waitUntil(async () => (await counts(name)).active === 0, { what: 'the end of the job' });
    expect(await counts(name)).toMatchObject(NOTHING);
  }
});

test('a job holds the name of a destination and nothing else; every key is in one hash slot', async () => {
  const receiver = await openStation();
  receiver.queue.ring(EVENT);
  receiver.queue.ring(CRM);
  receiver.queue.ring({ kind: 'run', destination: 'gone from the config' });
  const jobs = await waitUntil(
    async () => {
      const names = ['events', `runs-${encodeURIComponent('Acme: {crm} ü')}`, 'runs-of-others'];
      const waiting = await Promise.all(names.map((name) => withVendor(name, (queue) => queue.getWaiting())));
      return waiting.every((found) => found.length === 1) && waiting.flat();
    },
    { what: 'three waiting jobs' },
  );
  expect(jobs.map((job) => job.data)).toEqual([
    {},
    { destination: 'Acme: {crm} ü' },
    { destination: 'gone from the config' },
  ]);
  const keys = (await redis.command('KEYS', '*')).split('\n');
  expect(keys.filter((key) => !key.startsWith('{test}:'))).toEqual([]);
});

test('a thousand rings are a few jobs', async () => {
  const receivers = [await openStation(), await openStation()];
  for (let round = 0; round < 500; round += 1) for (const { queue } of receivers) queue.ring(EVENT);
  await waitUntil(async () => (await counts('events'))['waiting'] === 1, { what: 'one job' });
  expect(await counts('events')).toMatchObject({ ...NOTHING, waiting: 1 });
});

test('a ring that comes while a worker looks is heard again: it may be about what the look did not see', async () => {
  const looking = Promise.withResolvers<void>();
  const worker = await openWorker((): Promise<void> | void =>
    worker.heard.length === 1 ? looking.promise : undefined,
  );
  const receiver = await openStation();
  receiver.queue.ring(EVENT);
  await waitUntil(() => worker.heard.length === 1, { what: 'the first bell' });
  receiver.queue.ring(EVENT);
  await waitUntil(async () => (await counts('events'))['waiting'] === 1, { what: 'the second bell' });
  looking.resolve();
  await waitUntil(() => worker.heard.length === 2, { what: 'the second look' });
});

test('a worker with its hands full leaves bells to idle ones', async () => {
  const full = Promise.withResolvers<void>();
  const busy = await openWorker(() => full.promise);
  const receiver = await openStation();
  receiver.queue.ring(CRM);
  await waitUntil(() => busy.heard.length === 1, { what: 'the busy worker' });
  const idle = await openWorker();
  receiver.queue.ring(CRM);
  await waitUntil(() => idle.heard.length === 1, { what: 'the idle worker' });
  expect(busy.heard).toHaveLength(1);
  full.resolve();
});

test('of bells for later the earliest rings; one that is rung again and again is one job', async () => {
  const receiver = await openStation();
  const soonMs = Date.now() + 600;
  for (let round = 0; round < 20; round += 1) receiver.queue.ring(CRM, soonMs);
  receiver.queue.ring(CRM, soonMs + 60_000);
  const name = `runs-${encodeURIComponent('Acme: {crm} ü')}`;
  await waitUntil(async () => (await counts(name))['delayed'] === 1, { what: 'one delayed job' });
  const worker = await openWorker();
  await waitUntil(() => worker.heard.length > 0, { what: 'the bell' });
  expect(Date.now()).toBeGreaterThanOrEqual(soonMs);
  await waitUntil(async () => (await counts(name)).active === 0, { what: 'the end of the job' });
  expect(await counts(name)).toMatchObject(NOTHING);
});

test('what a stopping worker was at rings for the others', async () => {
  const endless = new Promise<void>(() => undefined);
  const leaving = await openStation();
  const stop = leaving.queue.answer((bell) => {
    leaving.heard.push(bell);
    return endless;
  });
  leaving.queue.ring(CRM);
  await waitUntil(() => leaving.heard.length === 1, { what: 'the bell' });
  const staying = await openWorker();
  stop();
  await leaving.queue.close();
  await waitUntil(() => staying.heard.length === 1, { what: 'the bell given back' });
});

test('emptied while running: bells ring on, and a delayed one that is rung again is back', async () => {
  const worker = await openWorker();
  const receiver = await openStation();
  const atMs = Date.now() + 1500;
  receiver.queue.ring(CRM, atMs);
  await redis.flushAll();
  receiver.queue.ring(EVENT);
  await waitUntil(() => worker.heard.some(({ kind }) => kind === 'event'), { what: 'an event after FLUSHALL' });
  // As the sweeper does each second.
  const sweeping = setInterval(() => receiver.queue.ring(CRM, atMs), 200);
  await waitUntil(() => worker.heard.some(({ kind }) => kind === 'run'), { what: 'the delayed bell' });
  clearInterval(sweeping);
});

test('away: rings stay in the process, are told once, and leave again when Redis is back', async () => {
  const worker = await openWorker();
  const receiver = await openStation();
  await redis.halt('hard');
  await waitUntil(() => !worker.link.available() && !receiver.link.available(), { what: 'the outage' });
  try {
    for (let round = 0; round < 100; round += 1) receiver.queue.ring(EVENT);
    expect(receiver.queue.dropped()).toBe(100);
    // The worker's own sweeper rings too, and that is how it finds the work.
    worker.queue.ring(CRM);
    await waitUntil(() => worker.heard.length === 1, { what: 'the bell of the own process' });
  } finally {
    await redis.start();
  }
  await waitUntil(() => worker.link.available() && receiver.link.available(), { what: 'the link' });
  receiver.queue.ring(EVENT);
  await waitUntil(() => worker.heard.some(({ kind }) => kind === 'event'), { what: 'a bell after the outage' });
  expect(log.named('redis.away')).toHaveLength(2);
  expect(log.named('redis.back')).toHaveLength(2);
  expect(JSON.stringify(log.lines)).not.toContain('hunter2');
});

test('full: rings stay in the process, are told once, and leave again when there is room', async () => {
  const worker = await openWorker();
  const receiver = await openStation();
  await redis.command('CONFIG', 'SET', 'maxmemory', '1');
  try {
    worker.queue.ring(CRM);
    await waitUntil(() => worker.heard.length === 1, { what: 'the bell of the own process' });
    receiver.queue.ring(EVENT);
    await waitUntil(() => receiver.queue.dropped() === 1, { what: 'the bell that was not taken' });
    expect(log.named('redis.away')[0]?.fields['reason']).toContain('OOM');
  } finally {
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  }
  const sweeping = setInterval(() => receiver.queue.ring(EVENT), 100);
  await waitUntil(() => worker.heard.some(({ kind }) => kind === 'event'), { what: 'a bell after that' });
  clearInterval(sweeping);
  expect(log.named('redis.away')).toHaveLength(2);
});

test('hanging: nobody waits longer than a second, then rings stay in the process; thawed, all goes on', async () => {
  const worker = await openWorker();
  redis.freeze();
  try {
    worker.queue.ring(EVENT);
    await waitUntil(() => worker.heard.length === 1, { what: 'the bell rung at home' });
    expect(worker.link.available()).toBe(false);
  } finally {
    redis.thaw();
  }
  const sweeping = setInterval(() => worker.queue.ring(CRM), 100);
  await waitUntil(() => log.named('redis.back').length === 1, { what: 'Redis to be back' });
  clearInterval(sweeping);
  const before = worker.heard.length;
  const receiver = await openStation();
  receiver.queue.ring(EVENT);
  await waitUntil(() => worker.heard.length > before, { what: 'a bell through Redis' });
});

test('a daemon starts and stops without Redis', async () => {
  await redis.halt('hard');
  const target = parseRedisUrl(redis.url);
  if (target.kind !== 'ok') throw new Error(target.problem);
  const link = connectRedis({ target, prefix: PREFIX, logger: log.logger });
  const queue = createRedisQueue({ link, destinations: [], clock: systemClock, logger: log.logger });
  const heard: Bell[] = [];
  queue.answer((bell) => void heard.push(bell));
  queue.ring(EVENT);
  await waitUntil(() => heard.length === 1, { what: 'the bell of the own process' });
  await queue.close();
  link.close();
  await redis.start();
});
