import { sql } from 'kysely';

import type { Database, Statement } from '../database.ts';
import { prepare, toStatement } from '../statement.ts';

/** Bodies of pending events read at a time, roughly; a call is never split. */
const MAX_BYTES = 16 * 1024 ** 2;
/** After so long a folder that took calls is taken for dead, and others may take them. */
const LEASE_MS = 15_000;

/** Which calls to fold now. */
export interface PendingCalls {
  /** Keys of calls with pending events, oldest first. */
  take(limit: number, nowMs: number): Promise<readonly string[]>;
  /** Calls that were taken and not folded may be taken again at once. */
  giveBack(keys: readonly string[]): Promise<void>;
}

/** A single folder looks at what is oldest. */
export function createPendingCallsAlone({ db }: Database): PendingCalls {
  return {
    async take(limit, nowMs) {
      const rows = await db
        .selectFrom('pending_events')
        .select(['call_key', 'bytes'])
        .where('orphan', '=', 0)
        .where('try_at_ms', '<=', nowMs)
        .orderBy('event_id')
        // Several events of one call often wait together.
        .limit(limit * 4)
        .execute();
      const keys = new Set<string>();
      let bytes = 0;
      for (const row of rows) {
        bytes += row.bytes;
        if (keys.size > 0 && (keys.size >= limit || bytes > MAX_BYTES)) break;
        keys.add(row.call_key);
      }
      return [...keys];
    },
    giveBack: () => Promise.resolve(),
  };
}

/**
 * Folders that would all look at what is oldest would fold the same calls, and all but one in vain. So each takes events
 * nobody else has, for as long as the lease; `try_at_ms` says so. Two may still take events of one call: then one is
 * refused and gives its events back.
 */
export function createPendingCallsAmongMany(database: Database): PendingCalls {
  const take = prepareTake(database);
  return {
    async take(limit, nowMs) {
      const written = await database.write([take({ limit, nowMs, leaseUntilMs: nowMs + LEASE_MS })]);
      const rows = written.kind === 'written' ? (written.results[0]?.rows ?? []) : [];
      return [...new Set(rows.map((row) => (row as { readonly call_key: string }).call_key))];
    },
    async giveBack(keys) {
      if (keys.length > 0) await database.write([giveBack(database, keys)]);
    },
  };
}

function prepareTake({ db }: Database) {
  return prepare<{ readonly limit: number; readonly nowMs: number; readonly leaseUntilMs: number }>((claim) =>
    db
      .with(
        (cte) => cte('locked').materialized(),
        (where) =>
          where
            .selectFrom('pending_events')
            .select(['event_id', 'bytes'])
            .where((event) => event('orphan', '=', event.lit(0)))
            .where('try_at_ms', '<=', claim.nowMs)
            .orderBy('event_id')
            .limit(claim.limit)
            .forUpdate()
            .skipLocked(),
      )
      .with('sized', (where) =>
        where
          .selectFrom('locked')
          .select(['event_id', sql<number>`sum(bytes) over (order by event_id) - bytes`.as('bytes_before')]),
      )
      .updateTable('pending_events')
      .from('sized')
      .set({ try_at_ms: claim.leaseUntilMs })
      .whereRef('pending_events.event_id', '=', 'sized.event_id')
      .where((event) => event('sized.bytes_before', '<', event.lit(MAX_BYTES)))
      .returning('pending_events.call_key'),
  );
}

/** Those that a failed fold put off keep their time. */
function giveBack({ db }: Database, keys: readonly string[]): Statement {
  return toStatement(
    db
      .updateTable('pending_events')
      .set({ try_at_ms: 0 })
      .where('call_key', 'in', keys)
      .where('orphan', '=', 0)
      .where('problem', 'is', null),
  );
}
