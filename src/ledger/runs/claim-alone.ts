import { sql } from 'kysely';

import type { Database } from '../database.ts';
import { prepare } from '../statement.ts';
import { currentPersonKey, dueRuns, type ClaimParameters, type ClaimStatements } from './due-runs.ts';

/** Claims where a single writer takes its turn. */
export function prepareAlone({ db }: Database): ClaimStatements {
  // A run whose lease ended gives its person free again, and takes over what was learned of the person meanwhile.
  const free = prepare<ClaimParameters>((claim) =>
    db
      .updateTable('runs')
      .set({ state: 'due', owner: null, again: 0, person_key: currentPersonKey() })
      .where('destination', '=', claim.destination)
      .where('claim_at_ms', '<=', claim.nowMs)
      .where(sql<boolean>`state = 'running'`),
  );
  const take = prepare<ClaimParameters>((claim) =>
    db
      .updateTable('runs')
      .set({
        state: 'running',
        owner: claim.owner,
        claim_at_ms: claim.leaseUntilMs,
        updated_at_ms: claim.nowMs,
      })
      .where('id', 'in', (where) =>
        where
          .selectFrom(dueRuns(db, claim))
          .select('candidates.id')
          .where('candidates.place', '=', 1)
          .orderBy('candidates.claim_at_ms')
          .orderBy('candidates.id')
          .limit(claim.limit),
      )
      .returningAll(),
  );
  return { free, take };
}
