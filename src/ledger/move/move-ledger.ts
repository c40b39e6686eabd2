import { sql } from 'kysely';

import type { Database } from '../database.ts';
import type { FrozenLedger, FrozenTable } from '../sqlite/freeze-ledger.ts';
import { copyTable, digestTable, type CopyProgress } from './copy-table.ts';
import { beginMove, endMove, type Obstacle } from './move-mark.ts';

export interface MovedTable {
  readonly name: string;
  readonly rows: number;
  readonly checksum: string;
}

export type MoveResult =
  /** Every table has the same rows with the same content on both sides. */
  | { readonly kind: 'moved'; readonly tables: readonly MovedTable[] }
  | Obstacle
  /** The two ledgers are of different versions. */
  | { readonly kind: 'other_version'; readonly source: number; readonly target: number }
  /** After the copy these tables were not the same: somebody else wrote to the target, or it holds an older state. */
  | { readonly kind: 'differs'; readonly tables: readonly string[] };

/** Of no use to others: what the tables stand at, locks of processes that are gone, and what time it was. */
const LEFT_BEHIND = new Set(['migrations', 'locks', 'shared_time']);

/**
 * Copies a whole ledger into an empty PostgreSQL database that is migrated, then reads everything back and compares.
 * Interrupted at any point it may be called again: what is there already is left as it is. Until it resolves to `moved`
 * no daemon starts on the target.
 */
export async function moveLedger(
  from: FrozenLedger,
  to: Database,
  onProgress: (progress: CopyProgress) => void,
): Promise<MoveResult> {
  const target = await findMigration(to);
  if (target !== from.migration) return { kind: 'other_version', source: from.migration, target };
  const tables = from.tables.filter(({ name }) => !LEFT_BEHIND.has(name));
  const obstacle = await beginMove(to, tables);
  if (obstacle !== null) return obstacle;
  const moved: MovedTable[] = [];
  const differing: string[] = [];
  for (const table of tables) {
    const source = await copyTable(from, to, table, onProgress);
    const copy = await digestTable(to, table, onProgress);
    moved.push({ name: table.name, ...source });
    if (copy.rows !== source.rows || copy.checksum !== source.checksum) differing.push(table.name);
  }
  if (differing.length > 0) return { kind: 'differs', tables: differing };
  await continueNumbers(to, tables);
  await endMove(to);
  return { kind: 'moved', tables: moved };
}

async function findMigration({ db }: Database): Promise<number> {
  const row = await db
    .selectFrom('migrations')
    .select((select) => select.fn.max('number').as('number'))
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** Rows that are numbered by the database: the next one follows on the last copied. */
async function continueNumbers(to: Database, tables: readonly FrozenTable[]): Promise<void> {
  const { rows } = await sql<{ readonly table: string; readonly column: string }>`
    select table_name::text as "table", column_name::text as "column" from information_schema.columns
    where table_schema = current_schema() and is_identity = 'YES'`.execute(to.db);
  for (const { table, column } of rows.filter((row) => tables.some(({ name }) => name === row.table))) {
    const next = `select coalesce(max("${column}"), 0) + 1 from "${table}"`;
    const text = `select setval(pg_get_serial_sequence('"${table}"', '${column}'), (${next}), false)`;
    await to.write([{ sql: text, parameters: [] }]);
  }
}
