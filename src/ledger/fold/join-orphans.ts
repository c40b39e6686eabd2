import type { Clock } from '../../shared/clock.ts';
import type { Database, Statement } from '../database.ts';
import { callKeyOf, selectEvents, toStoredEvent } from '../events/event-row.ts';
import type { Join, OrphanCandidates, StoredEvent } from '../ledger.ts';
import { mustChange, toStatement } from '../statement.ts';
import { letFoldsEnd } from './fold-lock.ts';
import { readCalls } from './read-calls.ts';
import { JOIN_WINDOW_MS } from './write-call.ts';

/** Orphans looked at per fold; each reads its candidates with all their events. */
const MAX_ORPHANS = 20;
const MAX_CANDIDATES = 20;

interface WaitingOrphan {
  readonly event_id: string;
  readonly try_at_ms: number | null;
}

/**
 * Lets waiting orphan events look for the call they belong to. One that finds it becomes a pending event of that call;
 * one that does not sleeps until a call of its source is folded.
 */
export function createJoinOrphans(database: Database, clock: Clock): (join: Join) => Promise<void> {
  return async (join) => {
    const orphans = await database.db
      .selectFrom('pending_events')
      .select(['event_id', 'try_at_ms'])
      .where('orphan', '=', 1)
      .where('try_at_ms', '<=', clock.now())
      // Counted up by every fold since they were looked at: whoever was passed over longest comes first.
      .orderBy('try_at_ms', 'desc')
      .orderBy('event_id')
      .limit(MAX_ORPHANS)
      .execute();
    if (orphans.length > 0) await letFoldsEnd(database);
    for (const orphan of orphans) await joinOrphan(database, orphan, join);
  };
}

async function joinOrphan(database: Database, orphan: WaitingOrphan, join: Join): Promise<void> {
  const row = await selectEvents(database.db).where('events.id', '=', orphan.event_id).executeTakeFirst();
  if (row === undefined) return;
  const event = toStoredEvent(row);
  await database.write(decide(database, orphan, join, { event, candidates: await findCandidates(database, event) }));
}

function decide(database: Database, orphan: WaitingOrphan, join: Join, input: OrphanCandidates): readonly Statement[] {
  try {
    const joined = join(input);
    if (joined === null) return [sleep(database, orphan, null)];
    const callKey = callKeyOf(input.event.source, joined.providerCallId);
    return joinStatements(database, orphan, callKey, joined.reason);
  } catch (error) {
    return [sleep(database, orphan, String(error))];
  }
}

async function findCandidates(database: Database, event: StoredEvent): Promise<OrphanCandidates['candidates']> {
  const from = event.receivedAtMs - JOIN_WINDOW_MS;
  const to = event.receivedAtMs + JOIN_WINDOW_MS;
  const rows = await database.db
    .selectFrom('calls')
    .select('call_key')
    .where('source', '=', event.source)
    .where('last_received_at_ms', '>=', from)
    .where('first_received_at_ms', '<=', to)
    .orderBy('last_received_at_ms', 'desc')
    .limit(MAX_CANDIDATES)
    .execute();
  const calls = await readCalls(
    database,
    rows.map((row) => row.call_key),
  );
  const isNear = ({ receivedAtMs }: StoredEvent): boolean => receivedAtMs >= from && receivedAtMs <= to;
  return calls.map(({ input }) => input).filter(({ events }) => events.some(isNear));
}

/** Unless it was woken since it was read. */
function sleep({ db }: Database, orphan: WaitingOrphan, problem: string | null): Statement {
  return toStatement(
    db
      .updateTable('pending_events')
      .set({ try_at_ms: null, problem })
      .where('event_id', '=', orphan.event_id)
      .where('try_at_ms', '=', orphan.try_at_ms),
  );
}

function joinStatements(
  { db }: Database,
  orphan: WaitingOrphan,
  callKey: string,
  reason: string,
): readonly Statement[] {
  const joined = { event_id: orphan.event_id, call_key: callKey, reason, undone_at_ms: null };
  return [
    // Refused when another process joined it, or retention deleted it.
    mustChange(
      toStatement(
        db
          .updateTable('pending_events')
          .set({ orphan: 0, call_key: callKey, try_at_ms: 0, problem: null })
          .where('event_id', '=', orphan.event_id)
          .where('orphan', '=', 1),
      ),
    ),
    toStatement(
      db
        .insertInto('joins')
        .values(joined)
        .onConflict((conflict) => conflict.column('event_id').doNothing()),
    ),
  ];
}
