import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { toStatement } from '../statement.ts';

type Pauses = Pick<Ledger, 'pauses' | 'savePause' | 'clearPause'>;

/** Which destinations are not being called, and why. */
export function createPauses(database: Database): Pauses {
  const { db } = database;
  return {
    async pauses() {
      const rows = await db.selectFrom('pauses').selectAll().orderBy('destination').execute();
      return rows.map(({ destination, reason, hint, since_ms, until_ms }) => ({
        destination,
        reason,
        hint,
        sinceMs: since_ms,
        untilMs: until_ms,
      }));
    },
    async savePause({ destination, reason, hint, sinceMs, untilMs }) {
      const rest = { reason, hint, since_ms: sinceMs, until_ms: untilMs };
      const save = db
        .insertInto('pauses')
        .values({ destination, ...rest })
        .onConflict((conflict) => conflict.column('destination').doUpdateSet(rest));
      await database.write([toStatement(save)]);
    },
    async clearPause(destination) {
      await database.write([toStatement(db.deleteFrom('pauses').where('destination', '=', destination))]);
    },
  };
}
