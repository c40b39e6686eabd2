import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Urgency } from '../../../src/domain/urgency.ts';
import { createBudget, type Budget, type Slot } from '../../../src/sync/budget.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createManualTime } from '../../support/manual-time.ts';

const never = new AbortController().signal;

function open(rate: { max_in_flight: number; per: { n: number; seconds: number }[] }): {
  budget: Budget;
  time: ReturnType<typeof createManualTime>;
} {
  const time = createManualTime(1_000_000);
  return { time, budget: createBudget({ rate, clock: time.clock, after: time.after, maxWaitMs: 5000 }) };
}

function release(slot: Slot): void {
  if (slot.kind === 'free') slot.release();
}

test('lets in as many at once as allowed; the next waits for one to finish', async () => {
  const { budget } = open({ max_in_flight: 2, per: [] });
  const first = await budget.acquire(never);
  await budget.acquire(never);
  const third = budget.acquire(never);
  release(first);
  expect(await third).toMatchObject({ kind: 'free' });
});

test('whoever would wait too long is sent away with a time', async () => {
  const { budget, time } = open({ max_in_flight: 9, per: [{ n: 1, seconds: 60 }] });
  release(await budget.acquire(never));
  expect(await budget.acquire(never)).toEqual({ kind: 'busy', notBeforeMs: time.clock.now() + 60_000 });
});

test('waits a little when that is enough, and serves in order', async () => {
  const { budget, time } = open({ max_in_flight: 9, per: [{ n: 1, seconds: 2 }] });
  release(await budget.acquire(never));
  const order: string[] = [];
  const waiting = ['b', 'c'].map(async (name) => {
    release(await budget.acquire(never));
    order.push(name);
  });
  await time.advance(2000);
  expect(order).toEqual(['b']);
  await time.advance(2000);
  await Promise.all(waiting);
  expect(order).toEqual(['b', 'c']);
});

test('silence asked for by the other side holds everybody', async () => {
  const { budget, time } = open({ max_in_flight: 9, per: [] });
  budget.blockUntil(time.clock.now() + 30_000);
  expect(await budget.acquire(never)).toMatchObject({ kind: 'busy', notBeforeMs: time.clock.now() + 30_000 });
  await time.advance(30_000);
  expect(await budget.acquire(never)).toMatchObject({ kind: 'free' });
});

test('a stop frees whoever waits', async () => {
  const { budget } = open({ max_in_flight: 1, per: [] });
  await budget.acquire(never);
  const stop = new AbortController();
  const waiting = budget.acquire(stop.signal);
  stop.abort();
  expect(await waiting).toMatchObject({ kind: 'busy' });
});

test('a slot given back twice counts once', async () => {
  const { budget } = open({ max_in_flight: 1, per: [] });
  const slot = await budget.acquire(never);
  release(slot);
  release(slot);
  await budget.acquire(never);
  const stop = new AbortController();
  const waiting = budget.acquire(stop.signal);
  stop.abort();
  expect(await waiting).toMatchObject({ kind: 'busy' });
});

