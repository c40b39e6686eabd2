import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as pause } from 'node:timers/promises';

import type { Call } from '../../../src/domain/call.ts';
import type { LedgerWithSandbox } from '../../../src/ledger/create-ledger.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open-postgres-ledger.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { startRestCrm, type RestCrm } from '../../../src/torture/crm/rest-crm.ts';
import { exampleCall } from '../../support/call.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { createSyncProcess, forgetfulCrmConfig, type SyncProcess } from '../../support/sync-process.ts';

/* Workers of several processes on one PostgreSQL, at calls of the same persons at the same time. */

const PROCESSES = 3;

let postgres: TestPostgres;
let crm: RestCrm;
let ledgers: LedgerWithSandbox[] = [];
let processes: SyncProcess[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

beforeEach(async () => {
  const url = await postgres.createDatabase();
  crm = await startRestCrm({ latencyMs: 4 });
  const ids = createIds(systemClock);
  const open = () => openPostgresLedger({ url, clock: systemClock, ids });
  ledgers = [await open()];
  while (ledgers.length < PROCESSES) ledgers.push(await open());
  processes = ledgers.map((ledger) => createSyncProcess({ ledger, config: forgetfulCrmConfig(crm.url) }));
});
afterEach(async () => {
  await Promise.all(processes.map((process) => process.settled()));
  await Promise.all(ledgers.map((ledger) => ledger.close()));
  await crm.close();
});

function processAt(index: number): SyncProcess {
  const process = processes[index];
  if (process === undefined) throw new Error(`there is no process ${index}`);
  return process;
}

/** A call of a person who rings from another number each time, and is known by an address or an id only. */
interface Ring {
  readonly person: number;
  readonly by: 'email' | 'external_id';
  readonly process: number;
  readonly afterMs: number;
}

const rings = fc.array(
  fc.record({
    person: fc.nat({ max: 1 }),
    by: fc.constantFrom('email', 'external_id'),
    process: fc.nat({ max: PROCESSES - 1 }),
    afterMs: fc.nat({ max: 12 }),
  }),
  { minLength: 2, maxLength: 6 },
);

function toCall({ person, by }: Ring, round: number, index: number): Call {
  const name = `p${person}-${round}-${by}`;
  const id = `c-${round}-${index}`;
  return exampleCall({
    id: `call_${id}`,
    provider_call_id: id,
    customer_number: `+1202555${String(1000 + index)}${round}`.slice(0, 15),
    started_at: `2026-11-20T11:${String(10 + index)}:00Z`,
    contact: by === 'email' ? { email: `${name}@example.com` } : { external_id: name },
  });
}

test('calls that share only an address or an id make one contact, whichever processes they fall to', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(rings, async (all) => {
      round += 1;
      crm.contacts.all().forEach(({ id }) => crm.contacts.remove(id));
      await Promise.all(
        all.map(async (ring, index) => {
          await pause(ring.afterMs);
          const result = await processAt(ring.process).sync(toCall(ring, round, index));
          expect(result).toMatchObject({ kind: 'finished' });
        }),
      );
      expect(crm.contacts.all()).toHaveLength(new Set(all.map(({ person, by }) => `${person}${by}`)).size);
      expect(crm.duplicates()).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('calls that meet at one record leave it with the value of the newest', async () => {
  // Two identities of one contact, of which no call knows both: only the record says that they belong together.
  crm.contacts.insert({ phone: '+12025550101', email: 'dana@example.com' });
  const newest = '2026-11-20T11:50:00Z';
  const times = [newest, ...Array.from({ length: 11 }, (_none, index) => `2026-11-20T11:${10 + index}:00Z`)];
  await Promise.all(
    times.map((started_at, index) =>
      processAt(index % PROCESSES).sync(
        exampleCall({
          id: `call_${index}`,
          provider_call_id: `c${index}`,
          started_at,
          ended_at: null,
          first_event_at: started_at,
          ...(index % 2 === 0
            ? { customer_number: '+12025550101', contact: {} }
            : { customer_number: null, contact: { email: 'dana@example.com' } }),
        }),
      ),
    ),
  );
  expect(crm.contacts.all()).toHaveLength(1);
  expect(crm.contacts.all()[0]?.fields).toMatchObject({ last_call_at: newest });
});

test('whoever lost a lock while he stood still writes nothing more, and says why', async () => {
  const [ledger] = ledgers;
  if (ledger === undefined) throw new Error('there is no ledger');
  let sleptMs = 0;
  const clock = { now: () => systemClock.now() + sleptMs };
  const sleeper = createSyncProcess({ ledger, config: forgetfulCrmConfig(crm.url), clock });
  const call = exampleCall({ contact: { email: 'dana@example.com' } });
  crm.setLatency(500);
  const attempt = sleeper.attempt(call);
  await waitUntil(() => crm.requestCount() === 1, { what: 'the first request' });
  sleptMs = 60_000;
  const heir = { destination: 'crm', owner: 'heir', keys: ['email:dana@example.com'] };
  expect(await ledger.takeLocks({ ...heir, nowMs: clock.now(), untilMs: clock.now() + 15_000 })).toBe(true);
  expect(await attempt).toMatchObject({
    kind: 'stopped',
    outcome: { kind: 'retry', reason: expect.stringContaining('another worker may have taken over') },
  });
  expect(crm.requestCount()).toBe(1);
  // While the heir is at it, the next attempt waits, and gives up for now.
  expect(await sleeper.attempt(call)).toMatchObject({
    kind: 'stopped',
    outcome: { reason: 'another worker is writing the same person or record', notBeforeMs: expect.any(Number) },
  });
  expect(crm.requestCount()).toBe(1);
  await ledger.releaseLocks('heir', heir.keys);
  expect(await sleeper.attempt(call)).toMatchObject({ kind: 'finished' });
  expect(crm.contacts.all()).toHaveLength(1);
  await sleeper.settled();
});

test('a lease that ended while the answer was on its way: nothing more is sent, nor noted in the ledger', async () => {
  const [process] = processes;
  if (process === undefined) throw new Error('there is no process');
  const call = exampleCall({ contact: {} });
  const result = await process.attempt(call, () => Promise.resolve(crm.requestCount() === 0));
  expect(result).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
  expect(crm.requests.map(({ method }) => method)).toEqual(['GET']);
  expect(await ledgers[0]?.findLinks('crm', [{ kind: 'contact', key: 'phone:+12025550143' }])).toEqual([]);
});

test('the locks of a killed process end by themselves', async () => {
  const [ledger] = ledgers;
  const nowMs = systemClock.now();
  const dead = { destination: 'crm', owner: 'dead', keys: ['email:dana@example.com'] };
  await ledger?.takeLocks({ ...dead, nowMs: nowMs - 12_000, untilMs: nowMs + 3_000 });
  const result = await processAt(1).attempt(exampleCall({ contact: { email: 'dana@example.com' } }));
  expect(result).toMatchObject({ kind: 'finished' });
  expect(systemClock.now()).toBeGreaterThanOrEqual(nowMs + 3_000);
});
