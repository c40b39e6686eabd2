import { setTimeout as pause } from 'node:timers/promises';

import { expect, test } from '@jest/globals';

import { coalesce } from '../../../../src/queue/redis/coalesce.ts';

test('all that ask while work is under way get one more, and none is forgotten', async () => {
  const works: PromiseWithResolvers<void>[] = [];
  const ask = coalesce(() => {
    const work = Promise.withResolvers<void>();
    works.push(work);
    return work.promise;
  }, 1);
  const until = async (count: number): Promise<void> => {
    while (works.length < count) await pause(1);
  };
  ask();
  expect(works).toHaveLength(1);
  for (let times = 0; times < 100; times += 1) ask();
  expect(works).toHaveLength(1);
  works[0]?.resolve();
  await until(2);
  works[1]?.resolve();
  await pause(10);
  expect(works).toHaveLength(2);
  ask();
  await until(3);
});
