import type { SqlValue, StatementResult } from '../database.ts';

export interface ThreadOptions {
  readonly file: string;
  readonly mode: 'read' | 'write';
  /** How long a statement waits for another process that is writing. */
  readonly busyTimeoutMs: number;
}

/** A parameter on its way to the thread; bytes travel in the group's `bytes`. */
export type GroupParameter = Exclude<SqlValue, Uint8Array> | readonly [offset: number, length: number];

/** Index into the group's texts, parameters, and whether it must change a row. */
export type GroupStatement = readonly [text: number, parameters: readonly GroupParameter[], mustChange: boolean];

/** Units that are committed together. Each is a list of statements, all or nothing. */
export interface Group {
  readonly id: number;
  /** SQL texts, each once: most units of a group are the same statement. */
  readonly texts: readonly string[];
  readonly units: readonly (readonly GroupStatement[])[];
  /** All bodies one after the other: handed over, not copied, and one piece of memory instead of hundreds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What became of one unit. */
export type Answer =
  | { readonly kind: 'written'; readonly results: readonly StatementResult[] }
  | { readonly kind: 'refused'; readonly statement: number }
  /** The statement's own fault: a constraint, a wrong parameter. The other units are not touched. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** The database cannot be used; nothing was written. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly message: string };

export type Request = Group | 'close';

export interface Reply {
  readonly id: number;
  readonly answers: readonly Answer[];
}
