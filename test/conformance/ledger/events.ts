import { describe, expect, test } from '@jest/globals';

import { openLedgerWorld, type OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

export function describeEvents(open: OpenLedgerHarness): void {
  describe('events', () => {
    const world = useWorld(open);

    test('an event comes back as it was recorded, byte for byte, also after a restart', async () => {
      const { harness, newEvent } = world();
      const body = Buffer.from([0, 255, 10, 13, 0xc3, 0x28]);
      const event = newEvent({ call: 'c1' }, { body, notes: ['header says call.started'], semanticKey: 'c1 ended' });
      await harness.ledger.recordEvent(event);
      await harness.reopen();
      const stored = await harness.ledger.findEvent(event.id);
      expect(stored).toEqual({ ...event, orphan: false, state: 'pending', duplicates: 0, callRowId: null });
      expect(stored?.body.equals(body)).toBe(true);
    });

    test('a duplicate is answered with the first delivery and linked to it', async () => {
      const { harness, newEvent, fold, clock } = world();
      const first = newEvent({ call: 'c1' }, { receiptKey: 'k' });
      expect(await harness.ledger.recordEvent(first)).toEqual({ kind: 'recorded', id: first.id });
      await fold();
      clock.advance(1000);
      const second = newEvent({ call: 'c1' }, { receiptKey: 'k' });
      expect(await harness.ledger.recordEvent(second)).toEqual({ kind: 'duplicate', id: first.id });
      expect(await harness.ledger.findEvent(second.id)).toBeNull();
      expect((await harness.ledger.findEvent(first.id))?.duplicates).toBe(1);
      expect(await harness.ledger.hasPendingEvents()).toBe(false);
      const story = await harness.ledger.callStory('c1');
      expect(story?.duplicates).toEqual([{ eventId: first.id, receivedAtMs: clock.now() }]);
    });

    test('an event recorded again, because its first fate was not known, is its own duplicate', async () => {
      const { harness, newEvent, fold } = world();
      const event = newEvent({ call: 'c1' });
      await harness.ledger.recordEvent(event);
      expect(await harness.ledger.recordEvent(event)).toEqual({ kind: 'duplicate', id: event.id });
      await fold();
      expect((await harness.ledger.callStory('c1'))?.events).toHaveLength(1);
    });

    test('of two deliveries at the same moment one is recorded and the others are its duplicates', async () => {
      const { harness, newEvent } = world();
      const events = Array.from({ length: 40 }, () => newEvent({ call: 'c1' }, { receiptKey: 'k' }));
      const answers = await Promise.all(events.map((event) => harness.ledger.recordEvent(event)));
      const recorded = answers.filter((answer) => answer.kind === 'recorded');
      expect(recorded).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer.id))).toEqual(new Set([recorded[0]?.id]));
    });

    test('duplicates are counted without end but kept only up to a bound', async () => {
      const { harness, newEvent } = world();
      for (let index = 0; index < 60; index++)
        await harness.ledger.recordEvent(newEvent({ call: 'c1' }, { receiptKey: 'k' }));
      const { rows } = await harness.ledger.listEvents({ limit: 10 });
      expect(rows.map((row) => row.duplicates)).toEqual([59]);
      await world().fold();
      expect((await harness.ledger.callStory('c1'))?.duplicates).toHaveLength(20);
    });

    test('the same receipt key of another source is another event', async () => {
      const { harness, newEvent } = world();
      await harness.ledger.recordEvent(newEvent({ call: 'c1' }, { receiptKey: 'k' }));
      const other = newEvent({ call: 'c1', source: 'callab' }, { receiptKey: 'k' });
      expect(await harness.ledger.recordEvent(other)).toEqual({ kind: 'recorded', id: other.id });
    });

    test.each(['unparseable', 'no_call', 'quarantined'] as const)(
      'an event that is %s is kept and not folded',
      async (state) => {
        const { harness, newEvent, fold } = world();
        const event = newEvent({ call: 'c1' }, { state });
        await harness.ledger.recordEvent(event);
        expect(await harness.ledger.hasPendingEvents()).toBe(false);
        await fold();
        expect(await harness.ledger.findEvent(event.id)).toMatchObject({ state, callRowId: null });
        expect((await harness.ledger.listCalls({ limit: 10 })).rows).toEqual([]);
      },
    );

    test('a character U+0000 in any text is kept, and found again', async () => {
      const { harness, newEvent, fold } = world();
      const said = 'a\u0000b\u0001c';
      const event = newEvent(
        { call: said, fields: { customer_number: said, notes: said } },
        {
          receiptKey: said,
          semanticKey: said,
          providerEvent: said,
          contentType: said,
          proof: said,
          headers: [['x-event', said]],
          notes: [said],
          callId: said,
        },
      );
      const beside = newEvent({ call: 'c1' });
      const answers = await Promise.all([event, beside].map((each) => harness.ledger.recordEvent(each)));
      expect(answers).toEqual([event, beside].map(({ id }) => ({ kind: 'recorded', id })));
      const again = { ...event, id: newEvent({ call: 'c1' }).id };
      expect(await harness.ledger.recordEvent(again)).toEqual({ kind: 'duplicate', id: event.id });
      const other = { ...newEvent({ call: 'c1' }), receiptKey: 'a\u0000b\u0001' };
      expect(await harness.ledger.recordEvent(other)).toMatchObject({ kind: 'recorded' });
      await fold([{ trigger: said }]);
      expect(await harness.ledger.findEvent(event.id)).toMatchObject({ ...event, state: 'folded' });
      const { rows } = await harness.ledger.listCalls({ limit: 10, search: said });
      expect(rows.map(({ call }) => [call.provider_call_id, call.notes, call.customer_number])).toEqual([
        [said, said, said],
      ]);
      expect((await harness.ledger.callStory(said))?.runs).toHaveLength(1);
      expect((await harness.ledger.personHistory(said)).total_calls).toBe(1);
    });

    test('a statement that is wrong fails alone; those committed with it stand', async () => {
      const { harness, newEvent } = world();
      const wrong = { ...newEvent({ call: 'bad' }), proof: null as unknown as string };
      const events = Array.from({ length: 20 }, (_, index) => (index === 7 ? wrong : newEvent({ call: `c${index}` })));
      const answers = await Promise.allSettled(events.map((event) => harness.ledger.recordEvent(event)));
      expect(answers.map((answer) => answer.status)).toEqual(
        events.map((event) => (event === wrong ? 'rejected' : 'fulfilled')),
      );
      await harness.reopen();
      const { rows } = await harness.ledger.listEvents({ limit: 100 });
      expect(rows).toHaveLength(19);
      expect(rows.every(({ state }) => state === 'pending')).toBe(true);
    });
  });

  describe('refusals', () => {
    test('are kept up to a bound and counted by cause for ever', async () => {
      const { harness, clock } = await openLedgerWorld(open);
      const refuse = (cause: string, index: number) =>
        harness.ledger.recordRefusal({
          receivedAtMs: clock.now(),
          source: 'tracking',
          status: 401,
          cause,
          remoteAddress: `203.0.113.${index % 250}`,
          bodyBytes: index,
          bodyHash: null,
        });
      const indexes = Array.from({ length: 10_005 }, (_, index) => index);
      for (let from = 0; from < indexes.length; from += 1000) {
        await Promise.all(indexes.slice(from, from + 1000).map((index) => refuse('signature_mismatch', index)));
      }
      await refuse('rate', 1);
      expect((await harness.ledger.stats()).refusals).toEqual({ signature_mismatch: 10_005, rate: 1 });
      const newest = await harness.ledger.listRefusals({ limit: 2 });
      expect(newest.rows.map((row) => row.cause)).toEqual(['rate', 'signature_mismatch']);
      expect((await harness.ledger.listRefusals({ limit: 10, after: '7' })).rows).toEqual([]);
      await harness.close();
    });
  });
}
