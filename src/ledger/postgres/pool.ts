import { Pool } from 'pg';

import { valueTypes } from './values.ts';

export interface PoolLimits {
  readonly connections: number;
  /** For a connection: to be made, or to become free. */
  readonly connectTimeoutMs: number;
  /** For one statement; the server ends it. 0: none. */
  readonly statementTimeoutMs: number;
}

/** A server that stands still ends no statement; the connection is given up this much later. */
const SILENCE_MS = 500;

/** A worker that stands still or lost its power in the middle of a list gives back what the list has locked. */
const SILENT_LIST_MS = 5_000;

/** Connections to one server, made when needed and anew when they break. TLS as the URL's `sslmode` says. */
export function createPool(url: string, limits: PoolLimits): Pool {
  const { connections, connectTimeoutMs, statementTimeoutMs } = limits;
  const pool = new Pool({
    connectionString: url,
    max: connections,
    // One stays, and tells a move that this database is in use (move-mark.ts).
    min: 1,
    connectionTimeoutMillis: connectTimeoutMs,
    // A webhook a minute should not have to wait for a connection to be made.
    idleTimeoutMillis: 120_000,
    ...(statementTimeoutMs === 0
      ? {}
      : { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + SILENCE_MS }),
    idle_in_transaction_session_timeout: SILENT_LIST_MS,
    application_name: 'hookline',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // The statements of a list are sent together: two round trips instead of one each.
    pipeline: true,
    types: valueTypes,
    // A process that forgets to close ends all the same.
    allowExitOnIdle: true,
  });
  // A connection that breaks while nobody uses it: the pool has dropped it, the next query gets another.
  pool.on('error', () => undefined);
  // And one that breaks while it is in use: its query fails too, and that is told to whoever waits for it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The server for messages: without user, password and parameters. */
export function describeServer(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
