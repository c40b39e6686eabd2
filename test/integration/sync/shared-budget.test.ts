import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as pause } from 'node:timers/promises';

import type { Rate } from '../../../src/destinations/rate.ts';
import { connectRedis, type RedisLink } from '../../../src/queue/redis/redis-link.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { createReservations, type Reservations } from '../../../src/queue/redis/reservations.ts';
import { systemAfter } from '../../../src/shared/after.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { Budget, Slot } from '../../../src/sync/budget.ts';
import { createSharedBudget } from '../../../src/sync/shared-budget.ts';
import { createLog } from '../../support/log.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { waitUntil } from '../../support/wait-until.ts';

const never = new AbortController().signal;

let redis: TestRedis;
const opened: Process[] = [];

/** What one worker process has of a budget. */
interface Process {
  readonly link: RedisLink;
  readonly reservations: Reservations;
  budget(rate: Rate, maxWaitMs?: number): Budget;
  close(): void;
}

beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(() => redis.flushAll());
afterEach(() => {
  for (const process of opened.splice(0)) process.close();
});
afterAll(() => redis.stop());

async function openProcess(): Promise<Process> {
  const target = parseRedisUrl(redis.url);
  if (target.kind !== 'ok') throw new Error(target.problem);
  const link = connectRedis({ target, prefix: 'test', logger: createLog().logger });
  const reservations = createReservations(link);
  const process: Process = {
    link,
    reservations,
    budget: (rate, maxWaitMs = 30_000) =>
      createSharedBudget({ rate, clock: systemClock, after: systemAfter, maxWaitMs, reservations, key: 'crm' }),
    close() {
      reservations.close();
      link.close();
    },
  };
  opened.push(process);
  await waitUntil(() => link.available(), { what: 'the link' });
  return process;
}

function release(slot: Slot): void {
  if (slot.kind === 'free') slot.release();
}

/** The most that fall into any stretch of this length. */
function mostWithin(times: readonly number[], lengthMs: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  return Math.max(0, ...sorted.map((from) => sorted.filter((at) => at >= from && at < from + lengthMs).length));
}

test('several processes together stay within windows and slots, and everybody is served', async () => {
  const processes = [await openProcess(), await openProcess(), await openProcess()];
  const scenario = fc.record({
    n: fc.integer({ min: 1, max: 5 }),
    slots: fc.integer({ min: 1, max: 4 }),
    requests: fc.array(
      fc.record({ process: fc.nat({ max: 2 }), afterMs: fc.nat({ max: 60 }), takesMs: fc.nat({ max: 25 }) }),
      { minLength: 1, maxLength: 25 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ n, slots, requests }) => {
      await redis.flushAll();
      const windowMs = 150;
      const rate: Rate = { max_in_flight: slots, per: [{ n, seconds: windowMs / 1000 }] };
      const budgets = processes.map((process) => process.budget(rate));
      // Redis writes down when each was let in; our own clock would add the way back.
      const inFlight = { now: 0, most: 0 };
      await Promise.all(
        requests.map(async ({ process, afterMs, takesMs }) => {
          await pause(afterMs);
          const slot = await budgets[process]?.acquire(never);
          expect(slot).toMatchObject({ kind: 'free' });
          inFlight.now += 1;
          inFlight.most = Math.max(inFlight.most, inFlight.now);
          await pause(takesMs);
          inFlight.now -= 1;
          if (slot !== undefined) release(slot);
        }),
      );
      expect(inFlight.most).toBeLessThanOrEqual(slots);
    }),
    { numRuns: 12 },
  );
});

test('never more than n in any window, by the times of Redis itself', async () => {
  const processes = [await openProcess(), await openProcess(), await openProcess()];
  const limits = { windows: [{ n: 5, lengthMs: 200 }], slots: 100 };
  const granted: number[] = [];
  const untilMs = Date.now() + 1_500;
  await Promise.all(
    processes.map(async ({ reservations }) => {
      while (Date.now() < untilMs) {
        const beforeMs = Date.now();
        const answer = await reservations.reserve('crm', limits);
        if (answer.kind === 'free') granted.push(beforeMs);
        else await pause(1);
      }
    }),
  );
  const [log] = (await redis.command('KEYS', '*window*')).split('\n');
  expect(log).toContain('{test}:budget:crm:window-5-200');
  expect(granted.length).toBeGreaterThan(20);
  expect(granted.length).toBeLessThanOrEqual(5 * Math.ceil(1_500 / 200) + 5);
  // Between asking and being let in lie a few milliseconds at most; a window that was off by more would show.
  expect(mostWithin(granted, 150)).toBeLessThanOrEqual(5);
});

