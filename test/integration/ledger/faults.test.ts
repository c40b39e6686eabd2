import diagnostics from 'node:diagnostics_channel';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';

import { createLedger } from '../../../src/ledger/create-ledger.ts';
import type { Database } from '../../../src/ledger/database.ts';
import { migrate } from '../../../src/ledger/migrations/migrate.ts';
import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import { openSqliteDatabase } from '../../../src/ledger/sqlite/open-sqlite-database.ts';
import { SqliteThread } from '../../../src/ledger/sqlite/sqlite-thread.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { openLedgerWorld, type LedgerHarness, type LedgerWorld } from '../../support/ledger-world.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
let file: string;
const workers: Worker[] = [];
const remember = (message: unknown): void => void workers.push((message as { worker: Worker }).worker);

beforeEach(() => {
  folder = createTempFolder('faults');
  file = join(folder.path, 'ledger.db');
  workers.length = 0;
  diagnostics.subscribe('worker_threads', remember);
});
afterEach(() => {
  diagnostics.unsubscribe('worker_threads', remember);
  folder.remove();
});

/** A world whose database can be reached directly. */
async function openWorld(): Promise<{ world: LedgerWorld; database: Database }> {
  const database = await openSqliteDatabase(file);
  const world = await openLedgerWorld(async (clock): Promise<LedgerHarness> => {
    await migrate(database, clock);
    const ledger = createLedger(database, clock, createIds(clock));
    return {
      ledger,
      usedBytes: () => Promise.resolve(0),
      reopen: () => Promise.resolve(),
      close: () => ledger.close(),
    };
  });
  return { world, database };
}

async function pragma(database: Database, text: string): Promise<number> {
  const written = await database.write([{ sql: `pragma ${text}`, parameters: [] }]);
  return written.kind === 'written' ? Number(Object.values(written.results[0]?.rows[0] ?? {})[0]) : -1;
}

const notes = 'x'.repeat(30_000);
const INSERT = { sql: `insert into secrets (name, value) values ('a', '{}')`, parameters: [] };

describe('a full disk', () => {
  test('refuses, keeps what was acknowledged, and works again when there is room', async () => {
    const { world, database } = await openWorld();
    const { ledger } = world.harness;
    await pragma(database, `max_page_count = ${(await pragma(database, 'page_count')) + 60}`);
    const events = Array.from({ length: 30 }, (_, index) => world.newEvent({ call: `c${index}`, fields: { notes } }));
    const answers = await Promise.allSettled(events.map((event) => ledger.recordEvent(event)));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(30);
    for (const reason of refused) expect(reason).toMatchObject({ name: 'LedgerUnavailableError', code: 'SQLITE_FULL' });
    const kept = (await ledger.listEvents({ limit: 100 })).rows.map((row) => row.id).toSorted();
    expect(kept).toEqual(
      events
        .filter((_, index) => answers[index]?.status === 'fulfilled')
        .map((event) => event.id)
        .toSorted(),
    );
    await pragma(database, 'max_page_count = 1000000');
    const again = await Promise.all(events.map((event) => ledger.recordEvent(event)));
    expect(again.filter((answer) => answer.kind === 'recorded')).toHaveLength(refused.length);
    await ledger.close();
  });

  test('can be cleared by retention while webhooks keep coming', async () => {
    const { world, database } = await openWorld();
    const { ledger } = world.harness;
    for (let index = 0; index < 40; index++) await world.record({ call: `c${index}`, fields: { notes } });
    await world.fold([]);
    await pragma(database, `max_page_count = ${await pragma(database, 'page_count')}`);
    const { bytes } = await ledger.stats();
    const coming = Array.from({ length: 10 }, () =>
      ledger.recordEvent(world.newEvent({ call: 'new', fields: { notes } })),
    );
    const [pruned] = await Promise.all([
      ledger.prune({ beforeMs: 0, maxBytes: bytes / 2 }),
      Promise.allSettled(coming),
    ]);
    expect(pruned.calls).toBeGreaterThan(0);
    expect(await ledger.recordEvent(world.newEvent({ call: 'after', fields: { notes } }))).toMatchObject({
      kind: 'recorded',
    });
    await ledger.close();
  });
});

