import { sql, type RawBuilder } from 'kysely';

import type { Database, Statement } from '../database.ts';
import type { Ledger, LockClaim } from '../ledger.ts';
import { toStatement } from '../statement.ts';

type Locks = Pick<Ledger, 'takeLocks' | 'renewLocks' | 'releaseLocks'>;

/** Rows that say who works on what, in any process (docs/decisions/0010). */
export function createLocks(database: Database): Locks {
  const { db } = database;
  const renew = (owner: string, keys: readonly string[], untilMs: number): Statement =>
    toStatement(
      db
        .updateTable('locks')
        .set({ until_ms: untilMs })
        .where('owner', '=', owner)
        .where('key', 'in', keys)
        .returning('key'),
    );
  const release = (owner: string, keys: readonly string[]): Statement =>
    toStatement(db.deleteFrom('locks').where('owner', '=', owner).where('key', 'in', keys));
  return {
    async takeLocks(claim) {
      // In one order: two processes that take the same keys must not wait for each other.
      const keys = [...new Set(claim.keys)].toSorted();
      if (keys.length === 0) return true;
      const written = await database.write([take(db, claim, keys)]);
      const taken = written.kind === 'written' ? (written.results[0]?.rows ?? []) : [];
      if (taken.length === keys.length) return true;
      // Somebody took one of them while the statement ran; those it got already are given back.
      if (taken.length > 0) await database.write([release(claim.owner, keysOf(taken))]);
      return false;
    },
    async renewLocks(owner, keys, untilMs) {
      if (keys.length === 0) return [];
      const written = await database.write([renew(owner, keys, untilMs)]);
      return written.kind === 'written' ? keysOf(written.results[0]?.rows ?? []) : [];
    },
    async releaseLocks(owner, keys) {
      if (keys.length > 0) await database.write([release(owner, keys)]);
    },
  };
}

/** Inserts all or, when one of them is held, none: the look and the insert are one statement. */
function take(db: Database['db'], claim: LockClaim, keys: readonly string[]): Statement {
  const { destination, owner, nowMs } = claim;
  const held = db
    .selectFrom('locks as other')
    .select('other.key')
    .where('other.destination', '=', destination)
    .where('other.key', 'in', keys)
    .where('other.owner', '<>', owner)
    .where('other.until_ms', '>', nowMs);
  const query = sql<{ readonly key: string }>`
    insert into locks (destination, key, owner, until_ms)
    select wanted.destination, wanted.key, wanted.owner, wanted.until_ms
    from (${toRows(claim, keys)}) as wanted
    where not exists ${held}
    on conflict (key, destination) do update set owner = excluded.owner, until_ms = excluded.until_ms
    where locks.until_ms <= ${nowMs} or locks.owner = excluded.owner
    returning key`;
  return { ...toStatement({ compile: () => query.compile(db) }), reused: true };
}

function toRows({ destination, owner, untilMs }: LockClaim, keys: readonly string[]): RawBuilder<unknown> {
  const rows = keys.map(
    (key) =>
      sql`select cast(${destination} as text) as destination, cast(${key} as text) as key,
        cast(${owner} as text) as owner, cast(${untilMs} as bigint) as until_ms`,
  );
  return sql.join(rows, sql` union all `);
}

function keysOf(rows: readonly unknown[]): readonly string[] {
  return (rows as readonly { readonly key: string }[]).map(({ key }) => key);
}
