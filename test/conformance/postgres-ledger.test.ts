import { afterAll, beforeAll } from '@jest/globals';

import { openPostgresDatabase } from '../../src/ledger/postgres/open-postgres-database.ts';
import { openPostgresLedger } from '../../src/ledger/postgres/open-postgres-ledger.ts';
import { createIds } from '../../src/shared/ids.ts';
import type { LedgerHarness } from '../support/ledger-world.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { describeLedger } from './ledger-suite.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.stop());

describeLedger('PostgreSQL', async (clock): Promise<LedgerHarness> => {
  const url = await postgres.createDatabase();
  const open = () => openPostgresLedger({ url, clock, ids: createIds(clock) });
  const database = await openPostgresDatabase(url);
  let ledger = await open();
  return {
    get ledger() {
      return ledger;
    },
    usedBytes: async () => (await database.usedBytes()).bytes,
    async reopen() {
      await ledger.close();
      ledger = await open();
    },
    async close() {
      await ledger.close();
      await database.close();
    },
  };
});
