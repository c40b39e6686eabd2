import { Kysely, sql } from 'kysely';
import type { Pool } from 'pg';

import type { Database, UsedBytes } from '../database.ts';
import { LedgerUnusableError } from '../ledger-unusable-error.ts';
import type { Schema } from '../schema.ts';
import { createColumnTypesPlugin } from './column-types.ts';
import { createPool, describeServer, type PoolLimits } from './pool.ts';
import { createPostgresDialect } from './postgres-dialect.ts';
import { writeList } from './write-list.ts';

/** Lists over a million rows take longer than a webhook may; whoever waits for these is a worker or a person. */
const LIMITS: PoolLimits = { connections: 10, connectTimeoutMs: 8_000, statementTimeoutMs: 10_000 };
const OLDEST_VERSION = 15;
/** What an event costs beside its body: its row, those of its call, run, attempt and links, and their indexes (measured: 3.6 KB). */
const BYTES_PER_EVENT = 4_096;

/**
 * Connects to PostgreSQL 15 or newer. Any number of processes may use one database. Rejects with the server and the reason
 * when it cannot be used; the password is in no message.
 */
export async function openPostgresDatabase(url: string, limits: PoolLimits = LIMITS): Promise<Database> {
  const pool = createPoolOf(url, limits);
  const db = new Kysely<Schema>({ dialect: createPostgresDialect(pool), plugins: [createColumnTypesPlugin()] });
  try {
    await checkServer(db);
  } catch (error) {
    await pool.end();
    throw new LedgerUnusableError(
      `The ledger in PostgreSQL at ${describeServer(url)} cannot be opened: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  return {
    db,
    manyWriters: true,
    write: (statements) => writeList(pool, statements),
    fileBytes: () => fileBytes(db),
    usedBytes: () => usedBytes(db),
    estimateRows: (table) => estimateRows(db, table),
    // Vacuum makes the room of deleted rows free for new ones; nothing short of a table lock gives it back to the disk.
    giveBackSpace: () => Promise.resolve(false),
    close: () => pool.end(),
  };
}

function createPoolOf(url: string, limits: PoolLimits): Pool {
  if (URL.canParse(url) && /^postgres(ql)?:/.test(url)) return createPool(url, limits);
  // Without what it says: there may be a password in it.
  throw new LedgerUnusableError(
    'DATABASE_URL is not the URL of a PostgreSQL database. It should read postgres://user:password@host:5432/database.',
  );
}

async function checkServer(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<{ readonly version: number; readonly encoding: string; readonly commits: string }>`
    select current_setting('server_version_num')::integer / 10000 as version,
      current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as commits`.execute(db);
  const { version, encoding, commits } = rows[0] ?? { version: 0, encoding: 'unknown', commits: 'unknown' };
  if (version < OLDEST_VERSION) throw new Error(`it is version ${version}; Hookline needs ${OLDEST_VERSION} or newer.`);
  if (encoding !== 'UTF8') throw new Error(`its encoding is ${encoding}; Hookline needs a database made with UTF8.`);
  if (commits === 'off') {
    throw new Error(
      'synchronous_commit is off, so webhooks would be acknowledged before they are on disk. ' +
        'Switch it on: alter database … set synchronous_commit = on;',
    );
  }
}

/** The whole database, free room included. */
async function fileBytes(db: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{
    readonly bytes: number;
  }>`select pg_database_size(current_database()) as bytes`.execute(db);
  return rows[0]?.bytes ?? 0;
}

/**
 * Row by row: the size of the files says nothing about what is in use, since they never shrink. Reads no body. Page by
 * page: a large table takes longer than one statement may.
 */
async function usedBytes(db: Kysely<Schema>): Promise<UsedBytes> {
  let bytes = 0;
  for (let after: string | null = ''; after !== null;) {
    const page = await readPage(db, after);
    bytes += page.bytes;
    after = page.last;
  }
  return { bytes, bytesPerEvent: BYTES_PER_EVENT };
}

const EVENTS_PER_PAGE = 20_000;

async function readPage(db: Kysely<Schema>, after: string) {
  const page = db
    .selectFrom('events')
    .select(['id', sql<number>`length(body)`.as('bytes')])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVENTS_PER_PAGE);
  return db
    .selectFrom(page.as('page'))
    .select(sql<number>`coalesce(sum(bytes + ${sql.lit(BYTES_PER_EVENT)}), 0)`.as('bytes'))
    .select(({ fn }) => fn.max<string | null>('id').as('last'))
    .executeTakeFirstOrThrow();
}

/** As of the last analyze, which autovacuum does when a tenth of the rows has changed. */
async function estimateRows(db: Kysely<Schema>, table: string): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`
    select reltuples::bigint as count from pg_class where oid = to_regclass(${table})`.execute(db);
  return rows[0]?.count ?? 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
