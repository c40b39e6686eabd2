import { afterAll, afterEach, beforeAll, beforeEach, test } from '@jest/globals';

import type { Queue } from '../../../src/queue/queue.ts';
import { connectRedis, type RedisLink } from '../../../src/queue/redis/redis-link.ts';
import { createRedisQueue, type RedisQueue } from '../../../src/queue/redis/redis-queue.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { startSweeper } from '../../../src/queue/sweeper.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createLog } from '../../support/log.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { finished, integration, openHouse, scripted, type House } from '../integrations/harness.ts';

let redis: TestRedis;
let house: House;
const opened: { readonly link: RedisLink; readonly queue: RedisQueue }[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  await redis.flushAll();
  house = await openHouse();
});
afterEach(async () => {
  await house.close();
  for (const { link, queue } of opened.splice(0)) {
    await queue.close();
    link.close();
  }
});
afterAll(() => redis.stop());

/** The queue of one process. */
async function openQueue(): Promise<{ readonly link: RedisLink; readonly queue: RedisQueue }> {
  const target = parseRedisUrl(redis.url);
  if (target.kind !== 'ok') throw new Error(target.problem);
  const { logger } = createLog();
  const link = connectRedis({ target, prefix: 'test', logger });
  const queue = createRedisQueue({ link, destinations: ['crm'], clock: systemClock, logger });
  opened.push({ link, queue });
  await waitUntil(() => link.available(), { what: 'the link' });
  return { link, queue };
}

/** A worker that can do two runs at once, and how many it is doing. */
function startWorker(queue: Queue, untilThen: Promise<void>) {
  const action = scripted('crm', async () => {
    await untilThen;
    return finished();
  });
  house.startWorker({
    integrations: [integration([action])],
    pools: [{ destination: 'crm', concurrency: 2 }],
    queue,
  });
  return action;
}

async function deliver(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const facts = { customer_number: `+1202555${String(1_000 + number)}` };
    await house.deliver({ call: `c${number}`, type: 'call.ended', facts });
  }
}

test('one bell for a burst is enough: each worker that has its hands full wakes the next', async () => {
  const ended = Promise.withResolvers<void>();
  const queues = [await openQueue(), await openQueue(), await openQueue()];
  const actions = queues.map(({ queue }) => startWorker(queue, ended.promise));
  const receiver = await openQueue();
  await deliver(10);
  receiver.queue.ring({ kind: 'event' });
  // Nobody sweeps here: it is the bells that reach all three.
  await waitUntil(() => actions.every(({ inputs }) => inputs.length === 2), { what: 'all workers to be at work' });
  ended.resolve();
  await waitUntil(() => actions.reduce((sum, { inputs }) => sum + inputs.length, 0) === 10, { what: 'all ten runs' });
});

test('while Redis is away, a new event waits for the next sweep and no longer', async () => {
  const worker = await openQueue();
  const action = startWorker(worker.queue, Promise.resolve());
  const { logger } = createLog();
  const receiver = await openQueue();
  await redis.halt('hard');
  await waitUntil(() => !receiver.link.available() && !worker.link.available(), { what: 'the outage' });
  const sweeper = startSweeper({
    ledger: house.ledger,
    queue: worker.queue,
    clock: systemClock,
    logger,
    intervalMs: 50,
  });
  try {
    await deliver(1);
    receiver.queue.ring({ kind: 'event' });
    await waitUntil(() => action.inputs.length === 1, { what: 'the run' });
  } finally {
    await sweeper.stop();
    await redis.start();
  }
});
