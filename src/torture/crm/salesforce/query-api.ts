import type { ApiAnswer } from '../simulator.ts';
import { ok, type ApiCall } from './api.ts';
import type { Found } from './run-query.ts';
import { runQuery } from './run-query.ts';
import { Unreadable } from './refusals.ts';
import type { Query } from './soql-syntax.ts';
import { parseQuery } from './soql-parser.ts';

export type QueryKind = 'query' | 'queryAll' | 'tooling';

/** `GET /query?q=…` */
export function query(kind: QueryKind, call: ApiCall): ApiAnswer {
  const { org, request } = call;
  const source = request.query.get('q');
  if (source === null) throw new Unreadable('MALFORMED_QUERY', 'The q parameter is required.');
  const parsed = parseQuery(source);
  const run = { org, source, seesDeleted: kind === 'queryAll', isTooling: kind === 'tooling' };
  const found = runQuery(run, parsed);
  if (kind === 'tooling') refuseManyFullNames(parsed, found);
  if (parsed.select === 'count') return ok({ totalSize: found.records.length, done: true, records: [] });
  return page(call, org.cursors.open(found), 0);
}

/** The whole of a field is shown one at a time. */
function refuseManyFullNames({ select }: Query, { records }: Found): void {
  const isWhole = select !== 'count' && select.some(({ text }) => text.toLowerCase() === 'fullname');
  if (!isWhole || records.length <= 1) return;
  throw new Unreadable(
    'MALFORMED_QUERY',
    'When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row for retrieval.',
  );
}

/** `GET /query/01g…-2000` */
export function queryMore(locator: string, call: ApiCall): ApiAnswer {
  const [id = '', start = ''] = locator.split('-');
  if (!/^\d+$/.test(start) || call.org.cursors.find(id) === undefined) {
    throw new Unreadable('INVALID_QUERY_LOCATOR', 'invalid query locator');
  }
  return page(call, id, Number(start));
}

function page(call: ApiCall, id: string, start: number): ApiAnswer {
  const { org, version } = call;
  const { records, show } = org.cursors.find(id) as Found;
  const end = start + readPageSize(call);
  const rest =
    end < records.length
      ? { done: false, nextRecordsUrl: `/services/data/v${version}.0/query/${id}-${end}` }
      : { done: true };
  return ok({
    totalSize: records.length,
    ...rest,
    records: records.slice(start, end).map((record) => show(record, version)),
  });
}

/** `Sforce-Query-Options: batchSize=200`, from 200 to 2,000. */
function readPageSize({ org, request }: ApiCall): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(request.headers['sforce-query-options'] ?? '')?.[1];
  const wanted = asked === undefined ? org.options.pageSize : Math.max(200, Number(asked));
  return Math.min(wanted, org.options.pageSize);
}
