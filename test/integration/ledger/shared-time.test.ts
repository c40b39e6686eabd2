import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';

import type { LedgerWithSandbox } from '../../../src/ledger/create-ledger.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open-postgres-ledger.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

const HOUR_MS = 3_600_000;
/** Between two lines of a test there are some milliseconds; on a busy machine, many. */
const ABOUT_MS = 900;

let postgres: TestPostgres;
let server: Client;
let ledgers: LedgerWithSandbox[];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  const url = await postgres.createDatabase();
  // Processes whose own clocks are days apart.
  const clocks = [0, -48 * HOUR_MS, 48 * HOUR_MS].map((offsetMs) => ({ now: () => systemClock.now() + offsetMs }));
  ledgers = [];
  for (const clock of clocks) ledgers.push(await openPostgresLedger({ url, clock, ids: createIds(clock) }));
  server = new Client({ connectionString: url });
  await server.connect();
});
afterEach(async () => {
  await server.end();
  await Promise.all(ledgers.map((ledger) => ledger.close()));
});

async function ask(index: number, sinceMs: number | null): Promise<number> {
  const ledger = ledgers[index];
  if (ledger === undefined) throw new Error(`there is no ledger ${index}`);
  return ledger.readTime(sinceMs);
}

/** As if the server's clock had been set: what was asked before it lies so much further back. */
const setServerClock = (byMs: number) => server.query('update shared_time set asked_at_ms = asked_at_ms - $1', [byMs]);

const difference = (left: number, right: number): number => Math.abs(left - right);

test('every process has the time of the server, wherever its own clock stands', async () => {
  const times = [await ask(0, null), await ask(1, null), await ask(2, null)];
  for (const time of times) expect(difference(time, systemClock.now())).toBeLessThan(ABOUT_MS);
});

test.each([HOUR_MS, -HOUR_MS])(
  'a server clock that is set by %i ms moves nobody, also not who starts later',
  async (byMs) => {
    const before = await ask(0, null);
    await ask(1, null);
    await setServerClock(byMs);
    expect(difference((await ask(0, 0)) + byMs, before)).toBeLessThan(ABOUT_MS);
    expect(difference((await ask(1, 10)) + byMs, before)).toBeLessThan(ABOUT_MS);
    expect(difference((await ask(2, null)) + byMs, before)).toBeLessThan(ABOUT_MS);
  },
);

test('the shared time comes back to the time of the server by and by', async () => {
  await ask(0, null);
  await server.query('update shared_time set ahead_ms = $1, asked_at_ms = asked_at_ms - 10000', [5_000]);
  expect(difference(await ask(0, 10_000), systemClock.now() + 4_000)).toBeLessThan(ABOUT_MS);
  await server.query('update shared_time set ahead_ms = $1, asked_at_ms = asked_at_ms - 10000', [-500]);
  expect(difference(await ask(0, 10_000), systemClock.now())).toBeLessThan(ABOUT_MS);
});

test('who was suspended takes the time of those who were not, and nobody takes his', async () => {
  await ask(0, null);
  await ask(1, null);
  // An hour later by the server and by process 1; process 0 thinks that it asked a second ago.
  await setServerClock(HOUR_MS);
  await ask(1, HOUR_MS);
  expect(difference(await ask(0, 1_000), systemClock.now())).toBeLessThan(ABOUT_MS);
  expect(difference(await ask(2, null), systemClock.now())).toBeLessThan(ABOUT_MS);
});
