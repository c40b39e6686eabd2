import { sql } from 'kysely';

import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';

/** Counted over all sources: a person who calls two numbers of ours is one person. */
export function createPersonHistory({ db }: Database): Ledger['personHistory'] {
  return async (customerNumber) => {
    const row = await db
      .selectFrom('calls')
      .select(({ fn }) => [
        fn.countAll<number>().as('total_calls'),
        fn.min('called_at').as('first_call_at'),
        fn.max('called_at').as('last_call_at'),
        sql<number>`coalesce(sum(case when status = 'completed' then 1 else 0 end), 0)`.as('completed_calls'),
      ])
      .where('customer_number', '=', customerNumber)
      .executeTakeFirstOrThrow();
    const { total_calls, first_call_at, last_call_at, completed_calls } = row;
    return { total_calls, first_call_at, last_call_at, completed_calls };
  };
}
