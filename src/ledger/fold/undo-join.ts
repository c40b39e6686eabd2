import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../database.ts';
import { mustChange, toStatement } from '../statement.ts';
import { foldAgain } from './fold-again.ts';

/** Takes a heuristic join back; the call is folded again without the event. False when the event was not joined. */
export async function undoJoin(database: Database, clock: Clock, eventId: string): Promise<boolean> {
  const { db } = database;
  const joined = await db
    .selectFrom('joins')
    .select('call_key')
    .where('event_id', '=', eventId)
    .where('undone_at_ms', 'is', null)
    .executeTakeFirst();
  if (joined === undefined) return false;
  const written = await database.write([
    mustChange(
      toStatement(
        db
          .updateTable('joins')
          .set({ undone_at_ms: clock.now() })
          .where('event_id', '=', eventId)
          .where('undone_at_ms', 'is', null),
      ),
    ),
    // Not pending any more: it is never joined by itself again.
    toStatement(db.deleteFrom('pending_events').where('event_id', '=', eventId)),
    ...foldAgain(database, joined.call_key),
  ]);
  return written.kind === 'written';
}
