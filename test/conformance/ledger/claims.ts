import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { isLegalTransition, type RunState } from '../../../src/domain/run.ts';
import type { ClaimedRun } from '../../../src/ledger/ledger.ts';
import type { LedgerWorld, OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

export function describeClaims(open: OpenLedgerHarness): void {
  describe('claims', () => {
    const world = useWorld(open);

    test('give the oldest due runs of one destination with their calls, at most the limit', async () => {
      const { claim, clock, record, fold } = world();
      await callsOf(world(), ['+1', '+2', '+3']);
      await record({ call: 'elsewhere', fields: { customer_number: '+4' } });
      await fold([{ destination: 'sandbox' }]);
      const runs = await claim({ limit: 2 });
      expect(callsIn(runs)).toEqual(['c0', 'c1']);
      expect(runs[0]).toMatchObject({
        state: 'running',
        attempt: 1,
        force: false,
        personKey: '+1',
        finishedSteps: {},
        leaseUntilMs: clock.now() + 60_000,
        call: { version: 1, customer_number: '+1' },
      });
      expect(callsIn(await claim())).toEqual(['c2']);
      expect(await claim()).toEqual([]);
    });

    test('never give two runs of one person of one destination at a time', async () => {
      const { claim, finish } = world();
      await callsOf(world(), ['+1', '+1', '+2', '+1']);
      const first = await claim();
      expect(callsIn(first)).toEqual(['c0', 'c2']);
      expect(await claim({ owner: 'another process' })).toEqual([]);
      await finish(first[0]!);
      expect(callsIn(await claim())).toEqual(['c1']);
    });

    test('a slow destination does not keep a person from another one', async () => {
      const { claim, record, fold } = world();
      await record({ call: 'c1' });
      await fold([{}, { integration: 'Sandbox', destination: 'sandbox' }]);
      expect(await claim()).toHaveLength(1);
      expect(await claim({ destination: 'sandbox' })).toHaveLength(1);
    });

    test('a person with very many calls does not hide the others', async () => {
      const { claim } = world();
      await callsOf(world(), [...Array.from({ length: 12 }, () => '+1'), '+2']);
      expect(callsIn(await claim({ limit: 1 }))).toEqual(['c0']);
      expect(callsIn(await claim({ limit: 1 }))).toEqual(['c12']);
    });

    test('a waiting run is claimed when its time has come, not before', async () => {
      const { claim, clock, record, fold } = world();
      await record({ call: 'c1' });
      await fold([{ state: 'waiting', dueAtMs: clock.now() + 1000 }]);
      expect(await claim()).toEqual([]);
      clock.advance(1000);
      expect(await claim()).toHaveLength(1);
    });

    test('a run whose lease ended is claimed again, and the late worker has lost it', async () => {
      const { claim, clock, finish, harness } = world();
      await callsOf(world(), ['+1']);
      const [lost] = await claim({ leaseMs: 1000 });
      clock.advance(999);
      expect(await claim({ owner: 'second' })).toEqual([]);
      clock.advance(1);
      const [taken] = await claim({ owner: 'second' });
      expect(taken?.id).toBe(lost?.id);
      expect(taken?.attempt).toBe(1);
      expect(await harness.ledger.renewLease(lost!.id, 'worker', clock.now() + 1000)).toBe(false);
      await harness.ledger.saveStep(lost!.id, 'worker', 1, 0, 'late');
      expect(await finish(lost!)).toBe(false);
      expect((await harness.ledger.findRun(lost!.id))?.attempts).toEqual([]);
      expect(await finish(taken!, { owner: 'second' })).toBe(true);
    });

    test('a renewed lease is kept; a lease that ended while nobody took the run is still good', async () => {
      const { claim, clock, finish, harness } = world();
      await callsOf(world(), ['+1']);
      const [run] = await claim({ leaseMs: 1000 });
      expect(await harness.ledger.renewLease(run!.id, 'worker', clock.now() + 5000)).toBe(true);
      clock.advance(4999);
      expect(await claim()).toEqual([]);
      clock.advance(2);
      expect(await finish(run!)).toBe(true);
    });

    test('leases that are ended by a successor are lost, whatever the clock said when they were given', async () => {
      const { claim, clock, finish, harness } = world();
      await callsOf(world(), ['+1', '+2']);
      const [first] = await claim({ owner: 'dead' });
      clock.advance(-3_600_000);
      await harness.ledger.takeOver(clock.now());
      const taken = await claim({ owner: 'successor' });
      expect(taken.map(({ id }) => id)).toContain(first!.id);
      expect(await finish(first!, { owner: 'dead' })).toBe(false);
    });

    test('what was written by a clock that was an hour ahead does not wait for that hour to come again', async () => {
      const { claim, clock, finish, harness, record, fold } = world();
      await callsOf(world(), ['+1']);
      clock.advance(3_600_000);
      await record({ call: 'retried', fields: { customer_number: '+2' } });
      await fold();
      const retried = (await claim()).find(({ personKey }) => personKey === '+2');
      const retry = { state: 'due', dueAtMs: clock.now() + 5000, destination: 'crm' } as const;
      await finish(retried!, { outcome: { kind: 'retry', reason: 'x' }, next: retry });
      await record({ call: 'new', fields: { customer_number: '+3' } });
      await fold();
      clock.advance(-3_600_000);
      await harness.ledger.takeOver(clock.now());
      // The first one was claimed by a predecessor.
      expect(callsIn(await claim()).toSorted()).toEqual(['c0', 'new']);
      clock.advance(4990);
      expect(await claim()).toEqual([]);
      clock.advance(20);
      expect(callsIn(await claim())).toEqual(['retried']);
    });

    test('nor does a run whose lease was ended by a successor with such a clock', async () => {
      const { claim, clock, harness } = world();
      await callsOf(world(), ['+1', '+2']);
      await claim({ owner: 'dead' });
      clock.advance(3_600_000);
      await harness.ledger.takeOver(clock.now());
      // Both are free now, and one is taken.
      expect(await claim({ owner: 'dead as well', limit: 1 })).toHaveLength(1);
      clock.advance(-3_600_000);
      await harness.ledger.takeOver(clock.now());
      expect(callsIn(await claim()).toSorted()).toEqual(['c0', 'c1']);
    });

    test('a pause, a lock and a create of unknown fate of that hour end in time as well', async () => {
      const { clock, harness, record, fold } = world();
      const { ledger } = harness;
      const nowMs = clock.now();
      const aheadMs = nowMs + 3_600_000;
      clock.advance(3_600_000);
      await record({ call: 'c0', fields: { customer_number: '+1' } });
      await fold();
      const link = {
        destination: 'crm',
        kind: 'call',
        key: 'tracking/c0',
        recordId: null,
        hash: null,
        stamps: {},
      } as const;
      await ledger.saveLink({ ...link, state: 'intent', updatedAtMs: aheadMs });
      const pause = { destination: 'crm', reason: 'faults in a row', hint: null };
      await ledger.savePause({ ...pause, sinceMs: aheadMs, untilMs: aheadMs + 30_000 });
      const lock = { destination: 'crm', keys: ['token'] };
      await ledger.takeLocks({ ...lock, owner: 'dead', nowMs: aheadMs, untilMs: aheadMs + 15_000 });
      clock.advance(-3_600_000);
      await ledger.takeOver(nowMs);
      expect((await ledger.findLinks('crm', [link])).map(({ updatedAtMs }) => updatedAtMs)).toEqual([nowMs]);
      expect(await ledger.pauses()).toEqual([{ ...pause, sinceMs: nowMs, untilMs: nowMs + 30_000 }]);
      expect(await ledger.takeLocks({ ...lock, owner: 'heir', nowMs, untilMs: nowMs + 15_000 })).toBe(true);
    });

    test('released runs are due again at once, for their owner only', async () => {
      const { claim, harness } = world();
      await callsOf(world(), ['+1']);
      const [run] = await claim();
      await harness.ledger.releaseRuns('somebody else', [run!.id]);
      expect(await claim()).toEqual([]);
      await harness.ledger.releaseRuns('worker', [run!.id]);
      expect((await claim())[0]).toMatchObject({ id: run!.id, attempt: 1 });
    });

    test('a call that turns out to be of a busy person is not mixed with that person', async () => {
      const { claim, record, fold, finish } = world();
      await record({ call: 'known', fields: { customer_number: '+1' } });
      await record({ call: 'unknown', fields: { customer_number: null } });
      await fold();
      const both = await claim();
      expect(both).toHaveLength(2);
      await record({ call: 'unknown', fields: { customer_number: '+1' } });
      await fold();
      const unknown = both.find((run) => run.call.provider_call_id === 'unknown');
      const known = both.find((run) => run.call.provider_call_id === 'known');
      await finish(unknown!);
      expect(await claim()).toEqual([]);
      await finish(known!);
      expect((await claim())[0]).toMatchObject({ personKey: '+1', call: { provider_call_id: 'unknown', version: 2 } });
    });

    test('the next due time is told per destination', async () => {
      const { harness, record, fold, clock, claim } = world();
      await record({ call: 'c1' });
      await fold([{}, { integration: 'Later', destination: 'sandbox', state: 'waiting', dueAtMs: clock.now() + 5000 }]);
      const now = clock.now();
      expect(await harness.ledger.nextDue(now)).toEqual([
        { destination: 'crm', atMs: now },
        { destination: 'sandbox', atMs: now + 5000 },
      ]);
      await claim({ leaseMs: 700 });
      expect((await harness.ledger.nextDue(now))[0]).toEqual({ destination: 'crm', atMs: now + 700 });
    });
  });

  describe('claims, whatever workers do', () => {
    const world = useWorld(open);

    test('no person is worked on twice at a time, and no run is lost', async () => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
          round += 1;
          await new Workers(world(), `crm-${round}`).play(actions);
        }),
        { numRuns: 40 },
      );
    }, 60_000);
  });
}

