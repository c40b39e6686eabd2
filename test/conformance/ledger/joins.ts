import { describe, expect, test } from '@jest/globals';

import type { Join } from '../../../src/ledger/ledger.ts';
import { foldByOrder, type OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

const joinNewest: Join = ({ candidates }) =>
  candidates[0] === undefined ? null : { providerCallId: candidates[0].providerCallId, reason: 'same summary' };

const joinNobodyBut =
  (id: string): Join =>
  (input) =>
    input.event.id === id ? joinNewest(input) : null;

const ANALYSIS = { call: 'db-77', fields: { summary: 'Wants a demo.' } } as const;

export function describeJoins(open: OpenLedgerHarness): void {
  describe('orphan events', () => {
    const world = useWorld(open);

    test('an orphan makes no call of its own and is no work while it waits', async () => {
      const { harness, record, fold } = world();
      const id = await record(ANALYSIS, { orphan: true });
      expect(await harness.ledger.hasPendingEvents()).toBe(true);
      await fold([{}], joinNewest);
      expect(await harness.ledger.findEvent(id)).toMatchObject({ state: 'orphan', callRowId: null });
      expect(await harness.ledger.hasPendingEvents()).toBe(false);
      expect(await harness.ledger.stats()).toMatchObject({
        events: { orphan: 1, pending: 0 },
        oldestPendingEventMs: null,
      });
      expect((await harness.ledger.listCalls({ limit: 10 })).rows).toEqual([]);
    });

    test.each(['before', 'after'])('an orphan that arrives %s its call joins it', async (when) => {
      const { harness, record, fold } = world();
      const id = when === 'before' ? await record(ANALYSIS, { orphan: true }) : '';
      if (when === 'before') await fold([{}], joinNewest);
      await record({ call: 'c1' });
      await fold([{}], joinNewest);
      const event = when === 'after' ? await record(ANALYSIS, { orphan: true }) : id;
      await fold([{}], joinNewest);
      const story = await harness.ledger.callStory('c1');
      expect(story).toMatchObject({
        call: { summary: 'Wants a demo.', version: 2 },
        joins: [{ eventId: event, reason: 'same summary', undone: false }],
      });
      expect(story?.events).toHaveLength(2);
      expect((await harness.ledger.listCalls({ limit: 10 })).rows).toHaveLength(1);
    });

    test('only calls of the same source and of the last 15 minutes are candidates, newest first', async () => {
      const { record, fold, clock } = world();
      const offered: string[][] = [];
      await record({ call: 'old' });
      await fold();
      clock.advance(16 * 60_000);
      await record({ call: 'first' });
      await record({ call: 'foreign', source: 'callab' });
      await fold();
      clock.advance(60_000);
      await record({ call: 'second' });
      await fold();
      await record(ANALYSIS, { orphan: true });
      await fold([], ({ candidates }) => {
        offered.push(candidates.map((candidate) => candidate.providerCallId));
        return null;
      });
      expect(offered).toEqual([['second', 'first']]);
    });

    test('a join taken back leaves two stories apart, and the orphan is never joined again', async () => {
      const { harness, record, fold } = world();
      await record({ call: 'c1', fields: { summary: null } });
      const id = await record(ANALYSIS, { orphan: true });
      await fold();
      await fold([{}], joinNewest);
      await record({ call: 'c1' });
      await fold([{}], joinNewest);
      expect(await harness.ledger.findEvent(id)).toMatchObject({ state: 'folded' });
      expect(await harness.ledger.undoJoin(id)).toBe(true);
      await harness.reopen();
      await fold([{}], joinNewest);
      expect(await harness.ledger.callStory('c1')).toMatchObject({
        call: { summary: null },
        joins: [{ eventId: id, undone: true }],
      });
      expect(await harness.ledger.findEvent(id)).toMatchObject({ state: 'orphan', callRowId: null });
      expect(await harness.ledger.undoJoin(id)).toBe(false);
      expect(await harness.ledger.undoJoin('evt_unknown')).toBe(false);
    });

    test('orphans that find no call do not keep a later one from being looked at while calls go on', async () => {
      const { harness, record, fold, clock } = world();
      for (let lone = 0; lone < 25; lone += 1) await record({ call: `lone-${lone}` }, { orphan: true });
      await fold([], joinNobodyBut('never'));
      const id = await record(ANALYSIS, { orphan: true });
      for (let call = 0; call < 5; call += 1) {
        await record({ call: `c${call}` });
        await harness.ledger.foldPending(10, foldByOrder([], clock), joinNobodyBut(id));
      }
      expect(await harness.ledger.findEvent(id)).toMatchObject({ state: 'folded' });
    });

    test('a join that throws keeps the orphan waiting, with the reason', async () => {
      const { harness, record, fold } = world();
      const id = await record(ANALYSIS, { orphan: true });
      await fold([], () => {
        throw new Error('no words in common');
      });
      const event = await harness.ledger.findEvent(id);
      expect(event).toMatchObject({ state: 'orphan', notes: ['could not be folded: Error: no words in common'] });
    });
  });
}
