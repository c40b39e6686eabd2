import type { Clock } from '../../shared/clock.ts';
import type { Ids } from '../../shared/ids.ts';
import { createLedger, type LedgerWithSandbox } from '../create-ledger.ts';
import { openPostgresDatabase } from './open-postgres-database.ts';
import { migratePostgres } from './migrate-postgres.ts';

/*
 * For the daemon:
 *   openPostgresLedger({ url, clock, ids }): Promise<LedgerWithSandbox>
 * opens and migrates; any number of processes at once. `endLeases` must not be called: other processes work on it too.
 */

export interface PostgresLedgerOptions {
  /** postgres://user:password@host:port/database?sslmode=… */
  readonly url: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Opens the ledger in PostgreSQL, migrated as needed. Rejects with the server and the reason when it cannot be used. */
export async function openPostgresLedger({ url, clock, ids }: PostgresLedgerOptions): Promise<LedgerWithSandbox> {
  await migratePostgres(url, clock);
  const database = await openPostgresDatabase(url);
  return createLedger(database, clock, ids);
}
