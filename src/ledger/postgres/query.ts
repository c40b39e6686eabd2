import type { ClientBase, QueryResult } from 'pg';

import type { Statement, StatementResult } from '../database.ts';
import { toParameter } from './values.ts';

/** Texts kept prepared on each connection; those of `prepare` (statement.ts) are fewer than this. */
const MAX_PREPARED = 500;
const names = new Map<string, string>();

/** Runs one statement; a text that comes again and again is parsed once per connection. */
export async function query(client: Pick<ClientBase, 'query'>, statement: Statement): Promise<StatementResult> {
  const values = statement.parameters.map(toParameter);
  const name = statement.reused === true ? nameOf(statement.sql) : undefined;
  const result: QueryResult = await client.query({
    text: statement.sql,
    values,
    ...(name === undefined ? {} : { name }),
  });
  return { changes: result.rowCount ?? 0, rows: result.rows };
}

function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MAX_PREPARED) return known;
  const name = `hookline_${names.size}`;
  names.set(sql, name);
  return name;
}
