/*
 * The dangerous moments of lists that interleave, one by one: a lock that the test holds stops a list in its middle,
 * something else happens, the list goes on. Each of these lost something before docs/decisions/0009.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';

import type { LedgerWithSandbox } from '../../../src/ledger/create-ledger.ts';
import { createPendingCallsAmongMany } from '../../../src/ledger/fold/pending-calls.ts';
import { openPostgresDatabase } from '../../../src/ledger/postgres/open-postgres-database.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open-postgres-ledger.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { openBlocker, type Blocker } from '../../support/blocker.ts';
import { foldByOrder, nobodyJoins, openLedgerWorld, type LedgerWorld } from '../../support/ledger-world.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
let url: string;
let world: LedgerWorld;
let other: LedgerWithSandbox;
let blocker: Blocker;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = await postgres.createDatabase();
  world = await openLedgerWorld(async (clock) => {
    const open = () => openPostgresLedger({ url, clock, ids: createIds(clock) });
    other = await open();
    const ledger = await open();
    return {
      ledger,
      usedBytes: () => Promise.resolve(0),
      reopen: () => Promise.resolve(),
      close: () => ledger.close(),
    };
  });
  blocker = await openBlocker(url);
});
afterEach(async () => {
  await Promise.all([world.harness.close(), other.close(), blocker.close()]);
});

const claimable = (owner: string) => ({
  destination: 'crm',
  limit: 10,
  owner,
  leaseMs: 60_000,
  nowMs: world.clock.now(),
});

test('a late event that arrives in the middle of the deletion of its call stays', async () => {
  const { harness, record, newEvent, fold, clock } = world;
  await record({ call: 'c1' }, { receiptKey: 'k' });
  await harness.ledger.recordEvent(newEvent({ call: 'c1' }, { receiptKey: 'k' }));
  await fold([]);
  clock.advance(1000);
  await blocker.hold('select * from duplicates');
  const pruned = harness.ledger.prune({ beforeMs: clock.now(), maxBytes: 1e15 });
  await blocker.waiters(1);
  const late = newEvent({ call: 'c1' });
  await other.recordEvent(late);
  await blocker.letGo();
  expect(await pruned).toMatchObject({ calls: 1, events: 1 });
  await fold([]);
  expect(await other.findEvent(late.id)).toMatchObject({ state: 'folded' });
});

test('an orphan that arrives in the middle of the fold of its call finds it', async () => {
  const { record, newEvent, clock } = world;
  await record({ call: 'older' }, { orphan: true });
  await world.fold([]);
  await record({ call: 'c1' });
  const foldNothing = foldByOrder([], clock);
  const join = ({ event, candidates }: Parameters<typeof nobodyJoins>[0]) =>
    event.callId === 'x' && candidates[0] !== undefined
      ? { providerCallId: candidates[0].providerCallId, reason: 'test' }
      : null;
  await blocker.hold('select * from pending_events where orphan = 1');
  const folding = world.harness.ledger.foldPending(10, foldNothing, nobodyJoins);
  // Its last statement wakes orphans, and waits for the older one.
  await blocker.waiters(1);
  const orphan = newEvent({ call: 'x' }, { orphan: true });
  await other.recordEvent(orphan);
  const looking = other.foldPending(10, foldNothing, join);
  await Promise.race([looking, blocker.waiters(2)]);
  await blocker.letGo();
  await Promise.all([folding, looking]);
  while ((await other.foldPending(10, foldNothing, join)).more);
  expect(await other.findEvent(orphan.id)).toMatchObject({ state: 'folded' });
});

test('a replay is not missed by a run whose attempt ends in its middle', async () => {
  const { harness, record, fold, clock, claim, finish } = world;
  for (const call of ['c1', 'c2']) {
    await record({ call, fields: { customer_number: call } });
    await fold();
    clock.advance(10);
  }
  const [first, second] = await claim();
  await finish(first!);
  await blocker.hold(`select * from runs where id = '${first!.id}'`);
  const replayed = other.replay({ integration: first!.integration, force: false, nowMs: clock.now() });
  await blocker.waiters(1);
  expect(await finish(second!)).toBe(true);
  await blocker.letGo();
  expect(await replayed).toHaveLength(2);
  expect((await harness.ledger.stats()).runs).toMatchObject({ due: 2, done: 0 });
});

test('a run that ends in the middle of a fold that learns the person takes the person over', async () => {
  const { harness, record, fold, clock, claim, finish } = world;
  await record({ call: 'older' }, { orphan: true });
  await record({ call: 'c1', fields: { customer_number: '+1' } });
  await fold();
  const [run] = await claim();
  await record({ call: 'c1', fields: { customer_number: '+2' } });
  await blocker.hold('select * from pending_events where orphan = 1');
  const folding = harness.ledger.foldPending(10, foldByOrder([], clock), nobodyJoins);
  await blocker.waiters(1);
  const finishing = finish(run!, { next: { state: 'due', dueAtMs: clock.now(), destination: 'crm' } });
  await Promise.race([finishing, blocker.waiters(2)]);
  await blocker.letGo();
  await Promise.all([folding, finishing]);
  expect(await claim()).toMatchObject([{ id: run!.id, personKey: '+2' }]);
});

test('a lease that ends in the middle of a fold that learns the person is not claimed for the old one', async () => {
  const { harness, record, fold, clock } = world;
  await record({ call: 'older' }, { orphan: true });
  await record({ call: 'c1', fields: { customer_number: '+1' } });
  await fold();
  await other.claimRuns({ ...claimable('dead'), leaseMs: 100 });
  await record({ call: 'c1', fields: { customer_number: '+2' } });
  clock.advance(100);
  await blocker.hold('select * from pending_events where orphan = 1');
  const folding = harness.ledger.foldPending(10, foldByOrder([], clock), nobodyJoins);
  await blocker.waiters(1);
  // Nobody waits for a call that is being folded: its run is passed over.
  expect(await other.claimRuns(claimable('next'))).toEqual([]);
  await blocker.letGo();
  await folding;
  expect(await other.claimRuns(claimable('next'))).toMatchObject([{ personKey: '+2' }]);
});

test('a claim passes over what another one is taking', async () => {
  const { record, fold } = world;
  for (const call of ['c1', 'c2', 'c3']) {
    await record({ call, fields: { customer_number: call } });
    await fold();
  }
  await blocker.hold('select * from runs order by id limit 1');
  const claimed = await other.claimRuns({ ...claimable('a'), limit: 1 });
  expect(claimed.map((run) => run.call.provider_call_id)).toEqual(['c2']);
  await blocker.letGo();
});

test('what a folder took that died is folded by another after the lease, not before', async () => {
  const { record, clock } = world;
  await record({ call: 'c1' });
  const database = await openPostgresDatabase(url);
  expect(await createPendingCallsAmongMany(database).take(10, clock.now())).toEqual(['tracking/c1']);
  const foldNothing = foldByOrder([], clock);
  clock.advance(14_999);
  expect(await other.hasPendingEvents()).toBe(false);
  expect(await other.foldPending(10, foldNothing, nobodyJoins)).toMatchObject({ folded: 0 });
  clock.advance(1);
  expect(await other.foldPending(10, foldNothing, nobodyJoins)).toMatchObject({ folded: 1 });
  await database.close();
});

test('folders take different calls, and no more bytes at a time than they may hold', async () => {
  const { record, clock } = world;
  for (const call of ['c1', 'c2', 'c3']) await record({ call, fields: { notes: 'x'.repeat(9 * 1024 ** 2) } });
  for (const call of ['c4', 'c5']) await record({ call });
  const database = await openPostgresDatabase(url);
  const pending = createPendingCallsAmongMany(database);
  expect(await pending.take(10, clock.now())).toEqual(['tracking/c1', 'tracking/c2']);
  expect(await pending.take(2, clock.now())).toEqual(['tracking/c3', 'tracking/c4']);
  await pending.giveBack(['tracking/c1']);
  expect((await pending.take(10, clock.now())).toSorted()).toEqual(['tracking/c1', 'tracking/c5']);
  await database.close();
});
