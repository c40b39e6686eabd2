import Sqlite from 'better-sqlite3';

import type { SqlValue } from '../database.ts';
import { holdLedger } from './hold-ledger.ts';

export type Row = Readonly<Record<string, SqlValue>>;

export interface FrozenTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  readonly rows: number;
}

/** An embedded ledger that nobody can write while this is open; it is only read. */
export interface FrozenLedger {
  /** Number of its newest migration. */
  readonly migration: number;
  readonly tables: readonly FrozenTable[];
  /** Every row of a table, in no order. */
  rowsOf(table: FrozenTable): Iterable<Row>;
  close(): void;
}

export type FreezeResult =
  | { readonly kind: 'frozen'; readonly ledger: FrozenLedger }
  /** A daemon works on it, or a receiver is writing. */
  | { readonly kind: 'in_use' };

const PATIENCE_MS = 3_000;

/** Opens the file, which must be there, and keeps its write lock. Throws when it cannot be used. */
export function freezeLedger(file: string): FreezeResult {
  const hold = holdLedger(file);
  if (hold === null) return { kind: 'in_use' };
  const sqlite = new Sqlite(file, { fileMustExist: true, timeout: PATIENCE_MS });
  const close = (): void => {
    sqlite.close();
    hold.release();
  };
  try {
    // A receiver needs no hold; now its webhooks are answered 503 and come again later.
    sqlite.exec('begin immediate');
    const ledger: FrozenLedger = {
      migration: readMigration(sqlite),
      tables: readTables(sqlite),
      rowsOf: ({ name, columns }) =>
        sqlite.prepare<[], Row>(`select ${columns.map(quote).join(', ')} from ${quote(name)}`).iterate(),
      close,
    };
    return { kind: 'frozen', ledger };
  } catch (error) {
    close();
    if ((error as { readonly code?: unknown }).code === 'SQLITE_BUSY') return { kind: 'in_use' };
    throw new Error(`The ledger ${file} cannot be read: ${String(error)}`, { cause: error });
  }
}

function readMigration(sqlite: Sqlite.Database): number {
  return sqlite.prepare<[], { number: number }>('select max(number) as number from migrations').get()?.number ?? 0;
}

function readTables(sqlite: Sqlite.Database): FrozenTable[] {
  const names = sqlite
    .prepare<[], { name: string }>(
      `select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`,
    )
    .all();
  return names.map(({ name }) => {
    const columns = sqlite
      .prepare<[string], { name: string; pk: number }>('select name, pk from pragma_table_info(?) order by cid')
      .all(name);
    const key = columns.filter(({ pk }) => pk > 0).toSorted((left, right) => left.pk - right.pk);
    const count = sqlite.prepare<[], { rows: number }>(`select count(*) as rows from ${quote(name)}`).get();
    return {
      name,
      columns: columns.map((column) => column.name),
      primaryKey: key.map((column) => column.name),
      rows: count?.rows ?? 0,
    };
  });
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
