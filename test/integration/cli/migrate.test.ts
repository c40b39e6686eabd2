import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import type { JsonObject } from '../../../src/domain/json.ts';
import { moveLedger } from '../../../src/ledger/move/move-ledger.ts';
import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import { migratePostgres } from '../../../src/ledger/postgres/migrate-postgres.ts';
import { openPostgresDatabase } from '../../../src/ledger/postgres/open-postgres-database.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open-postgres-ledger.ts';
import { freezeLedger } from '../../../src/ledger/sqlite/freeze-ledger.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { findFreePort } from '../../support/free-port.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { runCli, type CliResult } from '../../support/run-cli.ts';
import { readSamples, SAMPLES_CONFIG, signSample } from '../../support/samples.ts';
import { runJsonCommand, startHookline, waitUntilUp, type HooklineOptions } from '../../support/start-hookline.ts';
import type { RunningProcess } from '../../support/start-process.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { waitUntilQuiet } from '../../support/watch-ledger.ts';

// An embedded installation with a past is moved to PostgreSQL and goes on there as if nothing had been.

jest.setTimeout(180_000);

const folder = createTempFolder('migrate');
const config = join(folder.path, 'hookline.yaml');
const dataDir = join(folder.path, 'data');
const file = join(dataDir, 'hookline.db');
let postgres: TestPostgres;
let embedded: HooklineOptions;
let daemon: RunningProcess;
let before: JsonObject[];

beforeAll(async () => {
  writeFileSync(config, SAMPLES_CONFIG);
  const [port, adminPort] = [await findFreePort(), await findFreePort()];
  embedded = { config, dataDir, port, adminPort };
  postgres = await startPostgres();
  daemon = await startDaemon(embedded);
  await postAll();
  expect(await settled()).toBe(true);
  before = await listSandbox(embedded);
  await addOddities();
});

afterAll(async () => {
  await daemon.stop('SIGKILL');
  await postgres.stop();
  folder.remove();
});

async function startDaemon(options: HooklineOptions): Promise<RunningProcess> {
  const started = startHookline(options);
  await waitUntilUp(started, options);
  return started;
}

async function postAll(): Promise<void> {
  for (const sample of readSamples()) {
    const response = await fetch(`http://127.0.0.1:${embedded.port}${sample.path}`, {
      method: 'POST',
      headers: signSample(sample, Date.now()),
      body: sample.body,
    });
    expect(response.status).toBe(200);
  }
}

function openLedger() {
  return openSqliteLedger({ file, clock: systemClock, ids: createIds(systemClock) });
}

async function settled(): Promise<boolean> {
  const ledger = await openLedger();
  try {
    return await waitUntilQuiet(ledger, 30_000);
  } finally {
    await ledger.close();
  }
}

/** What PostgreSQL could trip over: NUL characters, a large body, numbers the database gives, rotated secrets. */
async function addOddities(): Promise<void> {
  const ledger = await openLedger();
  const refusal = {
    source: 'nobody',
    status: 401,
    cause: 'signature',
    remoteAddress: '::1',
    bodyBytes: 3,
    bodyHash: null,
  };
  for (const receivedAtMs of [1, 2, 3]) await ledger.recordRefusal({ ...refusal, receivedAtMs });
  await ledger.saveSecret('crm/token', { refresh: 'nul \u0000, one \u0001, ü, 😀' });
  await ledger.recordEvent({
    id: 'evt_odd',
    source: 'callab',
    platform: 'callab',
    receivedAtMs: 1_700_000_000_000,
    body: Buffer.alloc(5_000_000, 0),
    bodyHash: 'x',
    contentType: null,
    headers: [],
    proof: 'none',
    notes: ['a note with \u0000 in it'],
    state: 'quarantined',
    receiptKey: 'odd \u0000 key',
    semanticKey: null,
    type: 'unknown',
    providerEvent: null,
    callId: null,
    orphan: false,
  });
  await ledger.close();
}

async function listSandbox(options: HooklineOptions): Promise<JsonObject[]> {
  const { records } = (await runJsonCommand(options, ['sandbox'])) as { records: JsonObject[] };
  return records;
}

function migrate(databaseUrl: string, args: readonly string[] = ['--from', 'sqlite']): Promise<CliResult> {
  return runCli(folder.path, ['migrate', ...args], { DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
}

/** Of every row of every table, as SQLite has it. */
function hashOfFile(): string {
  const sqlite = new Sqlite(file, { readonly: true });
  const tables = sqlite.prepare<[], { name: string }>(`select name from sqlite_schema where type = 'table'`).all();
  const hash = createHash('sha256');
  for (const { name } of tables) {
    for (const row of sqlite.prepare<[], object>(`select * from "${name}"`).iterate()) hash.update(JSON.stringify(row));
  }
  sqlite.close();
  return hash.digest('hex');
}

async function update(url: string, column: string, expression: string): Promise<void> {
  const database = await openPostgresDatabase(url);
  await database.write([{ sql: `update events set ${column} = ${expression} where id <> 'evt_odd'`, parameters: [] }]);
  await database.close();
}

test('a ledger that a daemon works on is not moved', async () => {
  expect(await migrate(await postgres.createDatabase())).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`A daemon works on ${file}. Stop every daemon`),
  });
  await daemon.stop('SIGTERM');
});

