import { describe, expect, test } from '@jest/globals';

import type { LedgerWorld, OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

const FOREVER = Number.MAX_SAFE_INTEGER;

async function finishAll(world: LedgerWorld): Promise<void> {
  for (;;) {
    const runs = await world.claim();
    if (runs.length === 0) return;
    for (const run of runs) await world.finish(run);
  }
}

async function callIds(world: LedgerWorld): Promise<string[]> {
  const { rows } = await world.harness.ledger.listCalls({ limit: 500 });
  return rows.map((row) => row.call.provider_call_id).toSorted();
}

export function describePrune(open: OpenLedgerHarness): void {
  describe('retention', () => {
    const world = useWorld(open);

    test('deletes what is older than the limit, with everything that hangs on it, and keeps the links', async () => {
      const { harness, record, newEvent, fold, clock } = world();
      await record({ call: 'old' }, { receiptKey: 'k' });
      await harness.ledger.recordEvent(newEvent({ call: 'old' }, { receiptKey: 'k' }));
      await record({ call: 'lone' }, { state: 'unparseable' });
      await fold();
      await finishAll(world());
      const link = { kind: 'call', key: 'tracking/old' } as const;
      await harness.ledger.saveLink({
        ...link,
        destination: 'crm',
        state: 'linked',
        recordId: '7',
        hash: null,
        stamps: {},
        updatedAtMs: 1,
      });
      clock.advance(1000);
      await record({ call: 'new' });
      await fold();
      await finishAll(world());
      expect(await harness.ledger.prune({ beforeMs: clock.now(), maxBytes: FOREVER })).toEqual({
        events: 2,
        calls: 1,
        refusals: 0,
      });
      expect(await callIds(world())).toEqual(['new']);
      expect((await harness.ledger.listEvents({ limit: 10 })).rows).toHaveLength(1);
      expect((await harness.ledger.listRuns({ limit: 10 })).rows).toHaveLength(1);
      expect(await harness.ledger.findLinks('crm', [link])).toHaveLength(1);
    });

    test('never deletes work: pending events, and calls with a run that is not over', async () => {
      const { harness, record, fold, clock, claim, finish } = world();
      for (const call of ['waiting', 'due', 'running', 'held', 'dead', 'done', 'reopened']) {
        await record({ call, fields: { customer_number: call } });
        const later = clock.now() + 1e9;
        await fold([
          call === 'waiting' ? { state: 'waiting', dueAtMs: later } : call === 'due' ? { dueAtMs: later } : {},
        ]);
        const [run] = ['waiting', 'due'].includes(call) ? [] : await claim({ leaseMs: 1e9 });
        if (call === 'held')
          await finish(run!, { outcome: { kind: 'held', reason: 'x' }, next: { state: 'held', dueAtMs: null } });
        if (call === 'dead')
          await finish(run!, { outcome: { kind: 'rejected', reason: 'x' }, next: { state: 'dead' } });
        if (call === 'done' || call === 'reopened') await finish(run!);
      }
      await record({ call: 'reopened' });
      await record({ call: 'pending' });
      clock.advance(1000);
      for (const limits of [
        { beforeMs: clock.now(), maxBytes: FOREVER },
        { beforeMs: 0, maxBytes: 0 },
      ]) {
        await harness.ledger.prune(limits);
        expect(await callIds(world())).toEqual(['due', 'held', 'reopened', 'running', 'waiting']);
        expect((await harness.ledger.listEvents({ limit: 10, state: 'pending' })).rows).toHaveLength(2);
      }
    });

    test('deletes the oldest first, and no more than the size asks for', async () => {
      const { harness, record, fold } = world();
      const notes = 'x'.repeat(20_000);
      for (let index = 0; index < 120; index++) {
        await record({ call: `c${String(index).padStart(3, '0')}`, fields: { notes } });
        if (index % 10 === 9) await fold([]);
      }
      const bytes = await harness.usedBytes();
      const pruned = await harness.ledger.prune({ beforeMs: 0, maxBytes: bytes / 2 });
      const left = await callIds(world());
      expect(left.length).toBeGreaterThan(30);
      expect(left.length).toBeLessThan(80);
      expect(left.at(0)).toBe(`c${String(pruned.calls).padStart(3, '0')}`);
      expect(await harness.usedBytes()).toBeLessThanOrEqual(bytes / 2);
    });

    test('what a stranger sent makes room before any call does, even if it is newer', async () => {
      const { harness, record, newEvent, fold } = world();
      await record({ call: 'ours', fields: { notes: 'x'.repeat(20_000) } });
      await fold([]);
      for (let index = 0; index < 120; index++) {
        const quarantined = { receiptKey: `quarantine:${index}`, state: 'quarantined', callId: null } as const;
        await harness.ledger.recordEvent(
          newEvent({ call: 'theirs', fields: { notes: 'x'.repeat(20_000) } }, quarantined),
        );
      }
      const bytes = await harness.usedBytes();
      const pruned = await harness.ledger.prune({ beforeMs: 0, maxBytes: bytes / 2 });
      expect(pruned).toMatchObject({ calls: 0 });
      expect(pruned.events).toBeGreaterThan(0);
      expect(await callIds(world())).toEqual(['ours']);
    });

    test('lets orphans that found no call go when their time is over, and refusals', async () => {
      const { harness, record, fold, clock } = world();
      await record({ call: 'x' }, { orphan: true });
      await record({ call: 'c1' });
      const joined = await record({ call: 'y' }, { orphan: true });
      await fold([]);
      await fold([], ({ event }) => (event.id === joined ? { providerCallId: 'c1', reason: 'test' } : null));
      await harness.ledger.undoJoin(joined);
      await fold([]);
      const refusal = {
        receivedAtMs: clock.now(),
        source: 's',
        status: 401,
        cause: 'x',
        remoteAddress: '::1',
        bodyBytes: 0,
        bodyHash: null,
      };
      await harness.ledger.recordRefusal(refusal);
      clock.advance(1000);
      expect(await harness.ledger.prune({ beforeMs: clock.now(), maxBytes: FOREVER })).toEqual({
        events: 3,
        calls: 1,
        refusals: 1,
      });
      expect(await harness.ledger.stats()).toMatchObject({
        events: { orphan: 0, pending: 0, folded: 0 },
        refusals: { x: 1 },
      });
    });

    test('what is forgotten still counts in the history of its person', async () => {
      const { harness, record, fold, clock } = world();
      const ofPerson = { customer_number: '+1', status: 'completed' } as const;
      await record({ call: 'c1', fields: { ...ofPerson, started_at: '2026-08-01T10:00:00Z' } });
      await record({ call: 'c2', fields: { ...ofPerson, started_at: '2026-08-02T10:00:00Z', status: 'busy' } });
      await record({ call: 'nobody', fields: { customer_number: null } });
      await fold([]);
      clock.advance(1000);
      await harness.ledger.prune({ beforeMs: clock.now(), maxBytes: FOREVER });
      const forgotten = {
        total_calls: 2,
        completed_calls: 1,
        first_call_at: '2026-08-01T10:00:00Z',
        last_call_at: '2026-08-02T10:00:00Z',
      };
      expect(await harness.ledger.personHistory('+1')).toEqual(forgotten);
      await record({ call: 'c3', fields: { ...ofPerson, started_at: '2026-11-20T10:00:00Z' } });
      await fold([]);
      expect(await harness.ledger.personHistory('+1')).toEqual({
        ...forgotten,
        total_calls: 3,
        completed_calls: 2,
        last_call_at: '2026-11-20T10:00:00Z',
      });
    });

    test('a late event of a forgotten call makes the call anew', async () => {
      const { harness, record, fold, clock } = world();
      await record({ call: 'c1' });
      await fold([]);
      clock.advance(1000);
      await harness.ledger.prune({ beforeMs: clock.now(), maxBytes: FOREVER });
      await record({ call: 'c1' });
      await fold();
      expect(await harness.ledger.callStory('c1')).toMatchObject({
        call: { version: 1 },
        runs: [{ run: { state: 'due' } }],
      });
    });
  });
}
