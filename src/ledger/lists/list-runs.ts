import type { Kysely } from 'kysely';

import type { Database } from '../database.ts';
import type { Ledger, RunRow } from '../ledger.ts';
import { toAttemptRow, toRunSummary } from '../runs/run-row.ts';
import type { RunTable, Schema } from '../schema.ts';
import { rowsToRead, toPage } from './page.ts';

/** Runs, the one made last first. */
export function createRunLists({ db }: Database): Pick<Ledger, 'listRuns' | 'findRun'> {
  return {
    async listRuns(filter) {
      const { after, source, state, search } = filter;
      let query = selectRuns(db).orderBy('runs.id', 'desc').limit(rowsToRead(filter));
      if (after !== undefined) query = query.where('runs.id', '<', after);
      if (source !== undefined) query = query.where('calls.source', '=', source);
      if (state !== undefined) query = query.where('runs.state', '=', state);
      if (search !== undefined) {
        query = query.where((where) =>
          where.or([
            where('runs.id', '=', search),
            where('calls.id', '=', search),
            where('calls.provider_call_id', '=', search),
            where('calls.customer_number', '=', search),
          ]),
        );
      }
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

function toRunRow(row: RunTable & { readonly source: string; readonly provider_call_id: string }): RunRow {
  return {
    run: toRunSummary(row),
    callId: row.call_id,
    providerCallId: row.provider_call_id,
    source: row.source,
    updatedAtMs: row.updated_at_ms,
  };
}
