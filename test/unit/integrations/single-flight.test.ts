import { expect, test } from '@jest/globals';

import { createSingleFlight } from '../../../src/integrations/single-flight.ts';

function fail(error: unknown): void {
  throw error;
}

test('any number of wakes during the work mean one more round', async () => {
  const gates = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()];
  let rounds = 0;
  const flight = createSingleFlight(() => gates[rounds++]?.promise ?? Promise.resolve(false), fail);
  void flight.wake();
  void flight.wake();
  void flight.wake();
  expect(rounds).toBe(1);
  gates[0]?.resolve(false);
  await gates[0]?.promise;
  await Promise.resolve();
  expect(rounds).toBe(2);
  gates[1]?.resolve(false);
  await flight.stop();
  expect(rounds).toBe(2);
});

test('goes on while there is more, and a failure does not end it', async () => {
  const rounds: string[] = [];
  const errors: unknown[] = [];
  const idle = Promise.withResolvers<void>();
  const flight = createSingleFlight(
    () => {
      rounds.push('round');
      if (rounds.length === 2) return Promise.reject(new Error('no'));
      if (rounds.length === 3) idle.resolve();
      return Promise.resolve(rounds.length < 3);
    },
    (error) => {
      errors.push(error);
      void flight.wake();
    },
  );
  void flight.wake();
  await idle.promise;
  await flight.stop();
  expect(rounds).toHaveLength(3);
  expect(errors).toEqual([new Error('no')]);
});

test('stop waits for the work under way and starts no more', async () => {
  const gate = Promise.withResolvers<boolean>();
  let rounds = 0;
  const flight = createSingleFlight(() => {
    rounds += 1;
    return gate.promise;
  }, fail);
  void flight.wake();
  const stopped = flight.stop();
  void flight.wake();
  gate.resolve(true);
  await stopped;
  expect(rounds).toBe(1);
});
