import type { ListFilter, Page } from '../ledger.ts';

/** A list asks for at most this many rows at a time, whatever the caller says. */
const MAX_LIMIT = 500;

/** One row more than asked tells whether there is another page. */
export function rowsToRead(filter: ListFilter): number {
  return Math.max(1, Math.min(filter.limit, MAX_LIMIT)) + 1;
}

/** Cuts the extra row off; the next page begins after the last id shown. */
export function toPage<Row>(rows: readonly Row[], filter: ListFilter, idOf: (row: Row) => string): Page<Row> {
  const limit = rowsToRead(filter) - 1;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? idOf(last) : null };
}
