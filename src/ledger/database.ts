import type { Kysely } from 'kysely';

import type { Schema } from './schema.ts';

/** What the databases we know take as a parameter. */
export type SqlValue = string | number | bigint | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  /** The text comes again and again: worth being kept compiled. */
  readonly reused?: boolean;
  /** A guard: when no row is changed, the whole list is taken back. */
  readonly mustChange?: boolean;
}

export interface StatementResult {
  readonly changes: number;
  /** What `returning` gave. */
  readonly rows: readonly unknown[];
}

export type Written =
  | { readonly kind: 'written'; readonly results: readonly StatementResult[] }
  /** A guard failed and nothing was written; `statement` is its index. */
  | { readonly kind: 'refused'; readonly statement: number };

export interface UsedBytes {
  /** Without what is free for reuse. */
  readonly bytes: number;
  /**
   * Null: cheap to ask for again. Else it was counted row by row, and each event that is deleted lowers it by its body and
   * by this.
   */
  readonly bytesPerEvent: number | null;
}

/**
 * One database, seen by the queries of the ledger. Reads go through Kysely. Writes are lists of statements: there is
 * no open transaction with round trips in between, so that no caller can make the receivers wait.
 */
export interface Database {
  /** For building any query, and for executing those that only read. */
  readonly db: Kysely<Schema>;
  /**
   * True when the lists of several processes interleave. Then a list locks the rows by which it decides what to write
   * (docs/decisions/0009); a single writer needs no locks.
   */
  readonly manyWriters: boolean;
  /** All of it or nothing, durable once resolved. Rejects with LedgerUnavailableError when the database cannot be used. */
  write(statements: readonly Statement[]): Promise<Written>;
  /** What the operator's limit is about; cheap. */
  fileBytes(): Promise<number>;
  usedBytes(): Promise<UsedBytes>;
  /** About how many rows a table has, without counting them. */
  estimateRows(table: 'events' | 'runs'): Promise<number>;
  /** Gives a small piece of the free space back to the disk; false when there is none. */
  giveBackSpace(): Promise<boolean>;
  close(): Promise<void>;
}
