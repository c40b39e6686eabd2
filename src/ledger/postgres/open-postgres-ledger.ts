import type { Clock } from '../../shared/clock.ts';
import type { Ids } from '../../shared/ids.ts';
import { createLedger, type LedgerWithSandbox } from '../create-ledger.ts';
import { createRecordEvent, prepareLink } from '../events/record-event.ts';
import { LedgerUnusableError } from '../ledger-unusable-error.ts';
import { isMoveUnderWay } from '../move/move-mark.ts';
import { createInsertEvents, GROUPS_UNDER_WAY } from './insert-events.ts';
import { createLinkDuplicates } from './link-duplicates.ts';
import { createPool, describeServer, type PoolLimits } from './pool.ts';
import { createReadTime } from './read-time.ts';
import { createRecordRefusals } from './record-refusals.ts';
import { openPostgresDatabase } from './open-postgres-database.ts';
import { migratePostgres } from './migrate-postgres.ts';

/*
 * For the daemon:
 *   openPostgresLedger({ url, clock, ids }): Promise<LedgerWithSandbox>
 * opens and migrates; any number of processes at once. `takeOver` must not be called: other processes work on it too.
 */

export interface PostgresLedgerOptions {
  /** postgres://user:password@host:port/database?sslmode=… */
  readonly url: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Webhooks have connections of their own, so that no list and no worker makes them wait; the answer is due within 3 s. */
const RECEIVE: PoolLimits = { connections: GROUPS_UNDER_WAY + 1, connectTimeoutMs: 1_500, statementTimeoutMs: 2_500 };

/** Opens the ledger in PostgreSQL, migrated as needed. Rejects with the server and the reason when it cannot be used. */
export async function openPostgresLedger({ url, clock, ids }: PostgresLedgerOptions): Promise<LedgerWithSandbox> {
  await migratePostgres(url, clock);
  const database = await openPostgresDatabase(url);
  if (await isMoveUnderWay(database.db)) {
    await database.close();
    throw new LedgerUnusableError(unfinishedMove(url));
  }
  const receive = createPool(url, RECEIVE);
  const events = createInsertEvents(receive);
  const duplicates = createLinkDuplicates(receive, prepareLink(database));
  const refusals = createRecordRefusals(database);
  return createLedger(database, clock, ids, {
    recordEvent: createRecordEvent(database, events.insert, duplicates.link),
    recordRefusal: refusals.recordRefusal,
    readTime: createReadTime(database),
    async close() {
      await Promise.all([events.drained(), duplicates.drained(), refusals.drained()]);
      await receive.end();
      await database.close();
    },
  });
}

function unfinishedMove(url: string): string {
  return (
    `The ledger in PostgreSQL at ${describeServer(url)} is being moved there from SQLite, and the move has not come to its end. ` +
    'Run it again: hookline migrate --from sqlite. What is there already is not copied twice.'
  );
}
