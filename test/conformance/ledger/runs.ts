import { describe, expect, test } from '@jest/globals';

import type { ClaimedRun, RequestRecord, RunSummary } from '../../../src/ledger/ledger.ts';
import type { LedgerWorld, OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

async function claimOne(world: LedgerWorld): Promise<ClaimedRun> {
  const [run] = await world.claim();
  if (run === undefined) throw new Error('nothing was due');
  return run;
}

async function runOf(world: LedgerWorld, call = 'c1'): Promise<RunSummary> {
  const story = await world.harness.ledger.callStory(call);
  const run = story?.runs[0]?.run;
  if (run === undefined) throw new Error(`${call} has no run`);
  return run;
}

async function startCall(world: LedgerWorld): Promise<void> {
  await world.record({ call: 'c1', fields: { notes: 'first' } });
  await world.fold();
}

async function grow(world: LedgerWorld, notes = 'second'): Promise<void> {
  await world.record({ call: 'c1', fields: { notes } });
  await world.fold();
}

const REJECTED = {
  outcome: { kind: 'rejected', reason: 'no such field', hint: 'run setup' },
  next: { state: 'dead' },
} as const;
const HELD = { outcome: { kind: 'held', reason: 'two candidates' }, next: { state: 'held', dueAtMs: null } } as const;

export function describeRuns(open: OpenLedgerHarness): void {
  describe('runs', () => {
    const world = useWorld(open);

    test('there is one per call and integration, however many events come', async () => {
      await startCall(world());
      await grow(world());
      await grow(world(), 'third');
      const { rows } = await world().harness.ledger.listRuns({ limit: 10 });
      expect(rows).toHaveLength(1);
    });

    test('a finished attempt is kept with its requests and moves the run', async () => {
      const { harness, clock, finish } = world();
      await startCall(world());
      const run = await claimOne(world());
      const request: RequestRecord = {
        method: 'POST',
        url: 'https://crm.example.com/contacts',
        effect: 'write',
        requestBody: '{}',
        status: 201,
        responseBody: '{"id":"1"}',
        error: null,
        startedAtMs: clock.now(),
        durationMs: 12,
      };
      expect(await finish(run, { requests: [request], steps: [{ done: true }] })).toBe(true);
      await harness.reopen();
      const found = await harness.ledger.findRun(run.id);
      expect(found?.run.run).toMatchObject({ state: 'done', doneVersion: 1, attempts: 1, reason: null });
      expect(found?.attempts).toMatchObject([
        { number: 1, callVersion: 1, outcome: { kind: 'done' }, steps: [{ done: true }], requests: [request] },
      ]);
    });

    test('a retry waits for its time and counts; a try that does not count has the same number again', async () => {
      const { clock, claim, finish } = world();
      await startCall(world());
      const outcome = { kind: 'retry', reason: '503' } as const;
      const next = { state: 'due', dueAtMs: clock.now() + 1000, destination: 'crm' } as const;
      expect((await claimOne(world())).attempt).toBe(1);
      const [run] = [await runOf(world())];
      await finish({ ...run, call: { version: 1 } } as ClaimedRun, { outcome, next });
      expect(await runOf(world())).toMatchObject({ state: 'due', dueAtMs: next.dueAtMs, attempts: 1, reason: '503' });
      expect(await claim()).toEqual([]);
      clock.advance(1000);
      const second = await claimOne(world());
      expect(second.attempt).toBe(2);
      await finish(second, { outcome, next: { ...next, dueAtMs: clock.now() }, countsAsAttempt: false });
      expect((await claimOne(world())).attempt).toBe(2);
    });

    test('a run may go on in the pool of another destination', async () => {
      const { clock, claim, finish } = world();
      await startCall(world());
      await finish(await claimOne(world()), { next: { state: 'due', dueAtMs: clock.now(), destination: 'sandbox' } });
      expect(await claim()).toEqual([]);
      expect(await claim({ destination: 'sandbox' })).toHaveLength(1);
    });

    test('steps of this call version are kept until the run is done', async () => {
      const { harness, clock, finish } = world();
      await startCall(world());
      const run = await claimOne(world());
      await harness.ledger.saveStep(run.id, 'worker', 1, 0, { contact: '7' });
      await harness.ledger.saveStep(run.id, 'worker', 1, 1, 'x');
      await harness.ledger.saveStep(run.id, 'worker', 1, 1, null);
      await finish(run, { next: { state: 'due', dueAtMs: clock.now(), destination: 'crm' } });
      const again = await claimOne(world());
      expect(again.finishedSteps).toEqual({ 0: { contact: '7' }, 1: null });
      await finish(again);
      await grow(world());
      expect((await claimOne(world())).finishedSteps).toEqual({});
    });

    test('steps of an older call version are done again', async () => {
      const { harness, clock, finish } = world();
      await startCall(world());
      const run = await claimOne(world());
      await harness.ledger.saveStep(run.id, 'worker', 1, 0, 'old');
      await finish(run, { next: { state: 'due', dueAtMs: clock.now(), destination: 'crm' } });
      await grow(world());
      expect(await claimOne(world())).toMatchObject({ finishedSteps: {}, call: { version: 2 } });
    });

    test('a call that grew while its run was at work makes it due again, with fresh attempts', async () => {
      const { finish } = world();
      await startCall(world());
      const run = await claimOne(world());
      await grow(world());
      expect(await runOf(world())).toMatchObject({ state: 'running' });
      await finish(run);
      expect(await runOf(world())).toMatchObject({ state: 'due', doneVersion: 1, attempts: 0 });
      const second = await claimOne(world());
      expect(second).toMatchObject({ attempt: 1, call: { version: 2 } });
      await finish(second);
      expect(await runOf(world())).toMatchObject({ state: 'done', doneVersion: 2 });
    });

    test.each([
      ['done', {}],
      ['held for a person', HELD],
    ])('a run that is %s starts again when the call grows', async (_state, how) => {
      const { finish, clock } = world();
      await startCall(world());
      await finish(await claimOne(world()), how);
      await grow(world());
      expect(await runOf(world())).toMatchObject({ state: 'due', attempts: 0, reason: null, dueAtMs: clock.now() });
    });

    test('an event that changes nothing starts nothing', async () => {
      const { finish, record, fold } = world();
      await startCall(world());
      await finish(await claimOne(world()));
      await record({ call: 'c1', fields: { notes: 'first' } });
      await fold();
      expect(await runOf(world())).toMatchObject({ state: 'done' });
    });

    test('a run whose integration matches no more is left as it is', async () => {
      const { finish, record, fold } = world();
      await startCall(world());
      await finish(await claimOne(world()));
      await record({ call: 'c1', fields: { notes: 'second' } });
      await fold([]);
      expect(await runOf(world())).toMatchObject({ state: 'done', doneVersion: 1 });
    });

    test('a dead letter stays one until it is replayed, and then works on the newest call', async () => {
      const { finish, harness, clock, claim } = world();
      await startCall(world());
      const run = await claimOne(world());
      await finish(run, REJECTED);
      await grow(world());
      expect(await runOf(world())).toMatchObject({ state: 'dead', reason: 'no such field', hint: 'run setup' });
      expect(await claim()).toEqual([]);
      const replayed = await harness.ledger.replay({ state: 'dead', force: false, nowMs: clock.now() });
      expect(replayed).toEqual([{ runId: run.id, destination: 'crm' }]);
      const again = await claimOne(world());
      expect(again).toMatchObject({ attempt: 1, trigger: 'replay', force: false, call: { version: 2 } });
      await finish(again);
      expect(await runOf(world())).toMatchObject({ state: 'done', doneVersion: 2 });
    });

    test('a run held until a time keeps that time when the call grows, and is claimed then', async () => {
      const { finish, clock, claim } = world();
      await startCall(world());
      const untilMs = clock.now() + 60_000;
      const outcome = { kind: 'held', reason: 'paused', untilMs } as const;
      await finish(await claimOne(world()), {
        outcome,
        next: { state: 'held', dueAtMs: untilMs },
        countsAsAttempt: false,
      });
      await grow(world());
      expect(await runOf(world())).toMatchObject({ state: 'held', dueAtMs: untilMs, reason: 'paused' });
      expect(await claim()).toEqual([]);
      clock.advance(60_000);
      expect(await claimOne(world())).toMatchObject({ attempt: 1, call: { version: 2 } });
    });

    test('a backoff is kept when the call grows', async () => {
      const { finish, clock } = world();
      await startCall(world());
      const dueAtMs = clock.now() + 60_000;
      const run = await claimOne(world());
      await grow(world());
      await finish(run, {
        outcome: { kind: 'retry', reason: '429' },
        next: { state: 'due', dueAtMs, destination: 'crm' },
      });
      expect(await runOf(world())).toMatchObject({ state: 'due', dueAtMs });
      await grow(world(), 'third');
      expect(await runOf(world())).toMatchObject({ state: 'due', dueAtMs });
    });

    test('a waiting run settles anew with every event', async () => {
      const { record, fold, clock } = world();
      await record({ call: 'c1' });
      await fold([{ state: 'waiting', dueAtMs: clock.now() + 60_000 }]);
      await record({ call: 'c1', fields: { summary: 'analysed' } });
      await fold([{ state: 'due', dueAtMs: clock.now() }]);
      expect(await runOf(world())).toMatchObject({ state: 'due', dueAtMs: clock.now() });
    });
  });

  describeReplay(open);
}

function describeReplay(open: OpenLedgerHarness): void {
  describe('replay', () => {
    const world = useWorld(open);

    test('by call, run, event or the platform’s id makes the run due at once, and remembers force', async () => {
      const { harness, clock, record, fold, finish } = world();
      const event = await record({ call: 'c1' });
      await fold();
      const { id } = await runOf(world());
      const call = (await harness.ledger.callStory('c1'))?.call.id ?? '';
      for (const each of [call, id, event, 'c1']) {
        await finish(await claimOne(world()));
        const replayed = await harness.ledger.replay({ id: each, force: true, nowMs: clock.now() });
        expect(replayed).toEqual([{ runId: id, destination: 'crm' }]);
        expect(await runOf(world())).toMatchObject({ state: 'due', attempts: 0 });
        await fold();
      }
      const forced = await claimOne(world());
      expect(forced.force).toBe(true);
      await finish(forced);
      await grow(world());
      const asked = await claimOne(world());
      expect(asked.force).toBe(false);
      expect(asked.trigger).not.toBe('replay');
    });

    test('by call folds the call again, so that a new integration finds it', async () => {
      const { harness, clock, fold, finish } = world();
      await startCall(world());
      await finish(await claimOne(world()));
      await harness.ledger.replay({ id: 'c1', force: false, nowMs: clock.now() });
      expect(await harness.ledger.hasPendingEvents()).toBe(true);
      await fold([{}, { integration: 'New' }]);
      expect((await harness.ledger.callStory('c1'))?.runs.map(({ run }) => run.integration).toSorted()).toEqual([
        'Keep the CRM in step',
        'New',
      ]);
    });

    test('repeats steps that were finished', async () => {
      const { harness, clock, finish } = world();
      await startCall(world());
      const run = await claimOne(world());
      await harness.ledger.saveStep(run.id, 'worker', 1, 0, 'done');
      await finish(run, HELD);
      await harness.ledger.replay({ id: run.id, force: false, nowMs: clock.now() });
      expect((await claimOne(world())).finishedSteps).toEqual({});
    });

    test('of a running run waits for its attempt to end', async () => {
      const { harness, clock, claim, finish } = world();
      await startCall(world());
      const run = await claimOne(world());
      await harness.ledger.saveStep(run.id, 'worker', 1, 0, 'done');
      await harness.ledger.replay({ id: run.id, force: true, nowMs: clock.now() });
      expect(await claim()).toEqual([]);
      expect(await finish(run)).toBe(true);
      expect(await claimOne(world())).toMatchObject({ force: true, finishedSteps: {}, attempt: 1, trigger: 'replay' });
    });

    test('of a running run is not forgotten when its worker dies', async () => {
      const { harness, claim, clock, finish } = world();
      await startCall(world());
      await finish(await claimOne(world()), {
        outcome: { kind: 'retry', reason: '503' },
        next: { state: 'due', dueAtMs: clock.now(), destination: 'crm' },
      });
      const [run] = await claim({ leaseMs: 1000 });
      expect(run).toMatchObject({ attempt: 2 });
      await harness.ledger.saveStep(run!.id, 'worker', 1, 0, 'done');
      await harness.ledger.replay({ id: run!.id, force: true, nowMs: clock.now() });
      clock.advance(1000);
      const again = await claimOne(world());
      expect(again).toMatchObject({ force: true, attempt: 1 });
      expect(again.finishedSteps).toEqual({});
    });

    test('by state and integration takes only what matches', async () => {
      const { harness, clock, finish, record, fold } = world();
      await record({ call: 'c1', fields: { customer_number: '+1' } });
      await fold([{ integration: 'A' }, { integration: 'B' }]);
      for (let left = 2; left > 0; left--) await finish(await claimOne(world()), REJECTED);
      const replayed = await harness.ledger.replay({
        state: 'dead',
        integration: 'B',
        force: false,
        nowMs: clock.now(),
      });
      expect(replayed).toHaveLength(1);
      expect((await claimOne(world())).integration).toBe('B');
      expect(await harness.ledger.replay({ id: 'nothing', force: false, nowMs: clock.now() })).toEqual([]);
    });
  });
}
