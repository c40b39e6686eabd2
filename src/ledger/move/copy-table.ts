import { CompiledQuery } from 'kysely';

import type { Database, SqlValue, Statement } from '../database.ts';
import type { FrozenLedger, FrozenTable, Row } from '../sqlite/freeze-ledger.ts';
import { createDigester, sizeOf, type Digest } from './digest.ts';

const BATCH_ROWS = 500;
const BATCH_BYTES = 4 * 1024 ** 2;

export interface CopyProgress {
  readonly table: string;
  /** `verify`: they are read back. */
  readonly step: 'copy' | 'verify';
  readonly rows: number;
  readonly ofRows: number;
}

/** Copies every row that is not there yet; resolves to the digest of the source. */
export async function copyTable(
  from: FrozenLedger,
  to: Database,
  table: FrozenTable,
  onProgress: (progress: CopyProgress) => void,
): Promise<Digest> {
  const digester = createDigester(table.columns);
  for (const batch of batches(from.rowsOf(table))) {
    for (const row of batch) digester.add(row);
    await to.write([insertOf(table, batch)]);
    onProgress({ table: table.name, step: 'copy', rows: digester.digest().rows, ofRows: table.rows });
  }
  return digester.digest();
}

function* batches(rows: Iterable<Row>): Iterable<readonly Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    batch.push(row);
    bytes += sizeOf(row);
    if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

function insertOf({ name, columns }: FrozenTable, rows: readonly Row[]): Statement {
  let number = 0;
  const places = rows.map(() => `(${columns.map(() => `$${(number += 1)}`).join(', ')})`);
  return {
    sql: `insert into ${quote(name)} (${columns.map(quote).join(', ')}) values ${places.join(', ')} on conflict do nothing`,
    parameters: rows.flatMap((row) => columns.map((column) => row[column] ?? null)),
  };
}

/** Reads every row back; resolves to the digest of the target. */
export async function digestTable(
  to: Database,
  table: FrozenTable,
  onProgress: (progress: CopyProgress) => void,
): Promise<Digest> {
  const digester = createDigester(table.columns);
  let last: Row | undefined;
  // The first page tells how large rows are; bodies may have megabytes.
  for (let limit = 10; ;) {
    const rows: readonly Row[] = await readPage(to, table, { after: last, limit });
    for (const row of rows) digester.add(row);
    if (rows.length < limit) return digester.digest();
    last = rows.at(-1);
    const bytesPerRow = rows.reduce((sum, row) => sum + sizeOf(row), 0) / rows.length;
    limit = Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_BYTES / bytesPerRow)));
    onProgress({ table: table.name, step: 'verify', rows: digester.digest().rows, ofRows: table.rows });
  }
}

async function readPage(
  { db }: Database,
  { name, columns, primaryKey }: FrozenTable,
  { after, limit }: { readonly after: Row | undefined; readonly limit: number },
): Promise<readonly Row[]> {
  const key = primaryKey.map(quote).join(', ');
  const places = primaryKey.map((_column, index) => `$${index + 1}`).join(', ');
  const where = after === undefined ? '' : `where (${key}) > (${places})`;
  const parameters: readonly SqlValue[] = after === undefined ? [] : primaryKey.map((column) => after[column] ?? null);
  const text = `select ${columns.map(quote).join(', ')} from ${quote(name)} ${where} order by ${key} limit ${limit}`;
  return (await db.executeQuery<Row>(CompiledQuery.raw(text, [...parameters]))).rows;
}

function quote(name: string): string {
  return `"${name}"`;
}
