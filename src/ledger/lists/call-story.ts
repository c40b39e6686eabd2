import type { Database } from '../database.ts';
import { toCall } from '../fold/call-row.ts';
import { selectEvents, toStoredEvent } from '../events/event-row.ts';
import type { AttemptRow, CallStory, Ledger, Link, StoredEvent } from '../ledger.ts';
import { toLink } from '../links/links.ts';
import { toAttemptRow, toRunSummary } from '../runs/run-row.ts';
import type { CallTable } from '../schema.ts';

/** Everything about one call, by our id or the platform's; of two sources with the same id the newer call. */
export function createCallStory(database: Database): Ledger['callStory'] {
  return async (id) => {
    const row = await database.db
      .selectFrom('calls')
      .selectAll()
      .where((where) =>
        where.or([where('id', '=', id), where('provider_call_id', '=', id), where('call_key', '=', id)]),
      )
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : tell(database, row);
  };
}

async function tell(database: Database, row: CallTable): Promise<CallStory> {
  const joins = await findJoins(database, row);
  const events = await findEvents(database, row, joins);
  return {
    call: toCall(row),
    events,
    duplicates: await findDuplicates(database, events),
    joins,
    unmatched: JSON.parse(row.unmatched) as string[],
    runs: await findRuns(database, row),
    links: await findLinks(database, row),
  };
}

async function findJoins({ db }: Database, { call_key }: CallTable): Promise<CallStory['joins']> {
  const rows = await db.selectFrom('joins').selectAll().where('call_key', '=', call_key).orderBy('event_id').execute();
  return rows.map(({ event_id, reason, undone_at_ms }) => ({
    eventId: event_id,
    reason,
    undone: undone_at_ms !== null,
  }));
}

async function findEvents(
  { db }: Database,
  { call_key }: CallTable,
  joins: CallStory['joins'],
): Promise<readonly StoredEvent[]> {
  const joined = joins.filter((join) => !join.undone).map((join) => join.eventId);
  const rows = await selectEvents(db)
    .where((where) =>
      where.or([
        where.and([where('events.call_key', '=', call_key), where('events.orphan', '=', 0)]),
        ...(joined.length > 0 ? [where('events.id', 'in', joined)] : []),
      ]),
    )
    .orderBy('events.id')
    .execute();
  return rows.map(toStoredEvent);
}

async function findDuplicates({ db }: Database, events: readonly StoredEvent[]): Promise<CallStory['duplicates']> {
  const ids = events.filter((event) => event.duplicates > 0).map((event) => event.id);
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('duplicates')
    .select(['event_id', 'received_at_ms'])
    .where('event_id', 'in', ids)
    .orderBy('event_id')
    .orderBy('slot')
    .execute();
  return rows.map(({ event_id, received_at_ms }) => ({ eventId: event_id, receivedAtMs: received_at_ms }));
}

async function findRuns({ db }: Database, { id }: CallTable): Promise<CallStory['runs']> {
  const runs = await db.selectFrom('runs').selectAll().where('call_id', '=', id).orderBy('id').execute();
  if (runs.length === 0) return [];
  const ids = runs.map((run) => run.id);
  const attempts = await db.selectFrom('attempts').selectAll().where('run_id', 'in', ids).orderBy('number').execute();
  const byRun = (runId: string): AttemptRow[] => attempts.filter((row) => row.run_id === runId).map(toAttemptRow);
  return runs.map((run) => ({ run: toRunSummary(run), attempts: byRun(run.id) }));
}

/** The call's own record, its tasks (`<call key>#…`), and the contact it points at with that contact's other keys. */
async function findLinks({ db }: Database, { call_key }: CallTable): Promise<readonly Link[]> {
  const rows = await db
    .selectFrom('links')
    .selectAll()
    .where((where) =>
      where.or([
        where('key', 'in', [call_key, `call:${call_key}`]),
        // `$` follows `#` in every collation that compares bytes: the range of keys that begin with `<call key>#`.
        where.and([where('key', '>=', `${call_key}#`), where('key', '<', `${call_key}$`)]),
      ]),
    )
    .orderBy('destination')
    .orderBy('key')
    .execute();
  const contacts = rows.flatMap(({ kind, record_id }) =>
    kind === 'contact' && record_id !== null ? [`record:${record_id}`] : [],
  );
  const records =
    contacts.length === 0 ? [] : await db.selectFrom('links').selectAll().where('key', 'in', contacts).execute();
  const own = new Set(rows.map((row) => row.destination));
  return [...rows, ...records.filter((row) => own.has(row.destination))].map(toLink);
}
