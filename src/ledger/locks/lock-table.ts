/** Whoever has the row works on the person or record; until then, unless it is renewed. */
export interface LockTable {
  readonly destination: string;
  readonly key: string;
  readonly owner: string;
  readonly until_ms: number;
}

/** One row: when anybody asked for the time last, by the server's clock, and how far the shared time is ahead of that clock. */
export interface SharedTimeTable {
  readonly id: number;
  readonly asked_at_ms: number;
  readonly ahead_ms: number;
}
