import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { createFold, createJoin } from '../../../src/integrations/fold-call.ts';
import { createFoldLoop, type FoldLoopDependencies } from '../../../src/integrations/fold-loop.ts';
import type { Bell } from '../../../src/queue/queue.ts';
import { createScriptedSource } from '../../support/scripted-platform.ts';
import { openHouse, type House } from './harness.ts';

const CALLS = 45;
const MS_PER_CALL = 5;
const sources = new Map([['tests', createScriptedSource('tests')]]);

// Every wait has its own limit; this one only has to be longer, on a busy machine too.

let house: House;

beforeEach(async () => {
  house = await openHouse();
  await Promise.all(
    Array.from({ length: CALLS }, (_, index) => house.deliver({ call: `c${index}`, type: 'call.ended' })),
  );
});

afterEach(async () => {
  await house.close();
});

/** Folds everything; folding one call takes `MS_PER_CALL`. Tells how long the loop rested after each batch. */
async function foldAll(
  rest: Partial<FoldLoopDependencies>,
): Promise<{ rests: readonly number[]; lags: readonly number[] }> {
  const { clock, ledger } = house;
  const rests: number[] = [];
  const lags: number[] = [];
  const fold = createFold({ sources, integrations: [] });
  const loop = createFoldLoop({
    ledger,
    queue: { ring() {} },
    clock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    after(delayMs, run) {
      rests.push(delayMs);
      run();
      return () => {};
    },
    metrics: { folded: (lagSeconds) => lags.push(lagSeconds) },
    fold(input) {
      clock.advance(MS_PER_CALL);
      return fold(input);
    },
    join: createJoin({ sources }),
    busy: () => false,
    ...rest,
  });
  void loop.wake();
  await house.calls(CALLS);
  await loop.stop();
  return { rests, lags };
}

test('while webhooks come in, folds in small batches and rests twice as long as each took', async () => {
  const { rests, lags } = await foldAll({ busy: () => true });
  // 20, 20 and 5 calls; after the last there is nothing to rest for.
  expect(rests).toEqual([20 * MS_PER_CALL * 2, 20 * MS_PER_CALL * 2]);
  expect(lags).toHaveLength(CALLS);
});

test('with nothing coming in, folds without a rest', async () => {
  expect((await foldAll({})).rests).toEqual([]);
});

test('a ledger that fails is asked again later, not at once', async () => {
  const bells: [Bell, number | undefined][] = [];
  const ledger = {
    foldPending: () => Promise.reject(new Error('disk full')),
  };
  const failed = Promise.withResolvers<void>();
  const loop = createFoldLoop({
    ledger,
    queue: {
      ring(bell, atMs) {
        bells.push([bell, atMs]);
        failed.resolve();
      },
    },
    clock: house.clock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    after: (delayMs, run) => house.clock.after(delayMs, run),
    metrics: { folded() {} },
    fold: createFold({ sources, integrations: [] }),
    join: createJoin({ sources }),
    busy: () => false,
  });
  void loop.wake();
  await failed.promise;
  await loop.stop();
  expect(bells).toEqual([[{ kind: 'event' }, house.clock.now() + 1_000]]);
});
