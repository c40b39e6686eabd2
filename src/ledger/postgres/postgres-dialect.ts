import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { Pool } from 'pg';

import type { SqlValue } from '../database.ts';
import { isStatementFault, toLedgerError } from './errors.ts';
import { query } from './query.ts';

/** Kysely for reading; writes are lists of statements (`Database.write`). */
export function createPostgresDialect(pool: Pool): Dialect {
  return {
    createDriver: () => createDriver(createReadConnection(pool)),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

function createReadConnection(pool: Pool): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const rows = await read(pool, { sql, parameters: parameters as readonly SqlValue[] });
      return { rows: rows as Row[] };
    },
    streamQuery: () => {
      throw new Error('The ledger does not stream; page through lists instead.');
    },
  };
}

/** Once more when the connection broke: a server that was restarted leaves dead connections behind, and a read is safe. */
async function read(pool: Pool, statement: Parameters<typeof query>[1]): Promise<readonly unknown[]> {
  try {
    return (await query(pool, statement)).rows;
  } catch (error) {
    if (isStatementFault(error)) throw toLedgerError(error, statement.sql);
  }
  try {
    return (await query(pool, statement)).rows;
  } catch (error) {
    throw toLedgerError(error, statement.sql);
  }
}

function createDriver(connection: DatabaseConnection): Driver {
  const noTransactions = (): Promise<never> =>
    Promise.reject(new Error('The ledger has no open transactions; use Database.write with a list of statements.'));
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: noTransactions,
    commitTransaction: noTransactions,
    rollbackTransaction: noTransactions,
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
}
