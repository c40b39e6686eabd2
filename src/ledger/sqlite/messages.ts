import type { SqlValue } from '../database.ts';

export interface ThreadOptions {
  readonly file: string;
  readonly mode: 'read' | 'write';
  /** How long a statement waits for another process that is writing. */
  readonly busyTimeoutMs: number;
}

/** A parameter on its way to the thread; bytes travel in the group's `bytes`. */
export type GroupParameter = Exclude<SqlValue, Uint8Array> | readonly [offset: number, length: number];

/** What several statements have in common. */
export interface StatementKind {
  readonly sql: string;
  /** How many parameters it takes. */
  readonly parameters: number;
  /** A guard: when no row is changed, the whole unit is taken back. */
  readonly mustChange: boolean;
}

/**
 * Units that are committed together, each a list of statements, all or nothing. Everything stands one after the other in
 * flat lists: a message of nested lists costs several times what its contents cost.
 */
export interface Group {
  /** Each once: most units of a group are the same statements. */
  readonly kinds: readonly StatementKind[];
  /** Of each unit: how many statements it has. */
  readonly units: readonly number[];
  /** Of each statement: its index in `kinds`. */
  readonly statements: readonly number[];
  readonly parameters: readonly GroupParameter[];
  /** All bodies: handed over, not copied, and one piece of memory instead of hundreds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a statement gave: its rows, or how many it changed when it is of a kind that gives none. */
export type WireResult = number | readonly unknown[];

/** What became of one unit. */
export type Answer =
  | { readonly kind: 'written'; readonly results: readonly WireResult[] }
  | { readonly kind: 'refused'; readonly statement: number }
  /** The statement's own fault: a constraint, a wrong parameter. The other units are not touched. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  /** The database cannot be used; nothing was written. */
  | { readonly kind: 'unavailable'; readonly code: string; readonly message: string };

export type Request = Group | 'close';

/** What became of each unit of a group, in their order. */
export type Reply = readonly Answer[];
