import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { CallFacts } from '../../../src/domain/call.ts';
import type { FoldableEvent } from '../../../src/domain/event.ts';
import { mergeCall } from '../../../src/domain/merge.ts';
import { isFinal } from '../../../src/domain/merge-status.ts';
import { orderEvents } from '../../../src/domain/order.ts';
import { saysSomething } from '../../../src/domain/stated.ts';
import { canonicalJson } from '../../../src/shared/hash.ts';
import { arbitraryEvent, arbitraryEvents } from '../../support/arbitrary-events.ts';

const OWN = ['+12025550110'];
const RUNS = { numRuns: 200 };

/** As text, so that the order of keys and lists counts, too: the hash of a projection must not change. */
function merged(events: readonly FoldableEvent[]): string {
  return JSON.stringify(mergeCall(events, OWN));
}

/** Fields whose value is simply the most believed one. */
const SCALARS = ['summary', 'score', 'category', 'qualified', 'successful', 'notes', 'talk_s', 'currency'] as const;

test('any order gives the same call', () => {
  const shuffled = arbitraryEvents.chain((events) =>
    fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length })),
  );
  fc.assert(
    fc.property(shuffled, ([events, permutation]) => {
      expect(merged(permutation)).toBe(merged(events));
    }),
    RUNS,
  );
});

test('any repetition gives the same call, also when the copies came later under ids of their own', () => {
  const repeated = arbitraryEvents.chain((events) =>
    fc.tuple(fc.constant(events), fc.array(fc.nat(events.length - 1), { maxLength: 6 })),
  );
  fc.assert(
    fc.property(repeated, ([events, indexes]) => {
      const copies = indexes.flatMap((index, copy) => {
        const event = events[index];
        return event === undefined
          ? []
          : [{ ...event, eventId: `evt_copy_${copy}`, receivedAt: '2026-11-20T12:09:00.000Z' }];
      });
      expect(merged([...copies, ...events])).toBe(merged(events));
      expect(merged([...events, ...copies])).toBe(merged(events));
    }),
    RUNS,
  );
});

test('any split over time gives the same call: what was folded before leaves no trace', () => {
  fc.assert(
    fc.property(arbitraryEvents, fc.nat(), (events, cut) => {
      const at = cut % events.length;
      const before = events.map((event) => canonicalJson(event));
      if (at > 0) mergeCall(events.slice(0, at), OWN);
      const whole = merged(events);
      expect(merged([...events.slice(at), ...events.slice(0, at)])).toBe(whole);
      expect(events.map((event) => canonicalJson(event))).toEqual(before);
    }),
    RUNS,
  );
});

test('an event that says nothing changes no field', () => {
  const empty = fc
    .tuple(arbitraryEvent, fc.constantFrom(null, '', ' ', {}, []))
    .map(([event, nothing]): FoldableEvent => {
      const facts = Object.fromEntries(Object.keys(event.facts).map((name) => [name, nothing])) as CallFacts;
      return { ...event, facts, analysis: 'none', orphan: false, callId: 'call_1', type: 'call.updated' };
    });
  fc.assert(
    // An own event is there, so that the empty one does not tell the call's own id.
    fc.property(arbitraryEvents, empty, (events, event) => {
      const own = [...events, { ...event, receiptKey: 'first' }];
      expect(mergeCall([...own, event], OWN).fields).toEqual(mergeCall(own, OWN).fields);
    }),
    RUNS,
  );
});

test('more events never blank a value', () => {
  fc.assert(
    fc.property(arbitraryEvents, arbitraryEvent, (events, more) => {
      const before = mergeCall(events).fields;
      const after = mergeCall([...events, more]).fields;
      for (const name of [
        ...SCALARS,
        'customer_number',
        'transcript',
        'recording_url',
        'started_at',
        'ended_at',
      ] as const) {
        if (before[name] !== null) expect(after[name]).not.toBeNull();
      }
      expect(Object.keys(after.outcomes)).toEqual(expect.arrayContaining(Object.keys(before.outcomes)));
      expect(Object.keys(after.contact)).toEqual(expect.arrayContaining(Object.keys(before.contact)));
    }),
    RUNS,
  );
});

test('no event of lower rank, or older, or smaller hash overrides another', () => {
  fc.assert(
    fc.property(arbitraryEvents, (events) => {
      const { fields } = mergeCall(events);
      const strongestFirst = orderEvents(events)
        .filter(({ rank }) => rank > 0)
        .toReversed();
      for (const name of SCALARS) {
        const winner = strongestFirst.find(({ event }) => saysSomething(event.facts[name]));
        expect(fields[name]).toEqual(winner?.event.facts[name] ?? null);
      }
    }),
    RUNS,
  );
});

test('the order of belief is rank, then event time, then hash', () => {
  fc.assert(
    fc.property(arbitraryEvents, (events) => {
      const ordered = orderEvents(events);
      for (const [index, right] of ordered.entries()) {
        const left = ordered[index - 1];
        if (left === undefined) continue;
        const places = [
          [left.rank, right.rank],
          [left.atMs, right.atMs],
          [left.event.bodyHash, right.event.bodyHash],
        ] as const;
        const difference = places.find(([a, b]) => a !== b);
        if (difference !== undefined) expect(difference[0] < difference[1]).toBe(true);
      }
    }),
    RUNS,
  );
});

test('a final status is never reopened, and unknown never wins', () => {
  fc.assert(
    fc.property(arbitraryEvents, arbitraryEvent, (events, more) => {
      const before = mergeCall(events).fields.status;
      const after = mergeCall([...events, more]).fields.status;
      if (isFinal(before)) expect(isFinal(after)).toBe(true);
      if (before !== 'unknown') expect(after).not.toBe('unknown');
    }),
    RUNS,
  );
});

test('our own number is never the customer, a duration never negative, no key leads to a prototype', () => {
  fc.assert(
    fc.property(arbitraryEvents, (events) => {
      const { fields } = mergeCall(events, OWN);
      expect(OWN).not.toContain(fields.customer_number);
      expect(fields.duration_s ?? 0).toBeGreaterThanOrEqual(0);
      expect(fields.duration_s === null).toBe(fields.duration_source === null);
      for (const object of [fields.outcomes, fields.contact, fields.extra, fields.variables]) {
        expect(Object.getOwnPropertyNames(object)).not.toContain('__proto__');
        expect(Object.getOwnPropertyNames(object)).not.toContain('constructor');
      }
    }),
    RUNS,
  );
});