const action = fc.oneof(
  fc.record({ kind: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('finish' as const), which: fc.nat(5), retry: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ kind: fc.constant('event' as const), call: fc.nat(5) }),
  fc.constant({ kind: 'crash' as const }),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

const LEASE_MS = 1000;
const PEOPLE = ['+1', '+1', '+2', '+2', '+3', '+1'];

/** Workers of one destination, as seen by somebody who keeps a list of who holds what. */
class Workers {
  readonly #world: LedgerWorld;
  readonly #destination: string;
  #held: readonly ClaimedRun[] = [];
  #process = 1;

  constructor(world: LedgerWorld, destination: string) {
    this.#world = world;
    this.#destination = destination;
  }

  async play(actions: readonly Action[]): Promise<void> {
    for (const call of PEOPLE.keys()) await this.#grow(call);
    for (const each of actions) await this.#legally(() => this.#act(each));
    await this.#drain();
    const { ledger } = this.#world.harness;
    for (const call of PEOPLE.keys()) {
      const story = await ledger.callStory(`${this.#destination}-${call}`);
      expect(story?.runs).toMatchObject([{ run: { state: 'done', doneVersion: story?.call.version } }]);
    }
  }

  /** Whatever happens moves runs only as the domain allows. */
  async #legally(act: () => Promise<void>): Promise<void> {
    const before = await this.#states();
    await act();
    for (const [id, state] of await this.#states()) {
      const from = before.get(id) ?? state;
      expect({ from, to: state, legal: from === state || isLegalTransition(from, state) }).toMatchObject({
        legal: true,
      });
    }
  }

  async #states(): Promise<ReadonlyMap<string, RunState>> {
    const { rows } = await this.#world.harness.ledger.listRuns({ limit: 1000 });
    const own = rows.filter(({ run }) => run.destination === this.#destination);
    return new Map(own.map(({ run }) => [run.id, run.state]));
  }

  async #act(each: Action): Promise<void> {
    if (each.kind === 'claim') return this.#claim(each.limit);
    if (each.kind === 'finish') return this.#finish(each.which, each.retry);
    if (each.kind === 'event') return this.#grow(each.call);
    if (each.kind === 'wait') return this.#world.clock.advance(each.ms);
    // A process dies with all it held; its leases end by themselves.
    this.#process += 1;
    this.#held = [];
    this.#world.clock.advance(LEASE_MS);
  }

  async #claim(limit: number): Promise<void> {
    const { clock } = this.#world;
    const claim = { destination: this.#destination, limit, owner: this.#owner(), leaseMs: LEASE_MS };
    const claimed = await this.#world.claim(claim);
    this.#held = [...this.#held.filter((run) => run.leaseUntilMs > clock.now()), ...claimed];
    expect(new Set(this.#held.map((run) => run.personKey)).size).toBe(this.#held.length);
    expect(claimed.length).toBeLessThanOrEqual(limit);
  }

  async #finish(which: number, retry: boolean): Promise<void> {
    const { clock } = this.#world;
    const run = this.#held[which];
    if (run === undefined || run.leaseUntilMs <= clock.now()) return;
    this.#held = this.#held.filter((other) => other !== run);
    const later = { state: 'due', dueAtMs: clock.now() + 500, destination: this.#destination } as const;
    expect(await this.#world.finish(run, { owner: this.#owner(), next: retry ? later : { state: 'done' } })).toBe(true);
  }

  async #grow(call: number): Promise<void> {
    const { record, fold, clock } = this.#world;
    const fields = { customer_number: PEOPLE[call] ?? null, notes: `at ${clock.now()}` };
    await record({ call: `${this.#destination}-${call}`, fields });
    await fold([{ destination: this.#destination }]);
  }

  async #drain(): Promise<void> {
    for (let idle = 0; idle < 2;) {
      const runs = await this.#world.claim({ destination: this.#destination, owner: 'last' });
      for (const run of runs) await this.#world.finish(run, { owner: 'last' });
      idle = runs.length === 0 ? idle + 1 : 0;
      if (runs.length === 0) this.#world.clock.advance(LEASE_MS);
    }
  }

  #owner(): string {
    return `process ${this.#process}`;
  }
}

/** Calls of these people, all due. */
async function callsOf(world: LedgerWorld, people: readonly string[]): Promise<void> {
  for (const [index, person] of people.entries()) {
    await world.record({ call: `c${index}`, fields: { customer_number: person } });
    await world.fold();
  }
}

const callsIn = (runs: readonly ClaimedRun[]): string[] => runs.map((run) => run.call.provider_call_id);
