import { join } from 'node:path';

import { openSqliteLedger } from '../../src/ledger/open-sqlite-ledger.ts';
import { createIds } from '../../src/shared/ids.ts';
import type { LedgerHarness } from '../support/ledger-world.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { describeLedger } from './ledger-suite.ts';

describeLedger('SQLite', async (clock): Promise<LedgerHarness> => {
  const folder = createTempFolder('ledger');
  const open = () => openSqliteLedger({ file: join(folder.path, 'ledger.db'), clock, ids: createIds(clock) });
  let ledger = await open();
  return {
    get ledger() {
      return ledger;
    },
    usedBytes: async () => (await ledger.stats()).bytes,
    async reopen() {
      await ledger.close();
      ledger = await open();
    },
    async close() {
      await ledger.close();
      folder.remove();
    },
  };
});
