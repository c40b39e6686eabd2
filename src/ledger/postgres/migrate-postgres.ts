import type { Clock } from '../../shared/clock.ts';
import { migrate, type Migrated } from '../migrations/migrate.ts';
import { openPostgresDatabase } from './open-postgres-database.ts';
import { createPool, type PoolLimits } from './pool.ts';

/** A new index on a large table takes its time. */
const LIMITS: PoolLimits = { connections: 2, connectTimeoutMs: 5_000, statementTimeoutMs: 0 };
/** Any number that nobody else in this database uses: "hookline" on a telephone. */
const LOCK = 46_655_463;

/** Brings the tables up to date. Of several processes that start at once one does it, the others wait for it. */
export async function migratePostgres(url: string, clock: Clock): Promise<Migrated> {
  const database = await openPostgresDatabase(url, LIMITS);
  const pool = createPool(url, { ...LIMITS, connections: 1 });
  try {
    const holder = await pool.connect();
    try {
      await holder.query('select pg_advisory_lock($1)', [LOCK]);
      return await migrate(database, clock);
    } finally {
      // Its end gives the lock back.
      holder.release(true);
    }
  } finally {
    await pool.end();
    await database.close();
  }
}
