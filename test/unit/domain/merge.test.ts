import { describe, expect, test } from '@jest/globals';

import type { CallFacts, CallFields } from '../../../src/domain/call.ts';
import type { EventType, FoldableEvent } from '../../../src/domain/event.ts';
import { mergeCall } from '../../../src/domain/merge.ts';
import { foldableEvent } from '../../support/foldable-event.ts';

const CUSTOMER = '+12025550143';
const BUSINESS = '+12025550110';

/** An event of the given type at 12:00:<second> by the platform's own clock. */
function at(second: number, type: EventType, facts: CallFacts, more: Partial<FoldableEvent> = {}): FoldableEvent {
  return foldableEvent({ type, occurredAt: time(second), facts, ...more });
}

function time(second: number): string {
  return `2026-11-20T12:00:${String(second).padStart(2, '0')}Z`;
}

function fields(...events: FoldableEvent[]): CallFields {
  return mergeCall(events).fields;
}

describe('rule 1: nothing never replaces something', () => {
  test.each([null, '', ' ', {}, []])('%j in a later event leaves the value', (nothing) => {
    const merged = fields(
      at(1, 'call.ended', { summary: 'Wants a demo', outcomes: { budget: '12k' }, tags: ['hot'] }),
      at(2, 'call.updated', { summary: nothing, outcomes: { budget: nothing }, tags: nothing } as unknown as CallFacts),
    );
    expect(merged).toMatchObject({ summary: 'Wants a demo', outcomes: { budget: '12k' }, tags: ['hot'] });
  });

  test('zero and false are values', () => {
    const merged = fields(
      at(1, 'call.ended', { score: 50, qualified: true }),
      at(2, 'call.analyzed', { score: 0, qualified: false }),
    );
    expect(merged).toMatchObject({ score: 0, qualified: false });
  });
});

describe('rule 2: status', () => {
  test('a late non-final event does not reopen a final call', () => {
    expect(
      fields(at(1, 'call.ended', { status: 'busy' }), at(9, 'call.updated', { status: 'in_progress' })).status,
    ).toBe('busy');
  });

  test('voicemail beats completed, but not another final status that came later', () => {
    const voicemail = at(1, 'call.answered', { status: 'voicemail' });
    expect(fields(voicemail, at(2, 'call.ended', { status: 'completed' })).status).toBe('voicemail');
    expect(fields(voicemail, at(2, 'call.ended', { status: 'failed' })).status).toBe('failed');
  });

  test('unknown loses to everything, whatever its rank', () => {
    expect(
      fields(at(1, 'call.started', { status: 'ringing' }), at(2, 'call.ended', { status: 'unknown' })).status,
    ).toBe('ringing');
  });

  test('the wording belongs to the status that was believed', () => {
    const merged = fields(
      at(1, 'call.ended', { status: 'no_answer', status_reason: 'no-answer' }),
      at(2, 'call.updated', { status: 'in_progress', status_reason: 'ongoing' }),
    );
    expect(merged.status_reason).toBe('no-answer');
  });
});

describe('rule 3: times', () => {
  test('the earliest exact start beats an earlier approximate one', () => {
    const merged = fields(
      at(1, 'call.started', { started_at: time(1) }, { approximate: ['started_at'] }),
      at(30, 'call.ended', { started_at: time(5) }),
      at(40, 'call.analyzed', { started_at: time(4) }),
    );
    expect(merged.started_at).toBe(time(4));
  });

  test('the end: exact beats approximate, then the most believed', () => {
    const merged = fields(
      at(30, 'call.ended', { ended_at: time(30) }),
      at(50, 'call.analyzed', { ended_at: time(50) }, { approximate: ['ended_at'] }),
      at(31, 'call.ended', { ended_at: time(31) }),
    );
    expect(merged.ended_at).toBe(time(31));
  });

  test('seconds with and without decimals compare as times, not as text', () => {
    const merged = fields(
      at(1, 'call.started', { answered_at: '2026-11-20T12:00:01.500Z' }),
      at(2, 'call.ended', { answered_at: '2026-11-20T12:00:01Z' }),
    );
    expect(merged.answered_at).toBe('2026-11-20T12:00:01Z');
  });
});

describe('rule 4: duration', () => {
  test("the platform's own value beats the derived one", () => {
    const merged = fields(at(9, 'call.ended', { duration_s: 7, started_at: time(0), ended_at: time(9) }));
    expect(merged).toMatchObject({ duration_s: 7, duration_source: 'provider' });
  });

  test('derived from the answer, else from the start', () => {
    expect(fields(at(9, 'call.ended', { started_at: time(0), answered_at: time(4), ended_at: time(9) }))).toMatchObject(
      { duration_s: 5, duration_source: 'derived' },
    );
    expect(fields(at(9, 'call.ended', { started_at: time(0), ended_at: time(9) })).duration_s).toBe(9);
  });

  test('never negative: times in the wrong order tell nothing', () => {
    expect(fields(at(9, 'call.ended', { started_at: time(9), ended_at: time(1) }))).toMatchObject({
      duration_s: null,
      duration_source: null,
    });
    expect(fields(at(9, 'call.ended', { duration_s: -3, started_at: time(1), ended_at: time(9) })).duration_s).toBe(8);
  });

  test('CallScaler sends no end: it follows from start and duration', () => {
    const merged = fields(at(59, 'call.ended', { started_at: time(0), duration_s: 14.5 }));
    expect(merged).toMatchObject({ ended_at: '2026-11-20T12:00:14.500Z', duration_s: 14.5 });
  });

  test('a call that has not ended has no end', () => {
    expect(fields(at(1, 'call.answered', { started_at: time(0), duration_s: 1 })).ended_at).toBeNull();
  });
});

