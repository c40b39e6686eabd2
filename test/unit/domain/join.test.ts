import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { CallFacts } from '../../../src/domain/call.ts';
import type { FoldableEvent } from '../../../src/domain/event.ts';
import { chooseCallForOrphan, type JoinCandidate } from '../../../src/domain/join.ts';
import { foldableEvent } from '../../support/foldable-event.ts';

const SUMMARY = 'Caller asked about opening hours and booked a visit.';
const TRANSCRIPT =
  'AI: How can I help?\nUser: What are your opening hours on Saturday?\nAI: Nine. Shall I book a visit?';

/** Like CalltTone's `analysis.complete`: an id of its own and no time. */
function orphan(facts: CallFacts = { summary: SUMMARY, sentiment: 'positive' }, minute = 1): FoldableEvent {
  return foldableEvent({
    type: 'call.analyzed',
    callId: 'db_1',
    orphan: true,
    analysis: 'done',
    facts,
    receivedAt: at(minute),
  });
}

function at(minute: number): string {
  return `2026-11-20T12:${String(minute).padStart(2, '0')}:04.000Z`;
}

function ended(providerCallId: string, facts: CallFacts, minute = 1): JoinCandidate {
  return {
    providerCallId,
    events: [foldableEvent({ type: 'call.ended', callId: providerCallId, facts, receivedAt: at(minute) })],
  };
}

describe('the call is found', () => {
  test('by an equal summary', () => {
    const chosen = chooseCallForOrphan(orphan(), [
      ended('call_1', { summary: `${SUMMARY} `, sentiment: 'positive' }, 0),
      ended('call_2', { summary: 'Wrong number.' }),
    ]);
    expect(chosen).toEqual({
      providerCallId: 'call_1',
      reason: 'same summary, same sentiment, 60 s after the end of the call',
    });
  });

  test('by its words in the transcript', () => {
    const chosen = chooseCallForOrphan(orphan(), [
      ended('call_1', { transcript: TRANSCRIPT }),
      ended('call_2', { transcript: 'User: I have a question on my last invoice.' }),
    ]);
    expect(chosen).toMatchObject({
      providerCallId: 'call_1',
      reason: expect.stringMatching(/^\d+ % of its words occur/),
    });
  });

  test('also when the analysis overtook the end on its way', () => {
    expect(chooseCallForOrphan(orphan(undefined, 1), [ended('call_1', { summary: SUMMARY }, 2)])?.providerCallId).toBe(
      'call_1',
    );
  });
});

describe('nothing is guessed', () => {
  test('between two that fit about as well', () => {
    const twins = [ended('call_1', { summary: SUMMARY }), ended('call_2', { summary: SUMMARY })];
    expect(chooseCallForOrphan(orphan(), twins)).toBeNull();
  });

  test('without anything in common, even if there is only one call', () => {
    expect(chooseCallForOrphan(orphan(), [ended('call_1', { transcript: 'User: My invoice is wrong.' })])).toBeNull();
    expect(chooseCallForOrphan(orphan(), [ended('call_1', {})])).toBeNull();
    expect(
      chooseCallForOrphan(orphan({ sentiment: 'positive' }), [ended('call_1', { sentiment: 'positive' })]),
    ).toBeNull();
  });

  test('after 15 minutes', () => {
    expect(chooseCallForOrphan(orphan(undefined, 15), [ended('call_1', { summary: SUMMARY }, 0)])).not.toBeNull();
    expect(chooseCallForOrphan(orphan(undefined, 16), [ended('call_1', { summary: SUMMARY }, 0)])).toBeNull();
  });

  test('for a call that has not ended or was analysed already', () => {
    const started = foldableEvent({ type: 'call.started', facts: { summary: SUMMARY } });
    expect(chooseCallForOrphan(orphan(), [{ providerCallId: 'call_1', events: [started] }])).toBeNull();
    const end = ended('call_1', { summary: SUMMARY });
    const other = orphan({ summary: 'Another analysis' });
    expect(chooseCallForOrphan(orphan(), [{ ...end, events: [...end.events, other] }])).toBeNull();
  });

  test('when the same analysis was recorded twice: its own call stays the best', () => {
    const again = { ...orphan(), eventId: 'evt_again' };
    const own = ended('call_1', { summary: SUMMARY });
    const calls = [{ ...own, events: [...own.events, orphan()] }, ended('call_2', { transcript: TRANSCRIPT })];
    expect(chooseCallForOrphan(again, calls)?.providerCallId).toBe('call_1');
  });
});

test('the order of calls and of their events does not matter', () => {
  const candidate = fc
    .record({
      facts: fc.record(
        {
          summary: fc.constantFrom(SUMMARY, 'Wrong number.'),
          transcript: fc.constantFrom(TRANSCRIPT, 'User: invoice'),
          sentiment: fc.constantFrom('positive', 'negative'),
        },
        { requiredKeys: [] },
      ),
      minute: fc.nat(20),
    })
    .map(({ facts, minute }) => ended('', facts as CallFacts, minute).events);
  const candidates = fc
    .array(fc.array(candidate, { minLength: 1, maxLength: 2 }), { maxLength: 4 })
    .map((calls) => calls.map((events, index) => ({ providerCallId: `call_${index}`, events: events.flat() })));
  fc.assert(
    fc.property(candidates, (calls) => {
      const reversed = calls.toReversed().map((call) => ({ ...call, events: call.events.toReversed() }));
      expect(chooseCallForOrphan(orphan(), reversed)).toEqual(chooseCallForOrphan(orphan(), calls));
    }),
  );
});
