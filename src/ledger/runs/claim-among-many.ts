import { sql } from 'kysely';

import type { Database } from '../database.ts';
import { prepare } from '../statement.ts';
import { dueRuns, type ClaimParameters, type ClaimStatements } from './due-runs.ts';

/**
 * Claims where others claim at the same time: rows that somebody else has locked are passed over, not waited for. Only as
 * many rows are locked as are taken, so that the next claimer finds the rest; and each is looked at again once it is
 * locked, since it may have been taken after the candidates were read. Two claims that meet on one person nonetheless
 * break the index `runs_person`, and the later one is tried again (write-list.ts).
 */
export function prepareAmongMany(database: Database): ClaimStatements {
  return { free: prepareFree(database), take: prepareTake(database) };
}

/** With the person as the locked call says: `currentPersonKey` would say it as of the beginning of the statement. */
function prepareFree({ db }: Database): ClaimStatements['free'] {
  return prepare<ClaimParameters>((claim) =>
    db
      .with(
        (cte) => cte('ended').materialized(),
        (where) =>
          where
            .selectFrom('runs')
            .innerJoin('calls', 'calls.id', 'runs.call_id')
            .select(['runs.id', 'calls.person_key'])
            .where('runs.destination', '=', claim.destination)
            .where('runs.claim_at_ms', '<=', claim.nowMs)
            .where(sql<boolean>`runs.state = 'running'`)
            .modifyEnd(sql`for share of calls skip locked for update of runs skip locked`),
      )
      .updateTable('runs')
      .from('ended')
      .set({ state: 'due', owner: null, again: 0, person_key: sql<string>`ended.person_key` })
      .whereRef('runs.id', '=', 'ended.id'),
  );
}

function prepareTake({ db }: Database): ClaimStatements['take'] {
  return prepare<ClaimParameters>((claim) =>
    db
      .with(
        (cte) => cte('taken').materialized(),
        (where) =>
          where
            .selectFrom(dueRuns(db, claim))
            .innerJoin('runs as due', 'due.id', 'candidates.id')
            .select('due.id')
            .where('candidates.place', '=', 1)
            .where('due.claim_at_ms', '<=', claim.nowMs)
            .where(sql<boolean>`due.state <> 'running'`)
            .orderBy('candidates.claim_at_ms')
            .orderBy('candidates.id')
            .limit(claim.limit)
            .forUpdate('due')
            .skipLocked(),
      )
      .updateTable('runs')
      .from('taken')
      .set({ state: 'running', owner: claim.owner, claim_at_ms: claim.leaseUntilMs, updated_at_ms: claim.nowMs })
      .whereRef('runs.id', '=', 'taken.id')
      .returningAll('runs'),
  );
}
