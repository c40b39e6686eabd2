import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../database.ts';

/** True when foldPending would find work now. */
export async function hasPendingEvents({ db }: Database, clock: Clock): Promise<boolean> {
  const row = await db
    .selectFrom('pending_events')
    .select('event_id')
    .where('try_at_ms', '<=', clock.now())
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
