import { sql } from 'kysely';

import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { DESTINATIONS } from './destinations.ts';

/** Per destination, when its earliest run may be claimed; an expired or ending lease counts. Past times are due now. */
export function createNextDue({ db }: Database): Ledger['nextDue'] {
  return async () => {
    const { rows } = await sql<{ readonly destination: string; readonly at_ms: number | null }>`
      with recursive ${DESTINATIONS}
      select name as destination,
        (select min(claim_at_ms) from runs where destination = name and claim_at_ms is not null) as at_ms
      from destinations where name is not null`.execute(db);
    return rows.flatMap(({ destination, at_ms }) => (at_ms === null ? [] : [{ destination, atMs: at_ms }]));
  };
}