test('without DATABASE_URL, and without a file, it says what it needs', async () => {
  const nowhere = await runCli(folder.path, ['migrate', '--from', 'sqlite'], { DATA_DIR: dataDir });
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('Set DATABASE_URL') });
  const nothing = await migrate('postgres://u:s3cret@127.0.0.1:1/db', ['--from', 'sqlite', '--file', 'no.db']);
  expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no ledger at') });
  const unreachable = await migrate('postgres://u:s3cret@127.0.0.1:1/db');
  expect(unreachable).toMatchObject({ code: 1, stderr: expect.stringContaining('127.0.0.1:1/db cannot be opened') });
  expect(unreachable.stderr).toContain('is PostgreSQL running');
  expect(unreachable.stderr).not.toContain('s3cret');
});

test('migrate alone brings the tables up to date and says what it did', async () => {
  const url = await postgres.createDatabase();
  expect(await migrate(url, [])).toMatchObject({ code: 0, stdout: expect.stringContaining('applied: first tables') });
  const again = await migrate(url, []);
  expect(again).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^The ledger in PostgreSQL at .* is up to date/),
  });
});

test('a database with another ledger in it is left alone', async () => {
  const url = await postgres.createDatabase();
  const ledger = await openPostgresLedger({ url, clock: systemClock, ids: createIds(systemClock) });
  await ledger.saveSecret('crm/token', {});
  expect(await migrate(url)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('of running daemons or commands'),
  });
  await ledger.close();
  expect(await migrate(url)).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty (secrets)') });
});

test('the move, with an interruption: everything is there, once, and the daemon goes on as if nothing had been', async () => {
  const source = hashOfFile();
  const url = await postgres.createDatabase();
  await migratePostgres(url, systemClock);

  // Interrupted in the middle, by whatever it may be.
  const database = await openPostgresDatabase(`${url}?application_name=hookline-migrate`);
  const frozen = freezeLedger(file);
  if (frozen.kind !== 'frozen') throw new Error('the ledger is in use');
  const power = moveLedger(frozen.ledger, database, ({ table, step }) => {
    if (table === 'links' && step === 'copy') throw new Error('power cut');
  });
  await expect(power).rejects.toThrow('power cut');
  frozen.ledger.close();
  await database.close();

  // No daemon starts on a half, where links are missing.
  const half = await runCli(folder.path, ['start'], {
    DATABASE_URL: url,
    HOOKLINE_CONFIG: config,
    PORT: '0',
    ADMIN_PORT: '0',
  });
  expect(half).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Run it again: hookline migrate --from sqlite'),
  });

  // Whatever became of the half: it is compared, row by row.
  await update(url, 'proof', "proof || '!'");
  expect(await migrate(url)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('these tables were not the same on both sides: events.'),
  });
  await update(url, 'proof', `left(proof, -1)`);

  const moved = await migrate(url);
  expect(moved).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('same on both sides') });
  expect(moved.stdout).toContain('Set DATABASE_URL');
  expect(hashOfFile()).toEqual(source);
  expect(await migrate(url)).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') });

  // The same webhooks again, by platforms that heard nothing of the move: nothing is written, nothing is there twice.
  const options = { ...embedded, variables: { DATABASE_URL: url } };
  expect(await listSandbox(options)).toEqual(before);
  daemon = await startDaemon(options);
  await postAll();
  await runJsonCommand(options, ['replay', '--state', 'done']);
  const ledger = await openPostgresLedger({ url, clock: systemClock, ids: createIds(systemClock) });
  expect(await waitUntilQuiet(ledger, 30_000)).toBe(true);
  expect(await ledger.loadSecret('crm/token')).toEqual({ refresh: 'nul \u0000, one \u0001, ü, 😀' });
  expect(await ledger.findEvent('evt_odd')).toMatchObject({
    notes: ['a note with \u0000 in it'],
    body: { length: 5_000_000 },
  });
  // Numbered by the database, on from where the others ended.
  await ledger.recordRefusal({
    source: 'x',
    status: 404,
    cause: 'unknown_source',
    remoteAddress: '::1',
    bodyBytes: 0,
    bodyHash: null,
    receivedAtMs: 4,
  });
  expect((await ledger.listRefusals({ limit: 10 })).rows).toHaveLength(4);
  await ledger.close();
  expect(await listSandbox(options)).toEqual(before);
});
