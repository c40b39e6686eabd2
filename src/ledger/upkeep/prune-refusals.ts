import type { Database } from '../database.ts';
import { toStatement } from '../statement.ts';

const CHUNK = 1_000;

/** Deletes refusals older than the given time; their counts stay. Resolves to how many. */
export async function pruneRefusals(database: Database, beforeMs: number): Promise<number> {
  const { db } = database;
  const old = db
    .selectFrom('refusals as old')
    .select('old.id')
    .where('old.received_at_ms', '<', beforeMs)
    .orderBy('old.id')
    .limit(CHUNK);
  const statement = toStatement(db.deleteFrom('refusals').where('id', 'in', old));
  let total = 0;
  for (;;) {
    const written = await database.write([statement]);
    const deleted = written.kind === 'written' ? (written.results[0]?.changes ?? 0) : 0;
    total += deleted;
    if (deleted === 0) return total;
  }
}
