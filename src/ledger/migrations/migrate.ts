import type { Compilable, Kysely } from 'kysely';

import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../database.ts';
import { LedgerUnusableError } from '../ledger-unusable-error.ts';
import type { Schema } from '../schema.ts';
import { mustChange, toStatement } from '../statement.ts';
import { firstTables } from './0001-first-tables.ts';
import { linksAndSandbox } from './0002-links-and-sandbox.ts';
import { forgottenCalls } from './0003-forgotten-calls.ts';
import { locksAndTime } from './0004-locks-and-time.ts';
import { shortSandboxValues } from './0005-short-sandbox-values.ts';

interface Migration {
  readonly name: string;
  readonly build: (db: Kysely<Schema>) => readonly Compilable[];
}

/** Forward only, never edited once released; the number is the place in this list, from 1. */
const MIGRATIONS: readonly Migration[] = [
  { name: 'first tables', build: firstTables },
  { name: 'links and sandbox', build: linksAndSandbox },
  { name: 'forgotten calls', build: forgottenCalls },
  { name: 'locks and time', build: locksAndTime },
  { name: 'short sandbox values', build: shortSandboxValues },
];

export interface Migrated {
  /** Number of the newest migration. */
  readonly number: number;
  /** Names of those that were missing. */
  readonly applied: readonly string[];
}

/**
 * Brings the tables up to date. Each migration is one transaction that begins by
 * claiming its number, so that several processes may start at once: one migrates, the others find it done.
 */
export async function migrate(database: Database, clock: Clock): Promise<Migrated> {
  await database.write([toStatement(migrationTable(database.db))]);
  const applied = await findApplied(database);
  if (applied > MIGRATIONS.length) throw new LedgerUnusableError(tooNew(applied));
  for (const [index, { name, build }] of MIGRATIONS.entries()) {
    const number = index + 1;
    if (number <= applied) continue;
    const claim = database.db
      .insertInto('migrations')
      .values({ number, name, applied_at_ms: clock.now() })
      .onConflict((conflict) => conflict.doNothing());
    await database.write([mustChange(toStatement(claim)), ...build(database.db).map(toStatement)]);
  }
  return { number: MIGRATIONS.length, applied: MIGRATIONS.slice(applied).map(({ name }) => name) };
}

function migrationTable({ schema }: Kysely<Schema>): Compilable {
  return schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('applied_at_ms', 'bigint', (column) => column.notNull());
}

async function findApplied({ db }: Database): Promise<number> {
  const row = await db
    .selectFrom('migrations')
    .select((select) => select.fn.max('number').as('number'))
    .executeTakeFirst();
  return row?.number ?? 0;
}

function tooNew(applied: number): string {
  return (
    `The ledger was made by a newer Hookline: it stands at migration ${applied}, this version knows ` +
    `${MIGRATIONS.length}. Start the newer version, or restore a backup from before the upgrade.`
  );
}
