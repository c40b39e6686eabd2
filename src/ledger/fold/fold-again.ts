import { sql } from 'kysely';

import type { Database, Statement } from '../database.ts';
import { toStatement } from '../statement.ts';

/** Makes one event of a call pending again; the fold then reads them all. A fold that has read them before is refused. */
export function foldAgain({ db }: Database, callKey: string): readonly Statement[] {
  const revise = db
    .updateTable('calls')
    .set({ revision: sql<number>`revision + 1` })
    .where('call_key', '=', callKey);
  return [toStatement(revise), toStatement(makePending(db, callKey))];
}

function makePending(db: Database['db'], callKey: string) {
  return db
    .insertInto('pending_events')
    .columns(['event_id', 'source', 'call_key', 'orphan', 'received_at_ms', 'bytes', 'try_at_ms'])
    .expression((from) =>
      from
        .selectFrom('events')
        .select(['id', 'source', sql<string>`call_key`.as('call_key'), 'orphan', 'received_at_ms'])
        .select([sql<number>`length(body)`.as('bytes'), sql<number>`0`.as('try_at_ms')])
        .where('call_key', '=', callKey)
        .where('orphan', '=', 0)
        .where('state', '=', 'pending')
        .orderBy('id')
        .limit(1),
    )
    .onConflict((conflict) => conflict.column('event_id').doUpdateSet({ try_at_ms: 0, problem: null }));
}
