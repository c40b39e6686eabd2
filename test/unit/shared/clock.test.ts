import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createFollowingClock, createSteadyClock } from '../../../src/shared/clock.ts';

const START = Date.UTC(2026, 10, 20, 12);
const HOUR_MS = 3_600_000;

/** Time passes, and the host's clock is set by so much on top of it. */
interface Moment {
  readonly passesMs: number;
  readonly stepMs: number;
}

const moments = fc.array(
  fc.record({
    passesMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
    stepMs: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.integer({ min: -48 * HOUR_MS, max: 48 * HOUR_MS })),
  }),
  { maxLength: 60 },
);

function createHost() {
  const host = { ticks: 5_000, wallMs: START };
  return {
    ticks: () => host.ticks,
    wall: () => Math.floor(host.wallMs),
    pass({ passesMs, stepMs }: Moment): void {
      host.ticks += passesMs;
      host.wallMs += passesMs + stepMs;
    },
  };
}

test('a steady clock never goes back, and never runs a tenth too fast or too slow, however the host is set', () => {
  fc.assert(
    fc.property(moments, (all) => {
      const host = createHost();
      const clock = createSteadyClock(host.wall, host.ticks);
      for (const moment of all) {
        const before = clock.now();
        host.pass(moment);
        const passed = clock.now() - before;
        expect(passed).toBeGreaterThanOrEqual(Math.floor(moment.passesMs * 0.9) - 1);
        expect(passed).toBeLessThanOrEqual(Math.ceil(moment.passesMs * 1.1) + 1);
      }
    }),
  );
});

test('a steady clock comes to the time of the host: an hour in ten', () => {
  fc.assert(
    fc.property(moments, fc.integer({ min: -HOUR_MS, max: HOUR_MS }), (all, stepMs) => {
      const host = createHost();
      for (const moment of all) host.pass(moment);
      const clock = createSteadyClock(host.wall, host.ticks);
      host.pass({ passesMs: 0, stepMs });
      for (let minute = 0; minute <= 600; minute += 1) {
        host.pass({ passesMs: 60_000, stepMs: 0 });
        clock.now();
      }
      expect(Math.abs(clock.now() - host.wall())).toBeLessThanOrEqual(1);
    }),
    { numRuns: 20 },
  );
});

test('times are whole milliseconds', () => {
  const host = createHost();
  const clock = createSteadyClock(host.wall, host.ticks);
  host.pass({ passesMs: 1.7, stepMs: 0 });
  expect(clock.now()).toBe(START + 1);
});

test('a following clock takes over the shared time before it is used, wherever the host is', async () => {
  const host = createHost();
  const clock = createFollowingClock(host.ticks);
  const stop = await clock.follow({ readTime: () => Promise.resolve(1_000) }, fail);
  host.pass({ passesMs: 250, stepMs: -HOUR_MS });
  expect(clock.now()).toBe(1_250);
  stop();
});

test('a following clock cannot start without the shared time', async () => {
  const away = { readTime: () => Promise.reject(new Error('the ledger is away')) };
  await expect(createFollowingClock().follow(away, fail)).rejects.toThrow('the ledger is away');
});

function fail(error: unknown): never {
  throw error;
}
