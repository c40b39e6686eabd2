import type { Clock } from '../../shared/clock.ts';
import { migrate, type Migrated } from '../migrations/migrate.ts';
import { openSqliteDatabase } from './open-sqlite-database.ts';

/** Brings the tables of the file up to date; makes the file when there is none. */
export async function migrateSqlite(file: string, clock: Clock): Promise<Migrated> {
  const database = await openSqliteDatabase(file);
  try {
    return await migrate(database, clock);
  } finally {
    await database.close();
  }
}
