import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { EVENT_RANK, type EventType } from '../../../src/domain/event.ts';
import { settle, type Settling } from '../../../src/integrations/settle.ts';

const MINUTE = 60_000;
const started = { type: 'call.started', receivedAtMs: 1_000 } as const;
const ended = { type: 'call.ended', receivedAtMs: 5_000 } as const;
const updated = { type: 'call.updated', receivedAtMs: 9_000 } as const;

test('on_end: due from the receipt of the newest event', () => {
  expect(settle({ analysisState: 'none', events: [ended, started] }, null)).toEqual({
    state: 'due',
    dueAtMs: 5_000,
    waitsAtMostMs: 0,
  });
});

test('on_analysis: waits from the end of the call, and later events do not prolong it', () => {
  const waiting = { state: 'waiting', dueAtMs: 5_000 + 5 * MINUTE, waitsAtMostMs: 5 * MINUTE };
  expect(settle({ analysisState: 'pending', events: [started, ended] }, 5 * MINUTE)).toEqual(waiting);
  expect(settle({ analysisState: 'pending', events: [started, ended, updated] }, 5 * MINUTE)).toEqual(waiting);
});

test('on_analysis: due as soon as analysed data is there', () => {
  const analyzed = { type: 'call.analyzed', receivedAtMs: 8_000 } as const;
  expect(settle({ analysisState: 'done', events: [ended, analyzed] }, 5 * MINUTE)).toEqual({
    state: 'due',
    dueAtMs: 8_000,
    waitsAtMostMs: 0,
  });
});

test('on_analysis: while the call goes on, the limit counts from the newest event', () => {
  expect(settle({ analysisState: 'none', events: [started] }, MINUTE)).toEqual({
    state: 'waiting',
    dueAtMs: 61_000,
    waitsAtMostMs: MINUTE,
  });
});

test('property: any order of the events settles at the same time', () => {
  const types = Object.keys(EVENT_RANK) as EventType[];
  const event = fc.record({ type: fc.constantFrom(...types), receivedAtMs: fc.nat({ max: 1e9 }) });
  const settling = fc.record({
    analysisState: fc.constantFrom('none', 'pending', 'done'),
    events: fc.array(event, { minLength: 1, maxLength: 8 }),
  });
  const permuted = (original: Settling) => ({ ...original, events: original.events.toReversed() });
  fc.assert(
    fc.property(settling, fc.option(fc.nat({ max: 1e7 })), (original, settleMs) => {
      expect(settle(permuted(original), settleMs)).toEqual(settle(original, settleMs));
    }),
  );
});
