/** Whoever has the row works on the person or record; until then, unless it is renewed. */
export interface LockTable {
  readonly destination: string;
  readonly key: string;
  readonly owner: string;
  readonly until_ms: number;
}
