import type { Kysely } from 'kysely';

import type { Schema } from './schema.ts';

/** What the databases we know take as a parameter. */
export type SqlValue = string | number | bigint | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
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

export interface DatabaseSize {
  readonly fileBytes: number;
  /** Without what is free for reuse. */
  readonly usedBytes: number;
}

/**
 * One database, seen by the queries of the ledger. Reads go through Kysely. Writes are lists of statements: there is
 * no open transaction with round trips in between, so that no caller can make the receivers wait.
 */
export interface Database {
  /** For building any query, and for executing those that only read. */
  readonly db: Kysely<Schema>;
  /** All of it or nothing, durable once resolved. Rejects with LedgerUnavailableError when the database cannot be used. */
  write(statements: readonly Statement[]): Promise<Written>;
  size(): Promise<DatabaseSize>;
  /** Gives a small piece of the free space back to the disk; false when there is none. */
  giveBackSpace(): Promise<boolean>;
  close(): Promise<void>;
}
