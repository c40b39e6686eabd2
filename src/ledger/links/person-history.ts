import { sql } from 'kysely';

import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import type { PersonHistory } from '../records.ts';

/**
 * Counted over all sources: a person who calls two numbers of ours is one person. Calls that retention deleted count on;
 * one of them that a late event made anew counts twice.
 */
export function createPersonHistory(database: Database): Ledger['personHistory'] {
  return async (customerNumber) => {
    const [present, forgotten] = await Promise.all([
      countPresent(database, customerNumber),
      findForgotten(database, customerNumber),
    ]);
    return forgotten === undefined ? present : add(present, forgotten);
  };
}

async function countPresent({ db }: Database, customerNumber: string): Promise<PersonHistory> {
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
}

function findForgotten({ db }: Database, customerNumber: string) {
  return db
    .selectFrom('forgotten_calls')
    .select(['total_calls', 'first_call_at', 'last_call_at', 'completed_calls'])
    .where('customer_number', '=', customerNumber)
    .executeTakeFirst();
}

function add(left: PersonHistory, right: PersonHistory): PersonHistory {
  const times = [left.first_call_at, left.last_call_at, right.first_call_at, right.last_call_at];
  const known = times.filter((time) => time !== null).toSorted();
  return {
    total_calls: left.total_calls + right.total_calls,
    first_call_at: known[0] ?? null,
    last_call_at: known.at(-1) ?? null,
    completed_calls: left.completed_calls + right.completed_calls,
  };
}
