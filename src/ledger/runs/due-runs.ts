import { sql, type AliasedSelectQueryBuilder, type RawBuilder } from 'kysely';

import type { Database, Statement } from '../database.ts';
import type { Ledger } from '../ledger.ts';

type Claim = Parameters<Ledger['claimRuns']>[0];

export type ClaimParameters = Claim & { readonly leaseUntilMs: number; readonly window: number };

/** `free` ends leases that ran out, `take` leases due runs and returns their rows. */
export interface ClaimStatements {
  readonly free: (claim: ClaimParameters) => Statement;
  readonly take: (claim: ClaimParameters) => Statement;
}

export function toParameters(claim: Claim): ClaimParameters {
  return { ...claim, leaseUntilMs: claim.nowMs + claim.leaseMs, window: windowFor(claim.limit) };
}

/** How many due runs are looked at: enough that one person with many calls does not hide the others. */
function windowFor(limit: number): number {
  return limit * 8 + 64;
}

/** The person of the run's call as known now. */
export function currentPersonKey(): RawBuilder<string> {
  return sql<string>`(select calls.person_key from calls where calls.id = runs.call_id)`;
}

interface Candidate {
  readonly id: string;
  readonly claim_at_ms: number | null;
  /** 1 for the first run of each person. */
  readonly place: number;
}

/** Due runs of persons nobody works on, as a table named `candidates`. */
export function dueRuns(
  db: Database['db'],
  claim: ClaimParameters,
): AliasedSelectQueryBuilder<Candidate, 'candidates'> {
  const due = db
    .selectFrom('runs')
    .select(['runs.id', 'runs.person_key', 'runs.claim_at_ms'])
    .where('runs.destination', '=', claim.destination)
    .where('runs.claim_at_ms', '<=', claim.nowMs)
    .where(sql<boolean>`runs.state <> 'running'`)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('runs as other')
            .select('other.id')
            .whereRef('other.destination', '=', 'runs.destination')
            .whereRef('other.person_key', '=', 'runs.person_key')
            // As text, not as a parameter: only then the partial index is used.
            .where(sql<boolean>`other.state = 'running'`),
        ),
      ),
    )
    .orderBy('runs.claim_at_ms')
    .orderBy('runs.id')
    .limit(claim.window);
  return db
    .selectFrom(due.as('due'))
    .select(['due.id', 'due.claim_at_ms'])
    .select(sql<number>`row_number() over (partition by due.person_key order by due.claim_at_ms, due.id)`.as('place'))
    .as('candidates');
}
