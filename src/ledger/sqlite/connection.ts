import { closeSync, openSync } from 'node:fs';

import Sqlite from 'better-sqlite3';

import type { SqlValue } from '../database.ts';
import type { ThreadOptions } from './messages.ts';

/** Texts kept compiled; beyond it the oldest is dropped. Lists of varying length make ever new texts. */
const MAX_PREPARED = 256;

/** One open file with its compiled statements. */
export interface Connection {
  prepare(text: string): Sqlite.Statement<SqlValue[]>;
  execute(text: string): void;
  readonly inTransaction: boolean;
  close(): void;
}

/** Opens the file and sets what the promises rest on. Throws when it cannot be used. */
export function openConnection(options: ThreadOptions): Connection {
  if (options.mode === 'write') makePrivately(options.file);
  const sqlite = new Sqlite(options.file, { timeout: options.busyTimeoutMs });
  try {
    for (const pragma of options.mode === 'write' ? WRITER : READER) sqlite.pragma(pragma);
  } catch (error) {
    sqlite.close();
    throw error;
  }
  const prepared = new Map<string, Sqlite.Statement<SqlValue[]>>();
  return {
    prepare(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const statement = sqlite.prepare<SqlValue[]>(text);
      if (prepared.size >= MAX_PREPARED) prepared.delete(prepared.keys().next().value ?? '');
      prepared.set(text, statement);
      return statement;
    },
    execute: (text) => void sqlite.exec(text),
    get inTransaction() {
      return sqlite.inTransaction;
    },
    close: () => void sqlite.close(),
  };
}

/** People's calls and our tokens are in there. SQLite gives the files beside it (-wal, -shm) the mode of this one. */
export function makePrivately(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

const WRITER = [
  // Only heeded in an empty file; lets retention give space back without rewriting the file.
  'auto_vacuum = INCREMENTAL',
  'journal_mode = WAL',
  // In WAL mode FULL is what makes every commit an fsync; NORMAL would lose acknowledged events on power loss.
  'synchronous = FULL',
  // Only should ours not come to it (checkpoint.ts).
  'wal_autocheckpoint = 8000',
  'cache_size = -4000',
  'temp_store = MEMORY',
  // Last: opening may wait. Transactions wait in a way of their own (take-turn.ts).
  'busy_timeout = 0',
];

const READER = ['query_only = ON', 'cache_size = -8000', 'temp_store = MEMORY'];
