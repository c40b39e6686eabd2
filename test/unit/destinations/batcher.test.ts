import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createBatcher, type BatcherOptions, type Load, type Row } from '../../../src/destinations/batcher.ts';
import type { RequestContext } from '../../../src/destinations/destination.ts';
import type { Urgency } from '../../../src/domain/urgency.ts';
import { createManualTime } from '../../support/manual-time.ts';

interface Item {
  readonly key: string;
  readonly value: number;
}

interface Answered {
  readonly kind: 'answered';
  readonly value: number;
}

const unused = (): never => {
  throw new Error('a batcher sends nothing itself');
};

function context(signal = new AbortController().signal, urgency: Urgency = 'first'): RequestContext {
  return {
    mode: 'live',
    signal,
    urgency,
    send: unused,
    sendShared: unused,
    keep: unused,
    stillHeld: () => Promise.resolve(true),
  };
}

function open(options: Partial<BatcherOptions<Item, Answered>> = {}): {
  load: Load<Item, Answered>;
  time: ReturnType<typeof createManualTime>;
  batches: Item[][];
} {
  const time = createManualTime(0);
  const batches: Item[][] = [];
  const load = createBatcher<Item, Answered>({
    maxRows: 3,
    keyOf: ({ key }) => key,
    sharesRows: false,
    after: time.after,
    async send(take) {
      const rows = await take();
      batches.push(rows.map(({ item }) => item));
      for (const row of rows) row.settle({ kind: 'answered', value: row.item.value });
    },
    ...options,
  });
  return { load, time, batches };
}

const item = (key: string, value = 0): Item => ({ key, value });

test('a full request leaves at once, the rest when nothing more comes', async () => {
  const { load, time, batches } = open();
  const answers = ['a', 'b', 'c', 'd'].map((key) => load(item(key), context()));
  await time.advance(0);
  expect(batches).toEqual([['a', 'b', 'c'].map((key) => item(key))]);
  await time.advance(1_000);
  expect(batches[1]).toEqual([item('d')]);
  expect(await Promise.all(answers)).toHaveLength(4);
});

test('while more keeps coming a request that is not full waits no longer than the longest time', async () => {
  const { load, time, batches } = open({ maxRows: 100 });
  for (let count = 0; count < 40; count += 1) {
    void load(item(String(count)), context());
    await time.advance(20);
  }
  expect(batches.length).toBeGreaterThanOrEqual(1);
  expect(batches[0]?.length).toBeGreaterThan(10);
});

test('what comes while a request waits for its turn goes with it', async () => {
  const turn = Promise.withResolvers<void>();
  const batches: Item[][] = [];
  const { load, time } = open({
    maxRows: 100,
    async send(take) {
      await turn.promise;
      const rows = await take();
      batches.push(rows.map((row) => row.item));
      for (const row of rows) row.settle({ kind: 'answered', value: 0 });
    },
  });
  const first = load(item('a'), context());
  await time.advance(1_000);
  const second = load(item('b'), context());
  turn.resolve();
  await Promise.all([first, second]);
  expect(batches).toEqual([[item('a'), item('b')]]);
});

test('two writes of one record never stand in one request, and keep their order', async () => {
  const { load, time, batches } = open();
  const answers = [load(item('a', 1), context()), load(item('a', 2), context()), load(item('b', 3), context())];
  await time.advance(2_000);
  await Promise.all(answers);
  expect(batches).toEqual([[item('a', 1), item('b', 3)], [item('a', 2)]]);
});

test('two looks for one record share a row', async () => {
  const { load, time, batches } = open({ sharesRows: true });
  const answers = [load(item('a', 1), context()), load(item('a', 2), context())];
  await time.advance(1_000);
  expect(await Promise.all(answers)).toEqual([
    { kind: 'answered', value: 1 },
    { kind: 'answered', value: 1 },
  ]);
  expect(batches).toEqual([[item('a', 1)]]);
});

test('a run that is interrupted leaves at once; on its way its fate is not known', async () => {
  const turn = Promise.withResolvers<void>();
  const { load, time } = open({
    async send(take) {
      const rows = await take();
      await turn.promise;
      for (const row of rows) row.settle({ kind: 'answered', value: 0 });
    },
  });
  const [early, late] = [new AbortController(), new AbortController()];
  const first = load(item('a'), context(early.signal));
  const second = load(item('b'), context(late.signal));
  early.abort();
  expect(await first).toMatchObject({ kind: 'retry' });
  await time.advance(1_000);
  late.abort();
  expect(await second).toMatchObject({ kind: 'unknown' });
  turn.resolve();
  const dead = new AbortController();
  dead.abort();
  expect(await load(item('c'), context(dead.signal))).toMatchObject({ kind: 'retry' });
});

test('a run that another worker may have taken over takes no part, the others go', async () => {
  const { load, time, batches } = open();
  const lost = load(item('a'), { ...context(), stillHeld: () => Promise.resolve(false) });
  const held = load(item('b'), context());
  await time.advance(1_000);
  expect(await lost).toMatchObject({ kind: 'retry', reason: expect.stringContaining('taken over') });
  expect(await held).toMatchObject({ kind: 'answered' });
  expect(batches).toEqual([[item('b')]]);
});

test('a row that is left without an answer, or a request that throws, fails as of unknown fate', async () => {
  const { load, time } = open({
    async send(take) {
      await take();
      throw new Error('a mistake of ours');
    },
  });
  const answer = load(item('a'), context());
  await time.advance(1_000);
  expect(await answer).toEqual({ kind: 'unknown', reason: 'Unexpected failure: a mistake of ours' });
});