describe('a list that fails halfway', () => {
  test('is taken back, and takes none along that are committed with it', async () => {
    const { world, database } = await openWorld();
    const insert = (a: number | null) => ({ sql: 'insert into t values (?)', parameters: [a] });
    await database.write([{ sql: 'create table t (a integer not null unique)', parameters: [] }]);
    const writes = [[insert(1)], [insert(2), insert(null)], [insert(3), insert(4)], [insert(1)], [insert(5)]];
    const answers = await Promise.allSettled(writes.map((statements) => database.write(statements)));
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(answers[1]).toMatchObject({ reason: { message: expect.stringContaining('NOT NULL') } });
    expect(answers[3]).toMatchObject({ reason: { message: expect.stringContaining('UNIQUE') } });
    const guarded = [
      { sql: 'update t set a = 9 where a = 1', parameters: [] },
      { ...insert(7), mustChange: true },
      { sql: 'update t set a = 8 where a = 100', parameters: [], mustChange: true },
    ];
    const [refused, kept] = await Promise.all([database.write(guarded), database.write([insert(6), insert(10)])]);
    expect([refused, kept.kind]).toEqual([{ kind: 'refused', statement: 2 }, 'written']);
    const left = await database.write([{ sql: 'delete from t returning a', parameters: [] }]);
    const rows = left.kind === 'written' ? (left.results[0]?.rows as readonly { readonly a: number }[]) : [];
    expect(rows.map(({ a }) => a).toSorted((one, other) => one - other)).toEqual([1, 3, 4, 5, 6, 10]);
    await world.harness.ledger.close();
  });
});

describe('the write-ahead log', () => {
  test('is carried over into the file before SQLite itself would, and written again from its beginning', async () => {
    const { world, database } = await openWorld();
    const body = { sql: 'insert into t values (?)', parameters: [Buffer.alloc(1024 ** 2)] };
    await database.write([{ sql: 'create table t (a blob)', parameters: [] }]);
    // A megabyte is 257 pages; SQLite's own checkpoint would come at 8,000.
    for (let written = 0; written < 40; written += 1) await database.write([body]);
    expect(statSync(`${file}-wal`).size).toBeLessThan(20 * 1024 ** 2);
    expect(statSync(file).size).toBeGreaterThan(20 * 1024 ** 2);
    await world.harness.ledger.close();
  });

  test('is looked at sooner when bodies are large, before SQLite makes a group wait for it', async () => {
    const { world, database } = await openWorld();
    const body = { sql: 'insert into t values (?)', parameters: [Buffer.alloc(1024 ** 2)] };
    await database.write([{ sql: 'create table t (a blob)', parameters: [] }]);
    // Twelve groups of 4 MiB: by their number alone nobody would have looked, and the log would be 48 MiB long.
    for (let written = 0; written < 12; written += 1) await database.write([body, body, body, body]);
    expect(statSync(`${file}-wal`).size).toBeLessThan(20 * 1024 ** 2);
    await world.harness.ledger.close();
  });
});

