import { describe, expect, test } from '@jest/globals';

import type { OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

export function describeLists(open: OpenLedgerHarness): void {
  describe('lists', () => {
    const world = useWorld(open);

    test('page through everything once, newest first', async () => {
      const { harness, record, fold } = world();
      for (let index = 0; index < 7; index++) {
        await record({ call: `c${index}` });
        await fold();
      }
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await harness.ledger.listCalls({ limit: 3, ...(after === undefined ? {} : { after }) });
        seen.push(...page.rows.map((row) => row.call.provider_call_id));
        after = page.next ?? undefined;
      } while (after !== undefined);
      expect(seen).toEqual(['c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
      expect((await harness.ledger.listEvents({ limit: 7 })).next).toBeNull();
      expect((await harness.ledger.listRuns({ limit: 6 })).next).not.toBeNull();
    });

    test('are narrowed by source, state and search', async () => {
      const { harness, record, fold } = world();
      const event = await record({ call: 'c1', fields: { customer_number: '+1', status: 'busy' } });
      await record({ call: 'c2', source: 'callab' }, { state: 'pending' });
      await fold();
      await record({ call: 'c3' }, { state: 'quarantined' });
      const { ledger } = harness;
      const callId = (await ledger.callStory('c1'))?.call.id ?? '';
      const runId = (await ledger.callStory('c1'))?.runs[0]?.run.id ?? '';
      const calls = async (filter: object) =>
        (await ledger.listCalls({ limit: 10, ...filter })).rows.map((row) => row.call.provider_call_id);
      expect(await calls({ source: 'callab' })).toEqual(['c2']);
      expect(await calls({ state: 'busy' })).toEqual(['c1']);
      for (const search of [callId, 'c1', '+1', runId, event]) expect(await calls({ search })).toEqual(['c1']);
      const events = async (filter: object) =>
        (await ledger.listEvents({ limit: 10, ...filter })).rows.map((row) => row.callId);
      expect(await events({ state: 'quarantined' })).toEqual(['c3']);
      expect(await events({ state: 'folded' })).toEqual(['c2', 'c1']);
      for (const search of [callId, 'c1', '+1', event]) expect(await events({ search })).toEqual(['c1']);
      const runs = async (filter: object) =>
        (await ledger.listRuns({ limit: 10, ...filter })).rows.map((row) => row.providerCallId);
      expect(await runs({ state: 'due', source: 'callab' })).toEqual(['c2']);
      for (const search of [callId, 'c1', '+1', runId]) expect(await runs({ search })).toEqual(['c1']);
    });

    test('a story has the links of its call and of no other', async () => {
      const { harness, record, fold } = world();
      await record({ call: 'c1' });
      await record({ call: 'c10' });
      await fold();
      const link = {
        destination: 'crm',
        state: 'linked',
        recordId: '7',
        hash: null,
        stamps: {},
        updatedAtMs: 1,
      } as const;
      await harness.ledger.saveLinks([
        { ...link, kind: 'call', key: 'tracking/c1' },
        { ...link, kind: 'task', key: 'tracking/c1#Keep the CRM in step#0' },
        { ...link, kind: 'contact', key: 'call:tracking/c1' },
        { ...link, kind: 'contact', key: 'record:7' },
        { ...link, kind: 'contact', key: 'record:8', recordId: '8' },
        { ...link, kind: 'call', key: 'tracking/c10' },
        { ...link, kind: 'task', key: 'tracking/c10#x#0' },
      ]);
      expect((await harness.ledger.callStory('c1'))?.links.map((each) => each.key).toSorted()).toEqual([
        'call:tracking/c1',
        'record:7',
        'tracking/c1',
        'tracking/c1#Keep the CRM in step#0',
      ]);
      expect(await harness.ledger.callStory('c2')).toBeNull();
      expect(await harness.ledger.findRun('run_x')).toBeNull();
      expect(await harness.ledger.findEvent('evt_x')).toBeNull();
    });

    test('the numbers tell how much waits, and since when', async () => {
      const { harness, record, fold, clock, claim } = world();
      await record({ call: 'c1' });
      const dueSinceMs = clock.now();
      await fold();
      await record({ call: 'c2' }, { state: 'no_call' });
      await record({ call: 'c3' });
      expect(await harness.ledger.stats()).toMatchObject({
        events: { folded: 1, pending: 1, no_call: 1, orphan: 0 },
        runs: { due: 1, running: 0, done: 0 },
        oldestPendingEventMs: clock.now(),
        oldestDueRunMs: dueSinceMs,
      });
      await claim();
      expect(await harness.ledger.stats()).toMatchObject({ runs: { due: 0, running: 1 }, oldestDueRunMs: null });
      expect((await harness.ledger.stats()).bytes).toBeGreaterThan(0);
    });

    test('the backlog tells what waits, since when and for whom', async () => {
      const { harness, record, fold, claim, finish, clock } = world();
      await record({ call: 'c1' });
      await fold([{ destination: 'other' }]);
      const otherSinceMs = clock.now();
      await record({ call: 'c2', fields: { customer_number: '+1' } });
      await record({ call: 'c3', fields: { customer_number: '+2' } });
      await fold();
      const [run] = await claim({ limit: 1 });
      expect(run).toMatchObject({ trigger: 'call.ended', waitingSinceMs: clock.now() });
      await finish(run!, { outcome: { kind: 'rejected', reason: 'no' }, next: { state: 'dead' } });
      await record({ call: 'c4' });
      const pendingSinceMs = clock.now();
      await record({ call: 'c5' });
      await record({ call: 'c6' }, { orphan: true });
      expect(await harness.ledger.backlog()).toEqual({
        pendingEvents: 2,
        oldestPendingEventMs: pendingSinceMs,
        runs: { waiting: 0, due: 2, running: 0, held: 0, dead: 1 },
        due: [
          { destination: 'crm', count: 1, oldestMs: pendingSinceMs - 1 },
          { destination: 'other', count: 1, oldestMs: otherSinceMs },
        ],
        dead: [{ destination: 'crm', count: 1 }],
        bytes: expect.any(Number),
      });
      await claim();
      const { runs, due } = await harness.ledger.backlog();
      expect(runs).toMatchObject({ due: 1, running: 1 });
      expect(due).toEqual([{ destination: 'other', count: 1, oldestMs: otherSinceMs }]);
    });
  });
}
