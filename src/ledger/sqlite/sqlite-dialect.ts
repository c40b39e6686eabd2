import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';

import type { SqlValue } from '../database.ts';
import type { SqliteThread } from './sqlite-thread.ts';

/** Kysely over the reading thread. It cannot write: writes are lists of statements (`Database.write`). */
export function createSqliteDialect(reader: Pick<SqliteThread, 'submit'>): Dialect {
  return {
    createDriver: () => createDriver(createReadConnection(reader)),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

function createReadConnection(reader: Pick<SqliteThread, 'submit'>): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const written = await reader.submit([{ sql, parameters: parameters as readonly SqlValue[] }]);
      return { rows: written.kind === 'written' ? ([...(written.results[0]?.rows ?? [])] as Row[]) : [] };
    },
    streamQuery: () => {
      throw new Error('The ledger does not stream; page through lists instead.');
    },
  };
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
