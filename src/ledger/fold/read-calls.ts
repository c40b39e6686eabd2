import { toStoredEvent, selectEvents } from '../events/event-row.ts';
import type { Database } from '../database.ts';
import type { CallEvents, StoredEvent } from '../ledger.ts';
import { toRunSummary } from '../runs/run-row.ts';
import type { CallTable, RunTable } from '../schema.ts';
import { toCall } from './call-row.ts';

/** A call as the fold gets it, with the row it will replace. */
export interface ReadCall {
  readonly key: string;
  readonly input: CallEvents;
  readonly row: CallTable | null;
}

interface CallParts {
  readonly events: readonly StoredEvent[];
  readonly row: CallTable | null;
  readonly runs: readonly RunTable[];
}

/**
 * Reads calls with all their events. The calls are read before the events: should another process fold one of them in
 * between, its row carries a newer revision than the one read here and the write is refused.
 */
export async function readCalls(database: Database, keys: readonly string[]): Promise<readonly ReadCall[]> {
  if (keys.length === 0) return [];
  const rows = await database.db.selectFrom('calls').selectAll().where('call_key', 'in', keys).execute();
  const events = await readEvents(database, keys);
  const runs = await readRuns(database, rows);
  return keys.flatMap((key) => {
    const row = rows.find((candidate) => candidate.call_key === key) ?? null;
    const own = events.get(key) ?? [];
    return own[0] === undefined ? [] : [{ key, row, input: toInput(key, own[0], { events: own, row, runs }) }];
  });
}

function toInput(key: string, first: StoredEvent, rest: CallParts): CallEvents {
  return {
    source: first.source,
    platform: first.platform,
    // Not taken from an event: an orphan that was joined carries another id.
    providerCallId: key.slice(first.source.length + 1),
    events: rest.events,
    call: rest.row === null ? null : toCall(rest.row),
    runs: rest.runs.filter((run) => run.call_id === rest.row?.id).map(toRunSummary),
  };
}

/** Events by call key, in the order of their receipt. */
async function readEvents({ db }: Database, keys: readonly string[]): Promise<Map<string, StoredEvent[]>> {
  const own = await selectEvents(db)
    .where('events.call_key', 'in', keys)
    .where('events.orphan', '=', 0)
    .where('events.state', '=', 'pending')
    .execute();
  const joined = await selectEvents(db)
    .select('joins.call_key as joined_key')
    .where('joins.call_key', 'in', keys)
    .where('joins.undone_at_ms', 'is', null)
    .execute();
  const found = [
    ...own.map((row) => ({ key: row.call_key, event: toStoredEvent(row) })),
    ...joined.map((row) => ({ key: row.joined_key, event: toStoredEvent(row) })),
  ].toSorted((left, right) => (left.event.id < right.event.id ? -1 : 1));
  const byKey = new Map<string, StoredEvent[]>(keys.map((key) => [key, []]));
  for (const { key, event } of found) byKey.get(key ?? '')?.push(event);
  return byKey;
}

async function readRuns({ db }: Database, calls: readonly CallTable[]): Promise<readonly RunTable[]> {
  if (calls.length === 0) return [];
  const ids = calls.map((call) => call.id);
  return db.selectFrom('runs').selectAll().where('call_id', 'in', ids).orderBy('id').execute();
}
