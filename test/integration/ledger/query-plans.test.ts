/*
 * An index on `events.state` once made SQLite read all events of all time for every fold. Tables that grow for ever must
 * be searched, never scanned, by whatever runs for every webhook.
 */
import { join } from 'node:path';

import { afterEach, expect, jest, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';

import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import { SqliteThread } from '../../../src/ledger/sqlite/sqlite-thread.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { openLedgerWorld, type LedgerHarness } from '../../support/ledger-world.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const SCANS = /^SCAN (events|calls|runs|other|attempts|run_steps|duplicates|links)\b/;
/** A search by a state alone is a scan in disguise, except among the few events that belong to no call. */
const SEARCHES = /^SEARCH (?!.*events_without_call).*\(state=\?\)/;

afterEach(() => {
  jest.restoreAllMocks();
});

test('nothing that runs for every webhook scans a table that grows', async () => {
  const folder = createTempFolder('plans');
  const file = join(folder.path, 'ledger.db');
  const world = await openLedgerWorld(async (clock): Promise<LedgerHarness> => {
    const ledger = await openSqliteLedger({ file, clock, ids: createIds(clock) });
    return {
      ledger,
      usedBytes: () => Promise.resolve(0),
      reopen: () => Promise.resolve(),
      close: () => ledger.close(),
    };
  });
  const submit = jest.spyOn(SqliteThread.prototype, 'submit');
  const { ledger } = world.harness;
  const event = world.newEvent({ call: 'c1' });
  await ledger.recordEvent(event);
  await ledger.recordEvent(event);
  const orphan = await world.record({ call: 'x' }, { orphan: true });
  await world.fold();
  await world.fold([{}], ({ candidates }) => ({ providerCallId: candidates[0]?.providerCallId ?? '', reason: 'test' }));
  const [run] = await world.claim();
  await ledger.renewLease(run!.id, 'worker', world.clock.now() + 1000);
  await ledger.saveStep(run!.id, 'worker', 1, 0, {});
  await ledger.findLinks('crm', [{ kind: 'call', key: 'tracking/c1' }]);
  await ledger.personHistory('+12025550143');
  await world.finish(run!);
  await ledger.callStory('c1');
  await ledger.undoJoin(orphan);
  await ledger.replay({ id: 'c1', force: false, nowMs: world.clock.now() });
  await ledger.prune({ beforeMs: world.clock.now() + 1, maxBytes: 1e12 });
  const texts = new Set(submit.mock.calls.flatMap(([statements]) => statements.map(({ sql }) => sql)));
  await ledger.close();
  const scans = findScans(
    file,
    [...texts].filter((sql) => !sql.startsWith('pragma')),
  );
  expect(texts.size).toBeGreaterThan(35);
  expect(scans).toEqual([]);
  folder.remove();
});

test('the backlog, read for metrics every few seconds, comes from indexes of what waits', async () => {
  const folder = createTempFolder('plans');
  const file = join(folder.path, 'ledger.db');
  const clock = createManualClock();
  const ledger = await openSqliteLedger({ file, clock, ids: createIds(clock) });
  const submit = jest.spyOn(SqliteThread.prototype, 'submit');
  await ledger.backlog();
  const texts = submit.mock.calls.flatMap(([statements]) => statements.map(({ sql }) => sql));
  await ledger.close();
  const plans = explain(
    file,
    texts.filter((sql) => sql.includes('"runs"')),
  );
  expect(plans).toEqual([
    'SEARCH runs USING COVERING INDEX runs_state (state=?)',
    'SCAN runs USING COVERING INDEX runs_claim',
    'SEARCH runs USING INDEX runs_state (state=?)',
    'USE TEMP B-TREE FOR GROUP BY',
  ]);
  folder.remove();
});

test('no list or search of the command line scans a table that grows', async () => {
  const folder = createTempFolder('plans');
  const file = join(folder.path, 'ledger.db');
  const clock = createManualClock();
  const ledger = await openSqliteLedger({ file, clock, ids: createIds(clock) });
  const submit = jest.spyOn(SqliteThread.prototype, 'submit');
  const filters = [
    { limit: 25, source: 'tracking' },
    { limit: 25, search: 'c1' },
    { limit: 25, source: 'tracking', search: 'c1' },
    { limit: 25, source: 'tracking', after: 'z' },
  ];
  for (const filter of filters) {
    await ledger.listCalls(filter);
    await ledger.listEvents(filter);
    for (const state of [undefined, 'done', 'dead']) {
      await ledger.listRuns(state === undefined ? filter : { ...filter, state });
    }
  }
  const texts = submit.mock.calls.flatMap(([statements]) => statements.map(({ sql }) => sql));
  await ledger.close();
  expect(texts.length).toBeGreaterThanOrEqual(20);
  const scans = explain(file, texts).filter((detail) => SCANS.test(detail) && !detail.endsWith('events_without_call'));
  expect(scans).toEqual([]);
  folder.remove();
});

function explain(file: string, texts: readonly string[]): string[] {
  const sqlite = new Sqlite(file);
  const details = texts.flatMap((sql) => {
    const plan = sqlite.prepare(`explain query plan ${sql}`);
    const steps = plan.all(...Array.from(sql.matchAll(/\?/g), () => null)) as { readonly detail: string }[];
    return steps.map(({ detail }) => detail);
  });
  sqlite.close();
  return details;
}

function findScans(file: string, texts: readonly string[]): string[] {
  const sqlite = new Sqlite(file);
  const scans = texts.flatMap((sql) => {
    const plan = sqlite.prepare(`explain query plan ${sql}`);
    const steps = plan.all(...Array.from(sql.matchAll(/\?/g), () => null)) as { readonly detail: string }[];
    return steps
      .filter(({ detail }) => SCANS.test(detail) || SEARCHES.test(detail))
      .map(({ detail }) => `${detail}: ${sql}`);
  });
  sqlite.close();
  return scans;
}
