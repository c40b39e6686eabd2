import { randomBytes } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';

import { openPostgresDatabase } from '../../../src/ledger/postgres/open-postgres-database.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open-postgres-ledger.ts';
import { createPool } from '../../../src/ledger/postgres/pool.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { foldByOrder, nobodyJoins, openLedgerWorld, type LedgerWorld } from '../../support/ledger-world.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { waitUntil } from '../../support/wait-until.ts';

let postgres: TestPostgres;
let world: LedgerWorld;
let url: string;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = await postgres.createDatabase();
  world = await openLedgerWorld(async (clock) => {
    const ledger = await openPostgresLedger({ url, clock, ids: createIds(clock) });
    return {
      ledger,
      usedBytes: () => Promise.resolve(0),
      reopen: () => Promise.resolve(),
      close: () => ledger.close(),
    };
  });
});
afterEach(() => world.harness.close());

/** Does not compress. */
const long = (characters: number): string => randomBytes(characters / 2).toString('hex');

test('a sandbox keeps texts that are longer than what an index takes', async () => {
  const { sandbox } = world.harness.ledger;
  const fields = { transcript: long(20_000), phone: '+14155550100' };
  const record = { id: 'r', kind: 'call' as const, key: 'k', contactId: null, fields, createdAtMs: 1, updatedAtMs: 1 };
  expect((await sandbox.insertRecord('crm', record)).inserted).toBe(true);
  expect(await sandbox.findByField('crm', 'call', 'phone', '+14155550100')).toMatchObject([{ id: 'r', fields }]);
});

test('statements kept prepared still work on a connection where a list failed half-way', async () => {
  const limits = { connections: 1, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000 };
  const database = await openPostgresDatabase(url, limits);
  const bad = { sql: 'select 1/0', parameters: [] };
  const first = { sql: 'select 1 as first', parameters: [], reused: true };
  const second = { sql: 'select 2 as second', parameters: [], reused: true };
  await expect(database.write([bad, first, first])).rejects.toThrow('division');
  await expect(database.write([first, bad, second])).rejects.toThrow('division');
  for (const list of [[first, second], [second, first, second], [second]]) {
    expect(await database.write(list)).toMatchObject({ kind: 'written' });
  }
  await database.close();
});

test('a worker that stands still in the middle of a fold does not stop the others', async () => {
  const { ledger } = world.harness;
  await world.record({ call: 'orphan' }, { orphan: true });
  await world.record({ call: 'other' });
  const pool = createPool(url, { connections: 1, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000 });
  const frozen = await pool.connect();
  await frozen.query('begin');
  await frozen.query('select pg_advisory_xact_lock_shared(46655464)');
  const batch = await ledger.foldPending(10, foldByOrder([{}], world.clock), nobodyJoins);
  expect(batch.folded).toBe(1);
  frozen.release(true);
  await pool.end();
}, 30_000);

test('duplicates are acknowledged while lists and workers occupy every connection of theirs', async () => {
  const { ledger } = world.harness;
  const event = world.newEvent({ call: 'a' });
  await ledger.recordEvent(event);
  const blocker = new Client({ connectionString: url });
  await blocker.connect();
  await blocker.query('begin');
  await blocker.query('lock table runs in access exclusive mode');
  const lists = Promise.allSettled(Array.from({ length: 12 }, () => ledger.listRuns({ limit: 10 })));
  const countWaiting = async (): Promise<number> => {
    await blocker.query('select pg_stat_clear_snapshot()');
    const { rows } = await blocker.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'");
    return rows.length;
  };
  await waitUntil(async () => (await countWaiting()) >= 10, { what: 'lists that wait' });
  const again = Array.from({ length: 50 }, (_, index) => ledger.recordEvent({ ...event, id: `evt_again_${index}` }));
  for (const answer of await Promise.all(again)) expect(answer).toEqual({ kind: 'duplicate', id: event.id });
  await blocker.query('rollback');
  await blocker.end();
  await lists;
  expect(await ledger.findEvent(event.id)).toMatchObject({ duplicates: 50 });
}, 30_000);
