import { sql } from 'kysely';

import type { Database, Statement } from '../database.ts';
import { toStatement } from '../statement.ts';

/** Any number that nobody else in the database uses. */
const LOCK = 46_655_464;

/*
 * A fold wakes the orphans near its call. Where lists interleave, a fold that is under way may not see an orphan that has
 * just arrived, while whoever looks at that orphan does not see the call yet: it would sleep for ever. So folds share a
 * lock, and an orphan is looked at after all folds that were under way have ended: those show their call, and every later
 * one sees the orphan and wakes it.
 */

/** For the beginning of the list that writes a fold. */
export function shareFoldLock({ db, manyWriters }: Database): readonly Statement[] {
  if (!manyWriters) return [];
  return [
    { ...toStatement(db.selectNoFrom(sql`pg_advisory_xact_lock_shared(${sql.lit(LOCK)})`.as('locked'))), reused: true },
  ];
}

export async function letFoldsEnd(database: Database): Promise<void> {
  if (!database.manyWriters) return;
  const { db } = database;
  await database.write([toStatement(db.selectNoFrom(sql`pg_advisory_xact_lock(${sql.lit(LOCK)})`.as('locked')))]);
}
