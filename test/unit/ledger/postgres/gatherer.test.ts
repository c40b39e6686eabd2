import { expect, test } from '@jest/globals';

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
