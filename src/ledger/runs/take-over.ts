import { sql, type RawBuilder } from 'kysely';

import type { Database, Statement } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { toStatement } from '../statement.ts';

/** No lease of a command beside the daemon is longer. */
const LONGEST_LEASE_MS = 60_000;

/** What a dead predecessor left goes on at once, whatever its clock said (contract: Ledger.takeOver). */
export function createTakeOver(database: Database): Ledger['takeOver'] {
  return async (nowMs) => {
    const written = await database.write([endLeases(database, nowMs), bringBackRuns(database, nowMs)]);
    const changed = written.kind === 'written' ? (written.results[1]?.changes ?? 0) : 0;
    await database.write([...endWaits(database, nowMs), ...(changed === 0 ? [] : [bringBackIntents(database, nowMs)])]);
  };
}

/** The next claim gives them free, like any lease that ended. */
function endLeases({ db }: Database, nowMs: number): Statement {
  return toStatement(
    db
      .updateTable('runs')
      .set({ claim_at_ms: nowMs, updated_at_ms: nowMs })
      .where(sql<boolean>`state = 'running'`),
  );
}

/** A run that was written in the future is due as long after now as it was after that. */
function bringBackRuns({ db }: Database, nowMs: number): Statement {
  const moved = (column: 'claim_at_ms' | 'due_at_ms'): RawBuilder<number> => {
    const at = sql.ref(column);
    return sql`case when ${at} > ${nowMs} then ${at} - (updated_at_ms - ${nowMs}) else ${at} end`;
  };
  return toStatement(
    db
      .updateTable('runs')
      .set({ claim_at_ms: moved('claim_at_ms'), due_at_ms: moved('due_at_ms'), updated_at_ms: nowMs })
      .where('claim_at_ms', 'is not', null)
      .where('updated_at_ms', '>', nowMs),
  );
}

/** Pauses, locks, and calls whose fold was put off: a new start is a reason to try those again. */
function endWaits({ db }: Database, nowMs: number): readonly Statement[] {
  return [
    toStatement(
      db
        .updateTable('pauses')
        .set({ since_ms: nowMs, until_ms: sql`until_ms - (since_ms - ${nowMs})` })
        .where('since_ms', '>', nowMs),
    ),
    toStatement(db.deleteFrom('locks').where('until_ms', '>', nowMs + LONGEST_LEASE_MS)),
    toStatement(db.updateTable('pending_events').set({ try_at_ms: 0 }).where('try_at_ms', '>', nowMs)),
  ];
}

/** Creates of unknown fate, whose attempts look for their record a while after. Reads all links, so only when it is known. */
function bringBackIntents({ db }: Database, nowMs: number): Statement {
  return toStatement(
    db
      .updateTable('links')
      .set({ updated_at_ms: nowMs })
      .where('state', '=', 'intent')
      .where('updated_at_ms', '>', nowMs),
  );
}
