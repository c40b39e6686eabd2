import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { startUpkeep } from '../../../src/daemon/start-upkeep.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createIds } from '../../../src/shared/ids.ts';

// Retention that took longer than from one turn to the next was begun a second time beside itself. Each counts what it
// deleted alone, so that two of them deleted twice what had to go to come down to `max_size`.

const MINUTE_MS = 60_000;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

function start() {
  const prunes: PromiseWithResolvers<{ events: number; calls: number; refusals: number }>[] = [];
  const locks: { owner: string; untilMs: number }[] = [];
  const quiet = (): void => {};
  const upkeep = startUpkeep({
    ledger: {
      hasPendingEvents: () => Promise.resolve(false),
      nextDue: () => Promise.resolve([]),
      takeLocks: (claim) => {
        locks.push(claim);
        return Promise.resolve(true);
      },
      prune: () => {
        const work = Promise.withResolvers<{ events: number; calls: number; refusals: number }>();
        prunes.push(work);
        return work.promise;
      },
    },
    queue: { ring: quiet },
    clock: systemClock,
    ids: createIds(systemClock),
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    metrics: { pruned: quiet },
    retention: { days: 30, max_size: 1 },
  });
  return { upkeep, prunes, locks };
}

test('retention is never at work twice, and keeps its lock for as long as it takes', async () => {
  const { upkeep, prunes, locks } = start();
  await jest.advanceTimersByTimeAsync(25 * MINUTE_MS);
  expect(prunes).toHaveLength(1);
  expect(locks.map(({ untilMs }) => untilMs)).toEqual([30, 40].map((minutes) => 1_000_000 + minutes * MINUTE_MS));
  prunes[0]?.resolve({ events: 0, calls: 0, refusals: 0 });
  await jest.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(prunes).toHaveLength(2);
  prunes[1]?.reject(new Error('the disk is full'));
  await jest.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(prunes).toHaveLength(3);
  await upkeep.stop();
});
