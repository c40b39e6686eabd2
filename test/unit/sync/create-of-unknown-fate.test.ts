import { expect, test } from '@jest/globals';

import type { RecordWrite } from '../../../src/destinations/destination.ts';
import { exampleCall } from '../../support/call.ts';
import { createMemoryLedger, createMemorySandboxStore } from '../../support/memory-crm.ts';
import { createSyncWorld } from '../../support/sync-world.ts';

const open = (change: Parameters<typeof createSyncWorld>[2]): ReturnType<typeof createSyncWorld> =>
  createSyncWorld(
    { ledger: createMemoryLedger(), sandboxStore: createMemorySandboxStore() },
    { contact: false },
    change,
  );

test('an index may lag from the end of a long wait on, not from its beginning', async () => {
  const attempted: (number | null)[] = [];
  const TIMEOUT_MS = 30_000;
  const world = open((destination) => ({
    ...destination,
    async write(write, context) {
      const result = await destination.write(write, context);
      if (result.kind === 'unknown') world.clock.advance(TIMEOUT_MS);
      return result;
    },
    async recover(write: RecordWrite, context) {
      attempted.push(write.attemptedAtMs);
      return destination.recover(write, context);
    },
  }));
  world.faults = ['lost_after'];
  const sentAtMs = world.clock.now();
  await world.sync(exampleCall());
  await world.sync(exampleCall());
  expect(attempted).toEqual([sentAtMs + TIMEOUT_MS]);
});

test('what was forced and lost again is not sent a third time by itself', async () => {
  const world = open((destination) => ({ ...destination, recover: async () => ({ kind: 'unknowable' }) }));
  world.faults = ['lost_before', 'lost_after'];
  await world.sync(exampleCall());
  const forced = await world.sync(exampleCall(), { force: true });
  expect(forced).toMatchObject({ kind: 'stopped', outcome: { kind: 'held' } });
  expect(await world.records('call')).toHaveLength(1);
});