describe('rule 5: who called whom', () => {
  test('comes from the earliest kind of event; what contradicts it is kept aside', () => {
    const merged = fields(
      at(1, 'call.ended', { customer_number: '+12025550199', direction: 'outbound' }),
      at(9, 'call.started', { customer_number: CUSTOMER, direction: 'inbound' }),
    );
    expect(merged).toMatchObject({ customer_number: CUSTOMER, direction: 'inbound' });
    expect(merged.extra['conflicts']).toEqual({ customer_number: ['+12025550199'], direction: ['outbound'] });
  });

  test('only call.updated corrects it', () => {
    const merged = fields(
      at(1, 'call.started', { customer_number: CUSTOMER }),
      at(2, 'call.updated', { customer_number: '+12025550199' }),
    );
    expect(merged.customer_number).toBe('+12025550199');
    expect(merged.extra).toEqual({});
  });

  test('roles give sides', () => {
    const roles = { customer_number: CUSTOMER, business_number: BUSINESS };
    expect(fields(at(1, 'call.ended', { ...roles, direction: 'inbound' }))).toMatchObject({
      from_number: CUSTOMER,
      to_number: BUSINESS,
    });
    expect(fields(at(1, 'call.ended', { ...roles, direction: 'outbound' }))).toMatchObject({
      from_number: BUSINESS,
      to_number: CUSTOMER,
    });
    expect(fields(at(1, 'call.ended', roles))).toMatchObject({ from_number: null, to_number: null });
  });

  test('sides give roles', () => {
    const sides = { from_number: BUSINESS, to_number: CUSTOMER };
    const outbound = fields(at(1, 'call.ended', { ...sides, direction: 'outbound' }));
    expect(outbound).toMatchObject({ customer_number: CUSTOMER, business_number: BUSINESS });
  });

  test('our own number is never the customer', () => {
    const events = [at(1, 'call.started', { customer_number: BUSINESS, from_number: BUSINESS, to_number: CUSTOMER })];
    expect(mergeCall(events, [BUSINESS]).fields).toMatchObject({
      customer_number: CUSTOMER,
      business_number: BUSINESS,
    });
    expect(
      mergeCall([at(1, 'call.started', { customer_number: BUSINESS })], [BUSINESS]).fields.customer_number,
    ).toBeNull();
  });
});

test('rule 6: the latest recording link by time, with its own expiry', () => {
  const merged = fields(
    at(9, 'call.recording_ready', { recording_url: 'https://x.example/new' }),
    at(2, 'call.analyzed', { recording_url: 'https://x.example/old', recording_expires_at: time(50) }),
  );
  expect(merged).toMatchObject({ recording_url: 'https://x.example/new', recording_expires_at: null });
});

describe('rule 7: transcript', () => {
  const turns = [
    { speaker: 'agent', text: 'Hello' },
    { speaker: 'customer', text: 'Hi' },
  ] as const;

  test('turns beat text and bring their own text', () => {
    const merged = fields(
      at(1, 'call.ended', { transcript_turns: turns }),
      at(2, 'call.transcript_ready', { transcript: 'A much longer text than the turns are.' }),
    );
    expect(merged).toMatchObject({ transcript: 'Agent: Hello\nCustomer: Hi', transcript_turns: turns });
  });

  test('whole beats cut, the higher rank beats the longer, the longer wins within one rank', () => {
    const cut = at(9, 'call.analyzed', { transcript: 'Hello and', transcript_truncated: true });
    const whole = at(1, 'call.ended', { transcript: 'Hello and bye', transcript_truncated: false });
    expect(fields(cut, whole)).toMatchObject({ transcript: 'Hello and bye', transcript_truncated: false });
    const raw = at(1, 'call.transcript_ready', { transcript: 'Helo hmm ehm by' });
    const shorter = at(2, 'call.transcript_ready', { transcript: 'Helo' });
    expect(fields(raw, shorter).transcript).toBe('Helo hmm ehm by');
    expect(fields(raw, at(0, 'call.analyzed', { transcript: 'Hello' })).transcript).toBe('Hello');
  });
});

test('rule 8: analysis wins over the end, whatever the clock says', () => {
  const merged = fields(
    at(9, 'call.ended', { summary: 'short', sentiment: 'neutral' }),
    at(1, 'call.analyzed', { summary: 'long', sentiment: 'unknown' }),
  );
  expect(merged).toMatchObject({ summary: 'long', sentiment: 'neutral' });
});

