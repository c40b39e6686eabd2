import { describe } from '@jest/globals';

import type { OpenLedgerHarness } from '../support/ledger-world.ts';
import { describeClaims } from './ledger/claims.ts';
import { describeEvents } from './ledger/events.ts';
import { describeFold } from './ledger/fold.ts';
import { describeJoins } from './ledger/joins.ts';
import { describeLists } from './ledger/lists.ts';
import { describeLocks } from './ledger/locks.ts';
import { describePrune } from './ledger/prune.ts';
import { describeRuns } from './ledger/runs.ts';
import { describeStores } from './ledger/stores.ts';

/** What every ledger has to do, whatever database it is made of. */
export function describeLedger(name: string, open: OpenLedgerHarness): void {
  describe(`the ledger on ${name}`, () => {
    describeEvents(open);
    describeFold(open);
    describeJoins(open);
    describeClaims(open);
    describeRuns(open);
    describeStores(open);
    describeLocks(open);
    describeLists(open);
    describePrune(open);
  });
}
