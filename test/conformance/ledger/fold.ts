import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { foldByOrder, nobodyJoins, type LedgerWorld, type OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

export function describeFold(open: OpenLedgerHarness): void {
  describe('the fold', () => {
    const world = useWorld(open);

    test('makes a call of its events and marks them folded', async () => {
      const { harness, record, fold } = world();
      const id = await record({ call: 'c1', fields: { status: 'no_answer' } });
      await fold();
      const { rows } = await harness.ledger.listCalls({ limit: 10 });
      expect(rows).toMatchObject([
        { call: { source: 'tracking', provider_call_id: 'c1', version: 1, status: 'no_answer' }, events: 1 },
      ]);
      const event = await harness.ledger.findEvent(id);
      expect(event).toMatchObject({ state: 'folded', callRowId: rows[0]?.call.id });
      expect(await harness.ledger.hasPendingEvents()).toBe(false);
    });

    test('gets all events of a call, folded ones too, in the order of receipt', async () => {
      const { harness, record, fold, clock } = world();
      const first = await record({ call: 'c1' });
      await fold();
      clock.advance(10);
      const second = await record({ call: 'c1' });
      const seen: string[][] = [];
      await harness.ledger.foldPending(
        10,
        (input) => {
          seen.push(input.events.map((event) => `${event.id} ${event.state}`));
          return foldByOrder([], clock)(input);
        },
        nobodyJoins,
      );
      expect(seen).toEqual([[`${first} folded`, `${second} pending`]]);
    });

    test('raises the version when fields changed, and only then', async () => {
      const { harness, record, fold } = world();
      const version = async () => (await harness.ledger.callStory('c1'))?.call.version;
      await record({ call: 'c1', fields: { outcomes: { a: 1, b: 2 } } });
      await fold();
      await record({ call: 'c1', fields: { outcomes: { b: 2, a: 1 } } });
      await fold();
      expect(await version()).toBe(1);
      await record({ call: 'c1', fields: { outcomes: { a: 1, b: 3 } } });
      await fold();
      expect(await version()).toBe(2);
    });

    test('one call whose fold throws does not stop the others, is visible, and is tried again later', async () => {
      const { harness, record, fold, clock } = world();
      const bad = await record({ call: 'bad' });
      await record({ call: 'good' });
      const throwing = foldByOrder([], clock);
      const batch = await harness.ledger.foldPending(
        10,
        (input) => {
          if (input.providerCallId === 'bad') throw new Error('no such rank');
          return throwing(input);
        },
        nobodyJoins,
      );
      expect(batch).toMatchObject({ folded: 1, more: false, failed: [{ source: 'tracking', providerCallId: 'bad' }] });
      expect(await harness.ledger.findEvent(bad)).toMatchObject({
        state: 'pending',
        notes: ['could not be folded: Error: no such rank'],
      });
      expect(await harness.ledger.hasPendingEvents()).toBe(false);
      clock.advance(10 * 60_000);
      await fold();
      expect((await harness.ledger.callStory('bad'))?.events).toMatchObject([{ state: 'folded', notes: [] }]);
    });

    test('an event that arrives while its call is folded is folded next', async () => {
      const { harness, record, newEvent, clock } = world();
      await record({ call: 'c1' });
      const late = newEvent({ call: 'c1', fields: { summary: 'late' } });
      let recorded: Promise<unknown> = Promise.resolve();
      const fold = foldByOrder([], clock);
      const batch = await harness.ledger.foldPending(
        10,
        (input) => {
          recorded = harness.ledger.recordEvent(late);
          return fold(input);
        },
        nobodyJoins,
      );
      await recorded;
      expect(batch.folded).toBe(1);
      expect(await harness.ledger.hasPendingEvents()).toBe(true);
      await world().fold();
      expect((await harness.ledger.callStory('c1'))?.call.summary).toBe('late');
    });

    test('two folds at the same time lose nothing', async () => {
      const { harness, record, clock } = world();
      for (let index = 0; index < 30; index++) {
        await record({ call: `c${index % 7}`, fields: { outcomes: { [`step${index}`]: true } } });
      }
      const foldOnce = () => harness.ledger.foldPending(3, foldByOrder([{}], clock), nobodyJoins);
      while (await harness.ledger.hasPendingEvents()) await Promise.all([foldOnce(), foldOnce(), foldOnce()]);
      const { rows } = await harness.ledger.listCalls({ limit: 100 });
      expect(rows).toHaveLength(7);
      expect(rows.reduce((sum, row) => sum + row.events, 0)).toBe(30);
      expect(rows.every((row) => row.runs.length === 1)).toBe(true);
    });

    test('what came in by a clock that was ahead waits no longer than what comes in now', async () => {
      const { harness, record, clock } = world();
      const receivedAtMs = clock.now() + 3_600_000;
      await record({ call: 'c1' }, { receivedAtMs });
      const due = { dueAtMs: receivedAtMs, waitsAtMostMs: 0 };
      const waiting = { state: 'waiting', dueAtMs: receivedAtMs + 60_000, waitsAtMostMs: 60_000 } as const;
      const wanted = [due, { ...waiting, integration: 'Wait', destination: 'sandbox' }];
      const batch = await harness.ledger.foldPending(10, foldByOrder(wanted, clock), nobodyJoins);
      expect(batch.due).toEqual([
        { destination: 'crm', atMs: clock.now() },
        { destination: 'sandbox', atMs: clock.now() + 60_000 },
      ]);
      expect(await world().claim()).toHaveLength(1);
      expect(await world().claim({ destination: 'sandbox' })).toEqual([]);
      clock.advance(60_000);
      expect(await world().claim({ destination: 'sandbox' })).toHaveLength(1);
    });

    test('tells who has work when, and why nothing matched', async () => {
      const { harness, record, clock } = world();
      await record({ call: 'c1' });
      const inAMinute = { integration: 'Wait', state: 'waiting', dueAtMs: clock.now() + 60_000 } as const;
      const wanted = [{}, inAMinute, { integration: 'Other', destination: 'sandbox' }];
      const batch = await harness.ledger.foldPending(10, foldByOrder(wanted, clock), nobodyJoins);
      expect(batch.due).toEqual([
        { destination: 'crm', atMs: clock.now() },
        { destination: 'sandbox', atMs: clock.now() },
      ]);
      await record({ call: 'c2' });
      await world().fold([]);
      expect(await harness.ledger.callStory('c2')).toMatchObject({
        unmatched: ['Keep the CRM in step: when is false'],
        runs: [],
      });
    });
  });

  describe('the fold, whatever comes', () => {
    const world = useWorld(open);

    test('any split of the same events over folds and restarts gives the same call', async () => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          round += 1;
          const told = await tell(world(), `r${round}`, steps);
          for (const [call, outcomes] of told) {
            expect((await world().harness.ledger.callStory(call))?.call.outcomes).toEqual(outcomes);
          }
        }),
        { numRuns: 20 },
      );
    }, 60_000);
  });
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('event' as const), call: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'fold' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays the steps and folds what is left; resolves to the outcomes each call must have. */
async function tell(
  world: LedgerWorld,
  name: string,
  steps: readonly Step[],
): Promise<Map<string, Record<string, boolean>>> {
  const expected = new Map<string, Record<string, boolean>>();
  for (const [index, each] of steps.entries()) {
    if (each.kind === 'fold') await world.fold();
    if (each.kind === 'restart') await world.harness.reopen();
    if (each.kind !== 'event') continue;
    const call = `${name}-${each.call}`;
    const outcomes = { ...expected.get(call), [`e${index}`]: true };
    expected.set(call, outcomes);
    await world.record({ call, fields: { outcomes } });
  }
  await world.fold();
  return expected;
}
