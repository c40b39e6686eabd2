/** What a piece of pruning deleted. */
export interface Pruned {
  readonly events: number;
  readonly calls: number;
  /** Of the events. */
  readonly bodyBytes: number;
}

export const NOTHING: Pruned = { events: 0, calls: 0, bodyBytes: 0 };

export function add(left: Pruned, right: Pruned): Pruned {
  return {
    events: left.events + right.events,
    calls: left.calls + right.calls,
    bodyBytes: left.bodyBytes + right.bodyBytes,
  };
}

/** Of deletions that return `length(body)` as `bytes`. */
export function countEvents(rows: readonly unknown[]): Pruned {
  const bytes = rows.map((row) => (row as { readonly bytes: number }).bytes);
  return { events: rows.length, calls: 0, bodyBytes: bytes.reduce((left, right) => left + right, 0) };
}
