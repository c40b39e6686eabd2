import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import { createLedger, type LedgerWithSandbox } from './create-ledger.ts';
import { migrate } from './migrations/migrate.ts';
import { openSqliteDatabase } from './sqlite/open-sqlite-database.ts';

export interface SqliteLedgerOptions {
  /** Path of the SQLite file, made when absent; its folder must exist. SQLite keeps `-wal` and `-shm` files beside it. */
  readonly file: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Opens the ledger, made or migrated as needed. Several processes may have it open: one daemon and any number of
 * commands. Rejects with the file and the reason when it cannot be used.
 */
export async function openSqliteLedger({ file, clock, ids }: SqliteLedgerOptions): Promise<LedgerWithSandbox> {
  const database = await openSqliteDatabase(file);
  try {
    await migrate(database, clock);
  } catch (error) {
    await database.close();
    throw error;
  }
  return createLedger(database, clock, ids);
}
