import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { BAD_WEEK_CONFIG, badWeek, calmDown, expectRight, storm } from '../../support/bad-week.ts';
import { createMemoryLedger, createMemorySandboxStore } from '../../support/memory-crm.ts';
import { createSyncWorld, withoutUniqueKeys } from '../../support/sync-world.ts';

test('whatever happens: one contact per person, one call and one task per call, the newest values, and then silence', async () => {
  await fc.assert(
    fc.asyncProperty(badWeek, async (planned) => {
      const stores = { ledger: createMemoryLedger(), sandboxStore: createMemorySandboxStore() };
      const world = createSyncWorld(stores, BAD_WEEK_CONFIG, withoutUniqueKeys(stores.sandboxStore));
      world.hidesFromSearch = () => true;
      await storm(world, planned);
      await calmDown(world, planned);
      await expectRight(world, planned);
      world.requests.length = 0;
      await calmDown(world, planned);
      expect(world.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
