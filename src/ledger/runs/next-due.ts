import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';

/** Per destination, when its earliest run may be claimed; an expired or ending lease counts. Past times are due now. */
export function createNextDue({ db }: Database): Ledger['nextDue'] {
  return async () => {
    const rows = await db
      .selectFrom('runs')
      .select((select) => ['destination', select.fn.min('claim_at_ms').as('at_ms')])
      .where('claim_at_ms', 'is not', null)
      .groupBy('destination')
      .execute();
    return rows.flatMap(({ destination, at_ms }) => (at_ms === null ? [] : [{ destination, atMs: at_ms }]));
  };
}
