import * as fc from 'fast-check';

import { CALL_STATUSES, type CallFacts } from '../../src/domain/call.ts';
import { EVENT_RANK, type EventType, type FoldableEvent } from '../../src/domain/event.ts';
import { foldableEvent } from './foldable-event.ts';

/** Few times, few values, few hashes: what is drawn collides all the time, and collisions are what a merge is about. */
const time = fc.integer({ min: 0, max: 5 }).map((second) => `2026-11-20T12:00:0${second}Z`);
const receiptTime = fc.integer({ min: 0, max: 5 }).map((second) => `2026-11-20T12:01:0${second}.000Z`);
const word = fc.constantFrom('a', 'bb', 'ccc');
const nothing = fc.constantFrom(null, '', {}, [], undefined);
const number = fc.constantFrom('+12025550143', '+12025550110', '+12025550199');
const seconds = fc.constantFrom(0, 7, 42.5);

function object(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.dictionary(fc.constantFrom('id', 'name', 'x', '__proto__', 'constructor'), fc.oneof(value, nothing), {
    maxKeys: 3,
  });
}

const turn = fc.record({ speaker: fc.constantFrom('agent', 'customer'), text: fc.constantFrom('', 'Hi', 'Hello') });

/** A value for every fact, as varied as the rules make a difference. */
const FACTS: Record<keyof CallFacts, fc.Arbitrary<unknown>> = {
  provider_related_ids: fc.array(fc.constantFrom('call_1', 'leg_1', 'leg_2'), { maxLength: 2 }),
  status: fc.constantFrom(...CALL_STATUSES),
  status_reason: word,
  direction: fc.constantFrom('inbound', 'outbound', 'unknown'),
  channel: fc.constantFrom('phone', 'web', 'other'),
  customer_number: number,
  customer_number_raw: word,
  business_number: number,
  from_number: number,
  to_number: number,
  forwarded_to_number: number,
  started_at: time,
  answered_at: time,
  ended_at: time,
  duration_s: fc.oneof(seconds, fc.constant(-1)),
  talk_s: seconds,
  recording_url: word,
  recording_duration_s: seconds,
  recording_expires_at: time,
  transcript: word,
  transcript_turns: fc.array(turn, { maxLength: 2 }),
  transcript_truncated: fc.boolean(),
  summary: word,
  sentiment: fc.constantFrom('positive', 'negative', 'unknown'),
  score: seconds,
  category: word,
  qualified: fc.boolean(),
  successful: fc.boolean(),
  outcomes: object(fc.oneof(word, fc.boolean(), fc.array(word, { maxLength: 2 }))),
  outcomes_meta: object(word),
  contact: object(word),
  agent: object(word),
  campaign: object(word),
  attribution: object(word),
  cost_minor: seconds,
  value_minor: seconds,
  currency: word,
  tags: fc.array(word, { maxLength: 2 }),
  notes: word,
  variables: object(word),
  extra: object(fc.oneof(word, object(word))),
};

const facts: fc.Arbitrary<CallFacts> = fc
  .record(
    Object.fromEntries(
      Object.entries(FACTS).map(([name, value]) => [name, fc.oneof({ weight: 4, arbitrary: value }, nothing)]),
    ),
    { requiredKeys: [] },
  )
  .map((drawn) => drawn as CallFacts);

const eventType = fc.constantFrom(...(Object.keys(EVENT_RANK) as EventType[]));

/** Any event of one call; `bodyHash` ties on purpose, receipt keys do not. */
export const arbitraryEvent: fc.Arbitrary<FoldableEvent> = fc
  .record({
    type: eventType,
    occurredAt: fc.option(time),
    receivedAt: receiptTime,
    facts,
    approximate: fc.subarray<'started_at' | 'ended_at'>(['started_at', 'ended_at']),
    analysis: fc.constantFrom('none', 'pending', 'done'),
    orphan: fc.boolean(),
    bodyHash: fc.constantFrom('aa', 'bb'),
    callId: fc.constantFrom('call_1', 'db_9'),
  })
  .map((drawn) => foldableEvent(drawn));

export const arbitraryEvents: fc.Arbitrary<FoldableEvent[]> = fc
  .array(arbitraryEvent, { minLength: 1, maxLength: 8 })
  .map((events) => events.map((event, index) => ({ ...event, receiptKey: `key_${index}`, eventId: `evt_${index}` })));
