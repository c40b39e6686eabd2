import { Kysely } from 'kysely';

import type { Database, StatementResult } from '../database.ts';
import type { Schema } from '../schema.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { SqliteThread, type ThreadLimits } from './sqlite-thread.ts';

/** Another process holding the write lock this long costs a 503, which the sender survives; it must arrive inside 4 s. */
const BUSY_TIMEOUT_MS = 2_500;
/** 64 MiB of bodies that wait for a disk is a disk that does not keep up. */
const LIMITS: ThreadLimits = { maxPending: 10_000, maxPendingBytes: 64 * 1024 ** 2 };
/** A receiver reads when it starts and when someone looks at its metrics; between, a thread would only hold 20 MB. */
const READER_IDLE_MS = 2_000;
/** Pages moved per piece when space is given back: with 4 KiB pages, 1 MiB. */
const VACUUM_PAGES = 256;

/**
 * Opens the SQLite file, made when absent. Two threads: one writes, with a commit and an fsync per group; one reads, so
 * that a list over a million rows never makes a webhook wait. Several processes may have the file open.
 */
export async function openSqliteDatabase(file: string, limits: ThreadLimits = LIMITS): Promise<Database> {
  const writer = new SqliteThread({ file, mode: 'write', busyTimeoutMs: BUSY_TIMEOUT_MS }, limits);
  const reader = new SqliteThread(
    { file, mode: 'read', busyTimeoutMs: BUSY_TIMEOUT_MS },
    {
      ...limits,
      endAfterIdleMs: READER_IDLE_MS,
    },
  );
  const database: Database = {
    db: new Kysely<Schema>({ dialect: createSqliteDialect(reader) }),
    manyWriters: false,
    write: (statements) => writer.submit(statements),
    fileBytes: async () => (await countPages(reader)).fileBytes,
    usedBytes: async () => ({ bytes: (await countPages(reader)).usedBytes, bytesPerEvent: null }),
    estimateRows: (table) => estimateRows(reader, table),
    giveBackSpace: () => giveBackSpace(writer),
    async close() {
      await reader.close();
      await writer.close();
    },
  };
  try {
    // The writer makes the file; a reader that came first would find nothing to read.
    await writer.submit([{ sql: 'pragma user_version', parameters: [] }]);
  } catch (error) {
    await database.close();
    throw new Error(`The ledger file ${file} cannot be opened: ${String(error)}`, { cause: error });
  }
  return database;
}

async function countPages(reader: SqliteThread): Promise<{ readonly fileBytes: number; readonly usedBytes: number }> {
  const written = await reader.submit(
    ['pragma page_count', 'pragma freelist_count', 'pragma page_size'].map((sql) => ({ sql, parameters: [] })),
  );
  const [pages = 0, free = 0, bytes = 0] = written.kind === 'written' ? written.results.map(firstNumber) : [];
  return { fileBytes: pages * bytes, usedBytes: (pages - free) * bytes };
}

/** Retention deletes the oldest, so few numbers between the first and the last row are missing. */
async function estimateRows(reader: SqliteThread, table: string): Promise<number> {
  const sql = `select (select max(rowid) from ${table}) - (select min(rowid) from ${table}) + 1`;
  const written = await reader.submit([{ sql, parameters: [] }]);
  return written.kind === 'written' ? (written.results.map(firstNumber)[0] ?? 0) : 0;
}

async function giveBackSpace(writer: SqliteThread): Promise<boolean> {
  const written = await writer.submit([
    { sql: `pragma incremental_vacuum(${VACUUM_PAGES})`, parameters: [] },
    { sql: 'pragma freelist_count', parameters: [] },
  ]);
  const free = written.kind === 'written' ? written.results[1] : undefined;
  return free !== undefined && firstNumber(free) > 0;
}

function firstNumber(result: StatementResult): number {
  const row = result.rows[0];
  const value: unknown = typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined;
  return typeof value === 'number' ? value : 0;
}
