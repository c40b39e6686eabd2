import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { BAD_WEEK_CONFIG, badWeek, calmDown, expectRight, storm } from '../../support/bad-week.ts';
import { createSyncWorld, withoutUniqueKeys } from '../../support/sync-world.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

test('a bad week on a real ledger: one contact per person, one call and one task per call, and then silence', async () => {
  await fc.assert(
    fc.asyncProperty(badWeek, async (planned) => {
      const folder = createTempFolder('bad-week');
      const ids = createIds(systemClock);
      const ledger = await openSqliteLedger({ file: join(folder.path, 'ledger.sqlite'), clock: systemClock, ids });
      try {
        const stores = { ledger, sandboxStore: ledger.sandbox };
        const world = createSyncWorld(stores, BAD_WEEK_CONFIG, withoutUniqueKeys(ledger.sandbox));
        world.hidesFromSearch = () => true;
        await storm(world, planned);
        await calmDown(world, planned);
        await expectRight(world, planned);
        world.requests.length = 0;
        await calmDown(world, planned);
        expect(world.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
      } finally {
        await ledger.close();
        folder.remove();
      }
    }),
    { numRuns: 8 },
  );
}, 120_000);