describe('rule 9: objects', () => {
  test('key by key; lists are replaced', () => {
    const merged = fields(
      at(1, 'call.ended', { outcomes: { interested: true, objections: ['a', 'b'] }, tags: ['x', 'y'] }),
      at(2, 'call.updated', { outcomes: { objections: ['c'] }, tags: ['z'] }),
    );
    expect(merged).toMatchObject({ outcomes: { interested: true, objections: ['c'] }, tags: ['z'] });
  });

  test('a late event that brings nothing new does not even change the order of keys', () => {
    const ended = at(9, 'call.ended', { outcomes: { a: 1, b: 2 } });
    const started = at(1, 'call.started', { outcomes: { b: 2 } });
    expect(JSON.stringify(fields(started, ended))).toBe(JSON.stringify(fields(ended)));
  });

  test('keys that lead to prototypes are dropped', () => {
    const outcomes = JSON.parse(
      '{"__proto__":{"x":1},"constructor":"c","prototype":"p","ok":1}',
    ) as CallFacts['outcomes'];
    expect(Object.getOwnPropertyNames(fields(at(1, 'call.ended', { outcomes: outcomes ?? {} })).outcomes)).toEqual([
      'ok',
    ]);
  });

  test('extra is merged inside its namespaces', () => {
    const merged = fields(
      at(1, 'call.started', { extra: { callab: { workspace_id: 'ws_1', step: 1 } } }),
      at(2, 'call.ended', { extra: { callab: { step: 2 } } }),
    );
    expect(merged.extra).toEqual({ callab: { workspace_id: 'ws_1', step: 2 } });
  });

  test('the name of one agent is never joined to the id of another', () => {
    const merged = fields(
      at(1, 'call.started', { agent: { id: 'a1', name: 'Robot', language: 'en' } }),
      at(2, 'call.transferred', { agent: { id: 'a2' } }),
    );
    expect(merged.agent).toEqual({ id: 'a2' });
  });
});

test('rule 10: analysis state', () => {
  const ended = at(1, 'call.ended', {}, { analysis: 'pending' });
  expect(fields(ended).analysis_state).toBe('pending');
  expect(fields(ended, at(2, 'call.analyzed', {})).analysis_state).toBe('done');
  expect(fields(at(1, 'call.ended', {}, { analysis: 'done' })).analysis_state).toBe('done');
  expect(fields(at(1, 'call.ended', {})).analysis_state).toBe('none');
});

test('rule 11: the analysis may be all there is', () => {
  const merged = mergeCall([at(5, 'call.analyzed', { summary: 'Hi' })]);
  expect(merged).toMatchObject({ eventTypes: ['call.analyzed'], firstEventAt: '2026-11-20T12:00:05.000Z' });
  expect(merged.fields).toMatchObject({ status: 'unknown', summary: 'Hi', analysis_state: 'done' });
});

test('rule 12: the id of a joined orphan is kept as a related id, the own id is not', () => {
  const merged = fields(
    at(1, 'call.ended', { provider_related_ids: ['leg_2', 'call_1'] }),
    at(2, 'call.analyzed', {}, { callId: 'db_9', orphan: true }),
  );
  expect(merged.provider_related_ids).toEqual(['db_9', 'leg_2']);
});

test('tests and unknown events contribute nothing', () => {
  const merged = mergeCall([
    at(1, 'call.ended', { status: 'completed' }),
    at(9, 'unknown', { status: 'failed' }),
    at(9, 'source.test', { summary: 'test' }),
  ]);
  expect(merged).toMatchObject({ eventTypes: ['call.ended'], lastEventAt: '2026-11-20T12:00:01.000Z' });
  expect(merged.fields).toMatchObject({ status: 'completed', summary: null });
});

test('only unknown events give an empty call, no events give none', () => {
  expect(mergeCall([at(1, 'unknown', { status: 'failed' })])).toMatchObject({
    fields: { status: 'unknown' },
    eventTypes: [],
  });
  expect(() => mergeCall([])).toThrow('without events');
});

test('a question during the call says who is calling, before anything else does', () => {
  const merged = fields(
    at(2, 'call.ended', { customer_number: '+12025550199', status: 'completed' }),
    at(1, 'call.in_call', { customer_number: CUSTOMER, status: 'in_progress' }),
  );
  expect(merged).toMatchObject({ customer_number: CUSTOMER, status: 'completed' });
});

test('an event without a time of its own counts from its first receipt', () => {
  const late = foldableEvent({ type: 'call.ended', facts: { summary: 'old' }, receivedAt: '2026-11-20T12:00:01.000Z' });
  const other = foldableEvent({
    type: 'call.ended',
    facts: { summary: 'new' },
    receivedAt: '2026-11-20T12:00:02.000Z',
  });
  const again = { ...late, eventId: 'evt_again', receivedAt: '2026-11-20T12:00:03.000Z' };
  expect(fields(again, other, late).summary).toBe('new');
});
