import type { Kysely } from 'kysely';

import type { Database } from '../database.ts';
import type { Ledger, ListFilter, RunRow } from '../ledger.ts';
import { toAttemptRow, toRunSummary } from '../runs/run-row.ts';
import type { RunTable, Schema } from '../schema.ts';
import { rowsToRead, toPage } from './page.ts';
import { searchCalls } from './search-calls.ts';

/** Runs, the one made last first. */
export function createRunLists({ db }: Database): Pick<Ledger, 'listRuns' | 'findRun'> {
  return {
    async listRuns(filter) {
      const { source, state, search } = filter;
      let query = ordered(selectRuns(db).limit(rowsToRead(filter)), filter);
      if (source !== undefined) query = query.where('calls.source', '=', source);
      if (state !== undefined) query = query.where('runs.state', '=', state);
      if (search !== undefined) query = query.where('runs.call_id', 'in', searchCalls(db, search));
      const page = toPage(await query.execute(), filter, (row) => row.id);
      return { next: page.next, rows: page.rows.map(toRunRow) };
    },
    async findRun(id) {
      const row = await selectRuns(db).where('runs.id', '=', id).executeTakeFirst();
      if (row === undefined) return null;
      const attempts = await db.selectFrom('attempts').selectAll().where('run_id', '=', id).orderBy('number').execute();
      return { run: toRunRow(row), attempts: attempts.map(toAttemptRow) };
    },
  };
}

function selectRuns(db: Kysely<Schema>) {
  return db
    .selectFrom('runs')
    .innerJoin('calls', 'calls.id', 'runs.call_id')
    .selectAll('runs')
    .select(['calls.source', 'calls.provider_call_id']);
}

/**
 * The runs of one source are found through its calls, in their order: the runs themselves do not know their source. Of a
 * state there are few, except of what is done.
 */
function ordered(query: ReturnType<typeof selectRuns>, { after, source, state }: ListFilter) {
  const byCall = source !== undefined && (state === undefined || state === 'done');
  if (!byCall) {
    const inOrder = query.orderBy('runs.id', 'desc');
    return after === undefined ? inOrder : inOrder.where('runs.id', '<', after);
  }
  const inOrder = query.orderBy('calls.id', 'desc').orderBy('runs.id', 'desc');
  if (after === undefined) return inOrder;
  return inOrder.where((where) => {
    const call = where.selectFrom('runs as last').select('last.call_id').where('last.id', '=', after);
    return where(where.refTuple('calls.id', 'runs.id'), '<', where.tuple(call, where.val(after)));
  });
}

function toRunRow(row: RunTable & { readonly source: string; readonly provider_call_id: string }): RunRow {
  return {
    run: toRunSummary(row),
    callId: row.call_id,
    providerCallId: row.provider_call_id,
    source: row.source,
    updatedAtMs: row.updated_at_ms,
  };
}
