import type { Database } from '../database.ts';
import { toStatement } from '../statement.ts';

/** Rejects when the database is away, locked or read-only. Writes nothing, so a full disk it may not notice. */
export function createCheckWritable(database: Database): () => Promise<void> {
  const deleteNothing = toStatement(database.db.deleteFrom('migrations').where('number', '=', 0));
  return async () => void (await database.write([deleteNothing]));
}
