import type { Database } from '../database.ts';
import { toCall } from '../fold/call-row.ts';
import type { Ledger } from '../ledger.ts';
import { toRunSummary } from '../runs/run-row.ts';
import { rowsToRead, toPage } from './page.ts';
import { searchCalls } from './search-calls.ts';

/** Calls, the one first heard of last first; `state` is the call's status. */
export function createListCalls({ db }: Database): Ledger['listCalls'] {
  return async (filter) => {
    const { after, source, state, search } = filter;
    let query = db.selectFrom('calls').selectAll().orderBy('id', 'desc').limit(rowsToRead(filter));
    if (after !== undefined) query = query.where('id', '<', after);
    if (source !== undefined) query = query.where('source', '=', source);
    if (state !== undefined) query = query.where('status', '=', state);
    if (search !== undefined) query = query.where('id', 'in', searchCalls(db, search));
    const page = toPage(await query.execute(), filter, (row) => row.id);
    const ids = page.rows.map((row) => row.id);
    const runs = ids.length === 0 ? [] : await db.selectFrom('runs').selectAll().where('call_id', 'in', ids).execute();
    return {
      next: page.next,
      rows: page.rows.map((row) => ({
        call: toCall(row),
        events: row.events,
        runs: runs.filter((run) => run.call_id === row.id).map(toRunSummary),
      })),
    };
  };
}