test('rows that weigh too much together go apart, and one that weighs too much alone goes all the same', async () => {
  const { load, time, batches } = open({ maxRows: 100, weight: { of: ({ value }) => value, max: 10 } });
  const answers = [6, 5, 4, 99].map((value) => load(item(String(value), value), context()));
  await time.advance(5_000);
  await Promise.all(answers);
  expect(batches.map((batch) => batch.map(({ value }) => value))).toEqual([[6], [5, 4], [99]]);
});

/** Rows of one request, each settled with its own value, in an order of its own. */
async function answerAll(rows: readonly Row<Item, Answered>[]): Promise<void> {
  for (const row of rows.toReversed()) row.settle({ kind: 'answered', value: row.item.value });
}

test('whatever comes in whatever rhythm: everybody gets his own answer, once, and nothing goes twice', async () => {
  const arrivals = fc.array(
    fc.record({ key: fc.integer({ min: 0, max: 8 }), waitMs: fc.constantFrom(0, 0, 0, 5, 60, 700) }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 7 }), async (list, maxRows) => {
      const batches: Item[][] = [];
      const { load, time } = open({
        maxRows,
        async send(take) {
          const rows = await take();
          batches.push(rows.map((row) => row.item));
          await answerAll(rows);
        },
      });
      const answers: Promise<unknown>[] = [];
      for (const [index, { key, waitMs }] of list.entries()) {
        answers.push(load(item(String(key), index), context()));
        if (waitMs > 0) await time.advance(waitMs);
      }
      // One request after another for the same key.
      for (let round = 0; round <= list.length; round += 1) await time.advance(1_000);
      expect(await Promise.all(answers)).toEqual(list.map((_, index) => ({ kind: 'answered', value: index })));
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(maxRows);
        expect(new Set(batch.map(({ key }) => key)).size).toBe(batch.length);
      }
      const sent = batches.flat();
      expect(sent.map(({ value }) => value).toSorted((left, right) => left - right)).toEqual(
        list.map((_, index) => index),
      );
      for (const key of new Set(sent.map((one) => one.key))) {
        const values = sent.filter((one) => one.key === key).map(({ value }) => value);
        expect(values).toEqual(values.toSorted((left, right) => left - right));
      }
    }),
    { numRuns: 100 },
  );
});

const urgent = (urgency: Urgency): RequestContext => context(undefined, urgency);

test('a heap that is too large for one request leaves by urgency, then in order of arrival', async () => {
  const turn = Promise.withResolvers<void>();
  const batches: Item[][] = [];
  const slow = open({
    maxRows: 2,
    async send(take) {
      await turn.promise;
      const rows = await take();
      batches.push(rows.map((row) => row.item));
      for (const row of rows) row.settle({ kind: 'answered', value: 0 });
    },
  });
  const urgencies = [
    ['replay 1', 'replay'],
    ['retry 1', 'retry'],
    ['replay 2', 'replay'],
    ['first 1', 'first'],
    ['retry 2', 'retry'],
    ['first 2', 'first'],
  ] as const;
  const answers = urgencies.map(([key, urgency]) => slow.load(item(key), urgent(urgency)));
  turn.resolve();
  await Promise.all(answers);
  expect(batches.map((rows) => rows.map(({ key }) => key))).toEqual([
    ['first 1', 'first 2'],
    ['retry 1', 'retry 2'],
    ['replay 1', 'replay 2'],
  ]);
});

test('two writes of one record stay in their order, whoever is more urgent', async () => {
  const { load, time, batches } = open({ maxRows: 3 });
  const answers = [
    load(item('contact', 1), urgent('replay')),
    load(item('other', 2), urgent('retry')),
    load(item('contact', 3), urgent('first')),
  ];
  await time.advance(10_000);
  await Promise.all(answers);
  expect(batches).toEqual([[item('contact', 1), item('other', 2)], [item('contact', 3)]]);
});

test('a replay is passed over three times, and no more', async () => {
  const batches: Item[][] = [];
  const turns: (() => void)[] = [];
  const gated = open({
    maxRows: 1,
    async send(take) {
      const turn = Promise.withResolvers<void>();
      turns.push(turn.resolve);
      await turn.promise;
      const rows = await take();
      batches.push(rows.map((row) => row.item));
      for (const row of rows) row.settle({ kind: 'answered', value: 0 });
    },
  });
  const answers = [
    gated.load(item('replay'), urgent('replay')),
    ...['a', 'b', 'c', 'd', 'e'].map((key) => gated.load(item(key), urgent('first'))),
  ];
  for (const resolve of turns) resolve();
  await Promise.all(answers);
  expect(batches.flat().map(({ key }) => key)).toEqual(['a', 'b', 'c', 'replay', 'd', 'e']);
});

test('a shared request is as urgent as the most urgent that waits for it', async () => {
  const told: (() => Urgency)[] = [];
  const { load } = open({
    maxRows: 2,
    async send(_take, leader) {
      await leader.sendShared(() => Promise.resolve(null), 'write');
    },
  });
  const replay: RequestContext = {
    ...urgent('replay'),
    sendShared(_build, _effect, _limitClass, urgencyNow) {
      if (urgencyNow !== undefined) told.push(urgencyNow);
      return new Promise(() => undefined);
    },
  };
  void load(item('a'), replay);
  void load(item('b'), urgent('replay'));
  expect(told.map((urgencyNow) => urgencyNow())).toEqual(['replay']);
  void load(item('c'), urgent('first'));
  expect(told.map((urgencyNow) => urgencyNow())).toEqual(['first']);
});
