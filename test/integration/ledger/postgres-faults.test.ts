import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';

import { LedgerUnavailableError } from '../../../src/ledger/ledger-unavailable-error.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open-postgres-ledger.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { openLedgerWorld, type LedgerWorld } from '../../support/ledger-world.ts';
import { createManualClock } from '../../support/manual-clock.ts';
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

async function run(sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

describe('PostgreSQL restarted while events are recorded', () => {
  test.each(['fast', 'immediate'] as const)(
    '%s: what was acknowledged is there, the rest was refused',
    async (mode) => {
      const { ledger } = world.harness;
      const acknowledged: string[] = [];
      const refused: unknown[] = [];
      const stopping = new AbortController();
      const sender = async (name: number): Promise<void> => {
        while (!stopping.signal.aborted) {
          const event = world.newEvent({ call: `c${name}` });
          await ledger.recordEvent(event).then(
            () => acknowledged.push(event.id),
            (error: unknown) => refused.push(error),
          );
        }
      };
      const senders = Promise.all(Array.from({ length: 20 }, (_, name) => sender(name)));
      await waitUntil(() => acknowledged.length > 200, { what: 'events before the restart' });
      await postgres.restart(mode);
      const before = acknowledged.length;
      await waitUntil(() => acknowledged.length > before + 200, { what: 'events after the restart' });
      stopping.abort();
      await senders;
      for (const error of refused) expect(error).toBeInstanceOf(LedgerUnavailableError);
      const lost: string[] = [];
      for (const id of acknowledged) if ((await ledger.findEvent(id)) === null) lost.push(id);
      expect(lost).toEqual([]);
      await world.fold([]);
      expect((await ledger.stats()).events).toMatchObject({ pending: 0 });
    },
  );

  test('lists and the work of workers go on by themselves afterwards', async () => {
    const { harness, record, fold, claim, finish } = world;
    await record({ call: 'c1' });
    await fold();
    await postgres.restart('immediate');
    const [claimed] = await claim();
    expect(await harness.ledger.callStory('c1')).not.toBeNull();
    await postgres.restart('fast');
    expect(await finish(claimed!)).toBe(true);
  });
});

describe('PostgreSQL out of reach', () => {
  test('refuses within the time a sender waits, and works again when it is back', async () => {
    const { harness, newEvent } = world;
    await postgres.halt();
    const event = newEvent({ call: 'c1' });
    await expect(harness.ledger.recordEvent(event)).rejects.toThrow(LedgerUnavailableError);
    await expect(harness.ledger.listCalls({ limit: 1 })).rejects.toThrow(LedgerUnavailableError);
    await postgres.start();
    expect(await harness.ledger.recordEvent(event)).toEqual({ kind: 'recorded', id: event.id });
  });

  test('an event that waited through a short restart is recorded, not refused', async () => {
    const { harness, newEvent } = world;
    await postgres.halt();
    const event = newEvent({ call: 'c1' });
    const recording = harness.ledger.recordEvent(event);
    await postgres.start();
    expect(await recording).toEqual({ kind: 'recorded', id: event.id });
  });

  test('a server that stands still is given up, and what it did all the same is a duplicate', async () => {
    const { harness, newEvent } = world;
    await harness.ledger.recordEvent(newEvent({ call: 'c0' }));
    await postgres.freeze();
    const event = newEvent({ call: 'c1' });
    await expect(harness.ledger.recordEvent(event)).rejects.toMatchObject({
      name: 'LedgerUnavailableError',
      code: 'TIMEOUT',
    });
    await postgres.thaw();
    await waitUntil(() => harness.ledger.recordEvent(event).catch(() => null), { what: 'the event to be recorded' });
    expect((await harness.ledger.listEvents({ limit: 10 })).rows).toHaveLength(2);
  });

  test('a full disk refuses and harms nobody', async () => {
    const { harness, newEvent } = world;
    await run(`create function full_disk() returns trigger language plpgsql as
      $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$`);
    await run('create trigger disk_full before insert on events execute function full_disk()');
    await expect(harness.ledger.recordEvent(newEvent({ call: 'c1' }))).rejects.toMatchObject({
      name: 'LedgerUnavailableError',
      code: '53100',
    });
    await run('drop trigger disk_full on events');
    expect(await harness.ledger.recordEvent(newEvent({ call: 'c1' }))).toMatchObject({ kind: 'recorded' });
  });
});

describe('opening', () => {
  const open = (address: string) => {
    const clock = createManualClock();
    return openPostgresLedger({ url: address, clock, ids: createIds(clock) });
  };

  test('says which server cannot be used and why, without the password', async () => {
    const address = new URL(url);
    address.password = 'hunter2';
    address.port = '1';
    const failed = await open(address.href).catch((error: unknown) => error);
    expect(String(failed)).toMatch(
      /The ledger in PostgreSQL at 127\.0\.0\.1:1\/test_\w+ cannot be opened: .*ECONNREFUSED/,
    );
    expect(String(failed)).not.toContain('hunter2');
    const nonsense = await open('postgres://u:hunter2@[nonsense/x').catch((error: unknown) => error);
    expect(String(nonsense)).toContain('It should read postgres://user:password@host:5432/database.');
    expect(String(nonsense)).not.toContain('hunter2');
  });

  test('refuses a database that acknowledges before the disk does, and one that cannot keep every text', async () => {
    const name = new URL(url).pathname.slice(1);
    await run(`alter database ${name} set synchronous_commit = off`);
    await expect(open(url)).rejects.toThrow('synchronous_commit is off');
    await run(`create database ${name}_latin template template0 encoding latin1 locale 'C' locale_provider libc`);
    await expect(open(`${url}_latin`)).rejects.toThrow('its encoding is LATIN1');
  });
});
