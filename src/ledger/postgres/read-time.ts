import { sql } from 'kysely';

import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { toStatement } from '../statement.ts';

/** What questions and answers take on their way, and more. */
const TOLERANCE_MS = 1_000;

/**
 * The time of all processes: the server's clock, and what it was set by taken out again. When it says that nobody asked
 * for longer than the one who asks now was silent, it was set forward; when it says that somebody asked in the future, it
 * was set back. From then on the shared time differs from it, and comes closer by a tenth of the time that passes. A
 * process that was suspended finds that others asked meanwhile, and takes the time they have.
 */
export function createReadTime(database: Database): Ledger['readTime'] {
  return async (sinceMs) => {
    const written = await database.write([toStatement({ compile: () => ask(sinceMs).compile(database.db) })]);
    const [row] = written.kind === 'written' ? (written.results[0]?.rows ?? []) : [];
    return (row as { readonly now_ms: number }).now_ms;
  };
}

function ask(sinceMs: number | null) {
  const passed = sql`(excluded.asked_at_ms - shared_time.asked_at_ms)`;
  const since = sql`cast(${sinceMs} as bigint)`;
  const ahead = sql`shared_time.ahead_ms`;
  return sql`
    insert into shared_time (id, asked_at_ms, ahead_ms)
    values (1, cast(extract(epoch from clock_timestamp()) * 1000 as bigint), 0)
    on conflict (id) do update set
      asked_at_ms = excluded.asked_at_ms,
      ahead_ms = case
        when ${passed} < 0 then ${ahead} - ${passed}
        when ${passed} - ${since} > ${TOLERANCE_MS} then ${ahead} - (${passed} - ${since})
        else sign(${ahead}) * greatest(0, abs(${ahead}) - ${passed} / 10)
      end
    returning asked_at_ms + ahead_ms as now_ms`;
}
