/*
 * Tables that grow for ever must be searched, never scanned, by whatever runs for every webhook and by every list that
 * names a call, a phone or a run. PostgreSQL chooses by statistics, so the ledger is filled and analyzed first. Statements
 * that are kept prepared are planned without their values sooner or later: those plans are looked at too.
 */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Client, escapeLiteral } from 'pg';

import { openPostgresDatabase } from '../../../src/ledger/postgres/open-postgres-database.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open-postgres-ledger.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { fillLedger } from '../../../scripts/bench/scale/fill-ledger.ts';
import { openLedgerWorld, type LedgerWorld } from '../../support/ledger-world.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

const SCAN = /Seq Scan on (events|calls|runs|attempts|links)\b/;
/** Except of what is never many: runs that are running, events without a call. */
const INDEX_SCAN =
  /Index (Only )?Scan (Backward )?using (?!runs_person|events_without_call)\w+ on (events|calls|runs|attempts|links)\b/;
const CALLS = 12_000;

interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string;
}

let postgres: TestPostgres;
let url: string;
let world: LedgerWorld;

beforeAll(async () => {
  postgres = await startPostgres({ fsync: 'off' });
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
  const database = await openPostgresDatabase(url);
  await fillLedger(database, { calls: CALLS, due: 2_000, onProgress: () => undefined });
  await database.write([{ sql: 'vacuum analyze', parameters: [] }]);
  await database.close();
}, 120_000);

afterAll(async () => {
  await world.harness.close();
  await postgres.stop();
});

test('nothing that runs for every webhook scans a table that grows', async () => {
  const sent = await watch(async () => {
    const { ledger } = world.harness;
    const event = world.newEvent({ call: 'c1' });
    await ledger.recordEvent(event);
    await ledger.recordEvent(event);
    const orphan = await world.record({ call: 'x' }, { orphan: true });
    await world.fold();
    await world.fold([{}], ({ candidates }) => ({
      providerCallId: candidates[0]?.providerCallId ?? '',
      reason: 'test',
    }));
    const [run] = await world.claim();
    await ledger.renewLease(run!.id, 'worker', world.clock.now() + 1000);
    await ledger.saveStep(run!.id, 'worker', 1, 0, {});
    await ledger.findLinks('crm', [{ kind: 'call', key: 'tracking/c1' }]);
    await ledger.personHistory('+12025550143');
    await world.finish(run!);
    await ledger.releaseRuns('worker', [run!.id]);
    await ledger.callStory('c1');
    await ledger.undoJoin(orphan);
    await ledger.replay({ id: 'c1', force: false, nowMs: world.clock.now() });
    await ledger.nextDue(world.clock.now());
    await ledger.hasPendingEvents();
  });
  expect(sent.length).toBeGreaterThan(35);
  expect(await findScans(sent)).toEqual([]);
});

test('nothing that retention deletes with scans a table that grows', async () => {
  const sent = await watch(() => world.harness.ledger.prune({ beforeMs: 1, maxBytes: 1e15 }));
  const deleted = await watch(async () => {
    const { rows } = await world.harness.ledger.listCalls({ limit: 1, search: `call_${CALLS - 2_001}` });
    const beforeMs = Date.parse(rows[0]?.call.first_event_at ?? '') - (CALLS - 2_050) * 1000;
    expect(await world.harness.ledger.prune({ beforeMs, maxBytes: 1e15 })).toMatchObject({ calls: 49 });
  });
  expect(await findScans([...sent, ...deleted])).toEqual([]);
});

test('no list that names what it looks for scans a table that grows', async () => {
  const sent = await watch(async () => {
    const { ledger } = world.harness;
    const filters = ['call_777', '+12025000777', 'run_x', 'evt_x'].flatMap((search) => [
      { limit: 25, search },
      { limit: 25, search, source: 'callab' },
    ]);
    for (const filter of [...filters, { limit: 25 }, { limit: 25, after: 'z' }, { limit: 25, source: 'rare' }]) {
      await ledger.listCalls(filter);
      await ledger.listEvents(filter);
      await ledger.listRuns(filter);
      await ledger.listRuns({ ...filter, state: 'dead' });
    }
    await ledger.callStory('call_777');
  });
  expect(await findScans(sent)).toEqual([]);
});

/** What is sent to PostgreSQL meanwhile, each text once. */
async function watch(work: () => Promise<unknown>): Promise<readonly Sent[]> {
  const query = jest.spyOn(Client.prototype, 'query');
  try {
    await work();
    const calls = query.mock.calls as readonly (readonly unknown[])[];
    const sent = calls.flatMap(([config]) => (isSent(config) ? [config] : []));
    return [...new Map(sent.map((each) => [each.text, each])).values()];
  } finally {
    query.mockRestore();
  }
}

function isSent(config: unknown): config is Sent {
  return typeof config === 'object' && config !== null && 'text' in config && 'values' in config;
}

async function findScans(sent: readonly Sent[]): Promise<readonly string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const scans: string[] = [];
  for (const { text, values, name } of sent) {
    await client.query(`prepare plan as ${text}`);
    for (const mode of name === undefined ? ['force_custom_plan'] : ['force_custom_plan', 'force_generic_plan']) {
      await client.query(`set plan_cache_mode = ${mode}`);
      const given = values.length === 0 ? '' : `(${values.map(toLiteral).join(', ')})`;
      const { rows } = await client.query<Readonly<Record<string, string>>>(`explain execute plan${given}`);
      const lines = rows.map((row) => row['QUERY PLAN'] ?? '');
      if (isScan(lines)) scans.push([mode, text, ...lines].join('\n'));
    }
    await client.query('deallocate plan');
  }
  await client.end();
  return scans;
}

/** An index that is walked from end to end and filtered is a scan in disguise. */
function isScan(lines: readonly string[]): boolean {
  const nodes = lines.join('\n').split(/\n(?= *->)/);
  return nodes.some(
    (node) => SCAN.test(node) || (INDEX_SCAN.test(node) && !node.includes('Index Cond:') && node.includes('Filter:')),
  );
}

function toLiteral(value: unknown): string {
  if (value === null) return 'null';
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  if (Array.isArray(value)) return `array[${value.map(toLiteral).join(', ')}]`;
  return typeof value === 'number' ? String(value) : escapeLiteral(value as string);
}