test('never more than n in any stretch of time, whatever the pattern of demand', async () => {
  const demand = fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(demand, fc.integer({ min: 1, max: 4 }), async (gaps, n) => {
      const { budget, time } = open({
        max_in_flight: 100,
        per: [
          { n, seconds: 1 },
          { n: 2 * n, seconds: 3 },
        ],
      });
      const admitted: number[] = [];
      const waiting: Promise<void>[] = [];
      for (const gap of gaps) {
        await time.advance(gap);
        waiting.push(
          budget.acquire(never).then((slot) => {
            if (slot.kind === 'free') admitted.push(time.clock.now());
            release(slot);
          }),
        );
      }
      await time.advance(10_000);
      await Promise.all(waiting);
      expect(admitted.length).toBeGreaterThan(0);
      expect(admitted.every((at, index) => index < n || at - (admitted[index - n] ?? 0) >= 1000)).toBe(true);
      expect(admitted.every((at, index) => index < 2 * n || at - (admitted[index - 2 * n] ?? 0) >= 3000)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('a clock that is set back silences nobody', async () => {
  const clock = createManualClock();
  const rate = { max_in_flight: 9, per: [{ n: 1, seconds: 2 }] };
  const budget = createBudget({ rate, clock, after: (delayMs, run) => clock.after(delayMs, run), maxWaitMs: 5000 });
  release(await budget.acquire(never));
  clock.advance(-3_600_000);
  expect(budget.roomAtMs()).toBeLessThanOrEqual(clock.now());
  expect(await budget.acquire(never)).toMatchObject({ kind: 'free' });
});

test('tells how much of it is used', async () => {
  const { budget, time } = open({ max_in_flight: 1, per: [{ n: 3, seconds: 10 }] });
  release(await budget.acquire(never));
  await time.advance(4_000);
  await budget.acquire(never);
  void budget.acquire(never);
  const blockedUntilMs = time.clock.now() + 1_000;
  budget.blockUntil(blockedUntilMs);
  const used = { inFlight: 1, maxInFlight: 1, waiting: 1, blockedUntilMs };
  expect(budget.reading()).toEqual({ ...used, windows: [{ n: 3, seconds: 10, left: 1 }] });
  await time.advance(6_000);
  expect(budget.reading()).toMatchObject({ waiting: 0, windows: [{ n: 3, seconds: 10, left: 2 }] });
});

test('the limits that the other side states take the place of ours, and what was sent before counts', async () => {
  const { budget, time } = open({ max_in_flight: 9, per: [{ n: 4, seconds: 10 }] });
  for (let count = 0; count < 3; count += 1) release(await budget.acquire(never));
  budget.setLimits([{ n: 2, seconds: 4 }]);
  expect(budget.reading().windows).toEqual([{ n: 2, seconds: 4, left: 0 }]);
  const waiting = budget.acquire(never);
  await time.advance(4000);
  expect(await waiting).toMatchObject({ kind: 'free' });
});

test('room goes to the most urgent, then to whoever came first; whoever waited his time is sent away', async () => {
  const urgency = fc.constantFrom<Urgency>('first', 'retry', 'replay');
  await fc.assert(
    fc.asyncProperty(fc.array(urgency, { minLength: 1, maxLength: 12 }), async (urgencies) => {
      const { budget, time } = open({ max_in_flight: 1, per: [] });
      const held = await budget.acquire(never);
      const served: number[] = [];
      const waiting = urgencies.map(async (mine, index) => {
        const slot = await budget.acquire(never, () => mine);
        if (slot.kind === 'free') served.push(index);
        release(slot);
      });
      release(held);
      await time.advance(0);
      await Promise.all(waiting);
      const rank = (index: number): number => ['first', 'retry', 'replay'].indexOf(urgencies[index] ?? '');
      expect(served).toEqual(urgencies.map((_mine, index) => index).toSorted((a, b) => rank(a) - rank(b)));
    }),
  );
});

test('a replay that more urgent ones always overtake is sent away when its longest wait is over', async () => {
  const { budget, time } = open({ max_in_flight: 9, per: [{ n: 1, seconds: 2 }] });
  release(await budget.acquire(never));
  const replay = budget.acquire(never, () => 'replay');
  for (let count = 0; count < 3; count += 1) {
    const first = budget.acquire(never, () => 'first');
    await time.advance(2000);
    expect(await first).toMatchObject({ kind: 'free' });
  }
  expect(await replay).toMatchObject({ kind: 'busy' });
});

test('one that became more urgent while it waited is served so', async () => {
  const { budget } = open({ max_in_flight: 1, per: [] });
  const held = await budget.acquire(never);
  let mine: Urgency = 'replay';
  const order: string[] = [];
  const note = async (name: string, slot: Promise<Slot>): Promise<void> => {
    release(await slot);
    order.push(name);
  };
  const all = [
    note(
      'retry',
      budget.acquire(never, () => 'retry'),
    ),
    note(
      'shared',
      budget.acquire(never, () => mine),
    ),
  ];
  mine = 'first';
  release(held);
  await Promise.all(all);
  expect(order).toEqual(['shared', 'retry']);
});
