import { sql } from 'kysely';

import type { Database, Statement } from '../database.ts';
import type { NewRefusal } from '../ledger.ts';
import { prepare } from '../statement.ts';

/** Refusals kept; a stranger who knocks all night must not fill the disk. The counts stay right for ever. */
const KEPT_REFUSALS = 10_000;

/** Counts a refusal and keeps it, dropping the oldest beyond the bound. */
export function createRecordRefusal(database: Database): (refusal: NewRefusal) => Promise<void> {
  const { keep, drop } = prepareRefusal(database);
  return async (refusal) => {
    await database.write([...keep(refusal), drop]);
  };
}

/** `keep` inserts and counts a refusal, `drop` deletes the oldest beyond the bound. */
export function prepareRefusal({ db }: Database): {
  readonly keep: (refusal: NewRefusal) => readonly Statement[];
  readonly drop: Statement;
} {
  const insert = prepare<NewRefusal>((refusal) =>
    db.insertInto('refusals').values({
      received_at_ms: refusal.receivedAtMs,
      source: refusal.source,
      status: refusal.status,
      cause: refusal.cause,
      remote_address: refusal.remoteAddress,
      body_bytes: refusal.bodyBytes,
      body_hash: refusal.bodyHash,
    }),
  );
  const count = prepare<NewRefusal>((refusal) =>
    db
      .insertInto('refusal_counts')
      .values({ cause: refusal.cause, count: 1 })
      .onConflict((conflict) => conflict.column('cause').doUpdateSet({ count: sql`refusal_counts.count + 1` })),
  );
  const drop = prepare<object>(() =>
    db
      .deleteFrom('refusals')
      .where('id', '<=', sql<number>`(select max(id) from refusals) - ${sql.lit(KEPT_REFUSALS)}`),
  );
  return { keep: (refusal) => [insert(refusal), count(refusal)], drop: drop({}) };
}
