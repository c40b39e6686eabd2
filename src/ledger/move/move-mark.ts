import { sql, type Kysely } from 'kysely';

import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { FrozenTable } from '../sqlite/freeze-ledger.ts';

/** What keeps a move from beginning. */
export type Obstacle =
  /** These tables hold rows that no move brought. */
  | { readonly kind: 'not_empty'; readonly tables: readonly string[] }
  /** Daemons are connected to the target. */
  | { readonly kind: 'target_in_use'; readonly connections: number };

/** A table that is there as long as a move is under way, or was interrupted. */
const MARK = 'ledger_move';

/** Marks the database; null when the move may begin, or go on after an interruption. */
export async function beginMove(to: Database, tables: readonly FrozenTable[]): Promise<Obstacle | null> {
  const before = await countOthers(to.db);
  if (before > 0) return { kind: 'target_in_use', connections: before };
  if (await isMoveUnderWay(to.db)) return null;
  const filled: string[] = [];
  for (const { name } of tables) if (await hasRows(to.db, name)) filled.push(name);
  if (filled.length > 0) return { kind: 'not_empty', tables: filled };
  await to.write([{ sql: `create table ${MARK} (id integer)`, parameters: [] }]);
  // A daemon connects, then looks for the mark: one that did not see it is seen now.
  const connections = await countOthers(to.db);
  if (connections === 0) return null;
  await endMove(to);
  return { kind: 'target_in_use', connections };
}

export async function endMove(to: Database): Promise<void> {
  await to.write([{ sql: `drop table ${MARK}`, parameters: [] }]);
}

/** Whether the database holds a move that did not come to its end: links are missing, so a worker would write twice. */
export async function isMoveUnderWay(db: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql<{ readonly there: boolean }>`
    select to_regclass(${MARK}) is not null as there`.execute(db);
  return rows[0]?.there === true;
}

/** Connections of daemons and commands: theirs are named `hookline`, those of a move are not. */
async function countOthers(db: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{ readonly connections: number }>`
    select count(*) as connections from pg_stat_activity
    where datname = current_database() and application_name = 'hookline'`.execute(db);
  return rows[0]?.connections ?? 0;
}

async function hasRows(db: Kysely<Schema>, table: string): Promise<boolean> {
  const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
  return rows.length > 0;
}