describe('the thread', () => {
  test('that dies fails what it had and is started again', async () => {
    const { ledger } = (await openWorld()).world.harness;
    await ledger.close();
    workers.length = 0;
    const thread = new SqliteThread(
      { file, mode: 'write', busyTimeoutMs: 300 },
      { maxPending: 10, maxPendingBytes: 1000 },
    );
    const other = new Sqlite(file);
    other.exec('begin immediate');
    const lost = expect(thread.submit([INSERT])).rejects.toMatchObject({
      name: 'LedgerUnavailableError',
      code: 'THREAD_DIED',
    });
    // Sent at the end of this turn; the thread then waits for the lock, and dies waiting.
    await new Promise((resolve) => setImmediate(resolve));
    const behind = thread.submit([{ sql: 'delete from secrets', parameters: [] }]);
    await Promise.all([lost, workers[0]?.terminate()]);
    other.exec('rollback');
    expect(await behind).toMatchObject({ kind: 'written' });
    expect(await thread.submit([INSERT])).toMatchObject({ kind: 'written' });
    expect(workers).toHaveLength(2);
    other.close();
    await thread.close();
  });

  test('refuses at once what would have to wait too long', async () => {
    const thread = new SqliteThread(
      { file, mode: 'write', busyTimeoutMs: 10 },
      { maxPending: 3, maxPendingBytes: 100 },
    );
    const read = { sql: 'select ? as answer', parameters: ['x'.repeat(30)] };
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => thread.submit([read])));
    expect(answers.map((answer) => answer.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    await expect(thread.submit([{ ...read, parameters: ['x'.repeat(101)] }])).rejects.toMatchObject({
      code: 'OVERLOADED',
    });
    expect(await thread.submit([read])).toMatchObject({ kind: 'written' });
    await thread.close();
    await expect(thread.submit([read])).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('waits for another process that is writing, but not for ever, and blocks nobody meanwhile', async () => {
    const { ledger } = (await openWorld()).world.harness;
    await ledger.close();
    const other = new Sqlite(file);
    other.exec('begin immediate');
    const thread = new SqliteThread(
      { file, mode: 'write', busyTimeoutMs: 50 },
      { maxPending: 10, maxPendingBytes: 1000 },
    );
    await expect(thread.submit([INSERT])).rejects.toMatchObject({
      name: 'LedgerUnavailableError',
      code: 'SQLITE_BUSY',
    });
    other.exec('rollback');
    expect(await thread.submit([INSERT])).toMatchObject({ kind: 'written' });
    other.close();
    await thread.close();
  });

  test('opens the file anew after a fault of the disk', async () => {
    const path = join(folder.path, 'later');
    const thread = new SqliteThread(
      { file: join(path, 'ledger.db'), mode: 'write', busyTimeoutMs: 50 },
      { maxPending: 10, maxPendingBytes: 1000 },
    );
    const create = { sql: 'create table t (a)', parameters: [] };
    await expect(thread.submit([create])).rejects.toMatchObject({ name: 'LedgerUnavailableError' });
    mkdirSync(path);
    expect(await thread.submit([create])).toMatchObject({ kind: 'written' });
    await thread.close();
  });
});

describe('opening', () => {
  test('several processes may open a new file at the same moment', async () => {
    const clock = createManualClock();
    const ledgers = await Promise.all(
      Array.from({ length: 3 }, () => openSqliteLedger({ file, clock, ids: createIds(clock) })),
    );
    for (const [index, ledger] of ledgers.entries()) {
      await ledger.savePause({ destination: `d${index}`, reason: 'x', hint: null, sinceMs: 1, untilMs: null });
    }
    for (const ledger of ledgers) expect(await ledger.pauses()).toHaveLength(3);
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  });

  test('a ledger of a newer version is left alone, with a word on what to do', async () => {
    const { database, world } = await openWorld();
    await database.write([{ sql: `insert into migrations values (999, 'from the future', 1)`, parameters: [] }]);
    await world.harness.ledger.close();
    const clock = createManualClock();
    await expect(openSqliteLedger({ file, clock, ids: createIds(clock) })).rejects.toThrow(
      /made by a newer Hookline: it stands at migration 999/,
    );
  });

  test('a file that cannot be opened is named', async () => {
    const clock = createManualClock();
    const nowhere = join(folder.path, 'nowhere', 'ledger.db');
    await expect(openSqliteLedger({ file: nowhere, clock, ids: createIds(clock) })).rejects.toThrow(nowhere);
  });
});
