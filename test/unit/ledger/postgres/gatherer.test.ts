import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { Gatherer, type GroupAnswer } from '../../../../src/ledger/postgres/gatherer.ts';

const LIMITS = {
  groupsUnderWay: 1,
  itemsPerGroup: 10,
  bytesPerGroup: 100,
  maxPending: 10,
  maxPendingBytes: 1_000,
  deadlineMs: 60_000,
};

const answerAll = (items: readonly number[]): Promise<GroupAnswer<number>> =>
  Promise.resolve({ kind: 'answered', answers: items.map((item) => ({ kind: 'done', result: item })) });

test('an item larger than everything that may wait is taken when nothing waits', async () => {
  const gatherer = new Gatherer(answerAll, (bytes: number) => bytes, LIMITS);
  const large = gatherer.submit(5_000);
  await expect(gatherer.submit(1)).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect(await large).toBe(5_000);
  expect(await gatherer.submit(1)).toBe(1);
});

/** Groups that end when the test says so. */
function createGroups() {
  const begun: { readonly items: readonly number[]; readonly end: () => void }[] = [];
  const run = (items: readonly number[]): Promise<GroupAnswer<number>> => {
    const { promise, resolve } = Promise.withResolvers<GroupAnswer<number>>();
    begun.push({ items, end: () => void answerAll(items).then(resolve) });
    return promise;
  };
  return { begun, run };
}

describe('groups', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('one is waited for: what comes meanwhile goes together', async () => {
    const { begun, run } = createGroups();
    const gatherer = new Gatherer(run, () => 1, { ...LIMITS, groupsUnderWay: 2 });
    const first = gatherer.submit(1);
    await turn();
    const others = [gatherer.submit(2), gatherer.submit(3)];
    await turn();
    expect(begun.map(({ items }) => items)).toEqual([[1]]);
    begun[0]?.end();
    expect(await first).toBe(1);
    await turn();
    expect(begun.map(({ items }) => items)).toEqual([[1], [2, 3]]);
    begun[1]?.end();
    expect(await Promise.all(others)).toEqual([2, 3]);
  });

  test('beside a slow one the next one goes, but not more than may be under way', async () => {
    const { begun, run } = createGroups();
    const gatherer = new Gatherer(run, () => 1, { ...LIMITS, groupsUnderWay: 2 });
    const all = [gatherer.submit(1)];
    await turn();
    all.push(gatherer.submit(2));
    jest.advanceTimersByTime(1_000);
    expect(begun.map(({ items }) => items)).toEqual([[1], [2]]);
    jest.advanceTimersByTime(1_000);
    all.push(gatherer.submit(3));
    await turn();
    expect(begun.map(({ items }) => items)).toEqual([[1], [2]]);
    begun[0]?.end();
    await turn();
    expect(begun.map(({ items }) => items)).toEqual([[1], [2], [3]]);
    for (const { end } of begun) end();
    expect(await Promise.all(all)).toEqual([1, 2, 3]);
    await gatherer.drained();
  });

  test('one that could not be sent for long keeps no place afterwards', async () => {
    let reachable = false;
    const { begun, run } = createGroups();
    const unreachable: GroupAnswer<number> = { kind: 'unreachable', error: new Error('away') };
    const gatherer = new Gatherer(
      (items: readonly number[]) => (reachable ? run(items) : Promise.resolve(unreachable)),
      () => 1,
      {
        ...LIMITS,
        groupsUnderWay: 2,
      },
    );
    const first = gatherer.submit(1);
    await turn();
    jest.advanceTimersByTime(50);
    await turn();
    reachable = true;
    jest.advanceTimersByTime(100);
    await turn();
    expect(begun.map(({ items }) => items)).toEqual([[1]]);
    const second = gatherer.submit(2);
    await turn();
    expect(begun.map(({ items }) => items)).toEqual([[1]]);
    begun[0]?.end();
    await turn();
    expect(begun.map(({ items }) => items)).toEqual([[1], [2]]);
    begun[1]?.end();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });
});
