import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { rowsToRead, toPage } from './page.ts';

/** Refusals, newest first; `state` is the HTTP status, `search` the cause or the address. */
export function createListRefusals({ db }: Database): Ledger['listRefusals'] {
  return async (filter) => {
    const { after, source, state, search } = filter;
    let query = db.selectFrom('refusals').selectAll().orderBy('id', 'desc').limit(rowsToRead(filter));
    if (after !== undefined) query = query.where('id', '<', Number(after));
    if (source !== undefined) query = query.where('source', '=', source);
    if (state !== undefined) query = query.where('status', '=', Number(state));
    if (search !== undefined) {
      query = query.where((where) => where.or([where('cause', '=', search), where('remote_address', '=', search)]));
    }
    const page = toPage(await query.execute(), filter, (row) => String(row.id));
    return {
      next: page.next,
      rows: page.rows.map((row) => ({
        id: row.id,
        receivedAtMs: row.received_at_ms,
        source: row.source,
        status: row.status,
        cause: row.cause,
        remoteAddress: row.remote_address,
        bodyBytes: row.body_bytes,
        bodyHash: row.body_hash,
      })),
    };
  };
}