test('slots of a killed holder come back', async () => {
  const killed = await openProcess();
  const rate: Rate = { max_in_flight: 2, per: [] };
  const dying = killed.budget(rate);
  await dying.acquire(never);
  await dying.acquire(never);
  killed.close();
  const heir = (await openProcess()).budget(rate, 100);
  expect(await heir.acquire(never)).toMatchObject({ kind: 'busy' });
  const slot = await waitUntil(
    async () => {
      const answer = await heir.acquire(never);
      return answer.kind === 'free' && answer;
    },
    { what: 'the lease of the killed process to end', timeoutMs: 15_000 },
  );
  release(slot);
});

test('a slot that is held for long is held on', async () => {
  const holder = await openProcess();
  const rate: Rate = { max_in_flight: 1, per: [] };
  const held = await holder.budget(rate).acquire(never);
  const other = (await openProcess()).budget(rate, 8_000);
  const slot = await other.acquire(never);
  expect(slot).toMatchObject({ kind: 'busy' });
  release(held);
  expect(await other.acquire(never)).toMatchObject({ kind: 'free' });
});

test('silence that one process was asked for holds all', async () => {
  const rate: Rate = { max_in_flight: 9, per: [] };
  const asked = (await openProcess()).budget(rate, 100);
  const other = (await openProcess()).budget(rate, 100);
  asked.blockUntil(Date.now() + 60_000);
  const slot = await waitUntil(
    async () => {
      const answer = await other.acquire(never);
      release(answer);
      return answer.kind === 'busy' && answer;
    },
    { what: 'the silence to reach the other process' },
  );
  expect(slot.notBeforeMs).toBeGreaterThan(Date.now() + 50_000);
  expect(other.roomAtMs()).toBeGreaterThan(Date.now() + 50_000);
});

test('a busy process leaves its share to others', async () => {
  const rate: Rate = { max_in_flight: 1, per: [] };
  const greedy = (await openProcess()).budget(rate);
  const modest = (await openProcess()).budget(rate);
  const served: string[] = [];
  const use = async (budget: Budget, name: string): Promise<void> => {
    const slot = await budget.acquire(never);
    await pause(5);
    served.push(name);
    release(slot);
  };
  const flood = Promise.all(Array.from({ length: 40 }, () => use(greedy, 'greedy')));
  await waitUntil(() => served.length > 2, { what: 'the flood to begin', everyMs: 1 });
  await use(modest, 'modest');
  expect(served.length).toBeLessThan(20);
  await flood;
});

test('without Redis each process keeps the rate for itself; with it again, they share', async () => {
  const process = await openProcess();
  const budget = process.budget({ max_in_flight: 9, per: [{ n: 2, seconds: 60 }] }, 100);
  await redis.halt('hard');
  await waitUntil(() => !process.link.available(), { what: 'the outage' });
  release(await budget.acquire(never));
  release(await budget.acquire(never));
  expect(await budget.acquire(never)).toMatchObject({ kind: 'busy' });
  await redis.start();
  await waitUntil(() => process.link.available(), { what: 'the link' });
  const other = (await openProcess()).budget({ max_in_flight: 1, per: [] }, 100);
  const third = process.budget({ max_in_flight: 1, per: [] }, 100);
  release(await other.acquire(never));
  const held = await third.acquire(never);
  expect(await other.acquire(never)).toMatchObject({ kind: 'busy' });
  release(held);
});

test('whoever stops waits no longer', async () => {
  const budget = (await openProcess()).budget({ max_in_flight: 1, per: [] });
  await budget.acquire(never);
  const stop = new AbortController();
  const waiting = budget.acquire(stop.signal);
  stop.abort();
  expect(await waiting).toMatchObject({ kind: 'busy' });
});

test('room goes to the most urgent of a process first', async () => {
  const budget = (await openProcess()).budget({ max_in_flight: 1, per: [] });
  const held = await budget.acquire(never);
  const served: string[] = [];
  const waiting = (['replay', 'retry', 'first', 'retry', 'first'] as const).map(async (mine, index) => {
    const slot = await budget.acquire(never, () => mine);
    served.push(`${mine} ${index}`);
    release(slot);
  });
  release(held);
  await Promise.all(waiting);
  expect(served).toEqual(['first 2', 'first 4', 'retry 1', 'retry 3', 'replay 0']);
});
