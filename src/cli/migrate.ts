import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Environment } from '../config/environment.ts';
import type { CopyProgress } from '../ledger/move/copy-table.ts';
import type { MovedTable } from '../ledger/move/move-ledger.ts';
import { migratePostgres } from '../ledger/postgres/migrate-postgres.ts';
import { moveToPostgres } from '../ledger/postgres/move-to-postgres.ts';
import { describeServer } from '../ledger/postgres/pool.ts';
import { migrateSqlite } from '../ledger/sqlite/migrate-sqlite.ts';
import { systemClock } from '../shared/clock.ts';
import { ledgerFile } from '../shared/data-directory.ts';
import { CommandFailure } from './failure.ts';
import { getEnvironment, getUsableMode } from './ledger-access.ts';
import { count, hookline, print } from './output.ts';

export interface MigrateOptions {
  readonly from?: 'sqlite';
  readonly file?: string;
}

/** `hookline migrate`: brings the tables up to date. With `--from sqlite`: moves an embedded ledger to DATABASE_URL. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const environment = getEnvironment();
  if (options.from === 'sqlite') return moveFromSqlite(environment, options.file);
  if (options.file !== undefined) throw new CommandFailure('--file goes with --from sqlite.', 2);
  const mode = getUsableMode(environment);
  const isEmbedded = mode.kind === 'embedded';
  const place = isEmbedded ? ledgerFile(mode.dataDir) : `PostgreSQL at ${describeServer(mode.databaseUrl)}`;
  const { number, applied } = isEmbedded
    ? await migrateSqlite(ledgerFile(mode.dataDir), systemClock)
    : await migratePostgres(mode.databaseUrl, systemClock);
  for (const name of applied) print(`applied: ${name}`);
  print(`The ledger in ${place} is up to date (migration ${number}).`);
}

async function moveFromSqlite({ mode, dataDir }: Environment, given: string | undefined): Promise<void> {
  if (mode.kind === 'embedded') {
    throw new CommandFailure(
      'Set DATABASE_URL to the PostgreSQL database that the ledger is to be moved to: postgres://user:password@host:5432/database',
      2,
    );
  }
  const file = given === undefined ? ledgerFile(dataDir) : path.resolve(given);
  if (!existsSync(file))
    throw new CommandFailure(`There is no ledger at ${file}. Set DATA_DIR, or name it with --file.`, 2);
  const server = describeServer(mode.databaseUrl);
  print(`From ${file}\nto PostgreSQL at ${server}\n`);
  const onProgress = createPrintProgress();
  const result = await moveToPostgres({ file, url: mode.databaseUrl, clock: systemClock, onProgress });
  if (result.kind !== 'moved') throw new CommandFailure(explain(result, { file, server }));
  printMoved(result.tables, file);
}

/** So many rows between two lines about one table. */
const EVERY_ROWS = 100_000;

function createPrintProgress(): (progress: CopyProgress) => void {
  let next = EVERY_ROWS;
  let current = '';
  return ({ table, step, rows, ofRows }) => {
    if (current !== `${step} ${table}`) next = EVERY_ROWS;
    current = `${step} ${table}`;
    if (rows < next) return;
    next = rows + EVERY_ROWS;
    print(`  ${step === 'copy' ? 'copying' : 'comparing'} ${table}: ${rows} of ${ofRows}`);
  };
}

function printMoved(tables: readonly MovedTable[], file: string): void {
  for (const { name, rows, checksum } of tables) {
    print(`  ${name.padEnd(18)} ${String(rows).padStart(10)}  same on both sides  ${checksum.slice(0, 12)}`);
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  print(`\nMoved ${count(rows, 'row')} in ${count(tables.length, 'table')}; read back and compared.`);
  print('Next:');
  print('  1. Set DATABASE_URL (and REDIS_URL to scale out) for every daemon, and start them.');
  print(`  2. See that your calls are there: ${hookline('calls')}`);
  print(`  3. Keep ${file} as a backup. Nothing in it was changed;`);
  print('     never start a daemon on it again, or records are written twice.');
}

type Failure = Exclude<Awaited<ReturnType<typeof moveToPostgres>>, { kind: 'moved' }>;

const EXPLANATIONS: {
  readonly [Kind in Failure['kind']]: (
    failure: Extract<Failure, { kind: Kind }>,
    places: { readonly file: string; readonly server: string },
  ) => string;
} = {
  source_in_use: (_failure, { file }) =>
    `A daemon works on ${file}. Stop every daemon that uses it, receivers too, then run this again.`,
  target_in_use: ({ connections }, { server }) =>
    `${count(connections, 'connection')} of running daemons or commands to ${server}. Stop them, then run this again.`,
  not_empty: ({ tables }, { server }) =>
    `The ledger in PostgreSQL at ${server} is not empty (${tables.join(', ')}), and two ledgers cannot be joined. ` +
    'Name another database in DATABASE_URL, or make this one anew (drop database …; create database …). Nothing was written.',
  other_version: ({ source, target }) =>
    `The SQLite ledger stands at migration ${source}, this version works with ${target}. ` +
    `Bring it up to date first: without DATABASE_URL, ${hookline('migrate')}.`,
  differs: ({ tables }, { server }) =>
    `After the copy these tables were not the same on both sides: ${tables.join(', ')}. Something else wrote to ${server}, ` +
    'or the SQLite ledger changed after an interrupted move. Make the database anew (drop database …; create database …), ' +
    'stop every daemon, and run this again. The SQLite ledger is as it was.',
};

function explain(failure: Failure, places: { readonly file: string; readonly server: string }): string {
  const text = EXPLANATIONS[failure.kind] as (given: Failure, where: typeof places) => string;
  return text(failure, places);
}
