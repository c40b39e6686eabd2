import { describe, expect, test } from '@jest/globals';

import { eventOf, fixture, platformSource, SECRET } from '../../support/platform-source.ts';

const source = platformSource({ platform: 'atoms', secrets: [SECRET] });
const CALL_ID = 'CALL-1795175700000-7e4c17';
const COMMON = {
  direction: 'outbound',
  channel: 'phone',
  customer_number: '+12025550143',
  business_number: '+12025550110',
  agent: { id: '69fc7dd072a0c1d28d948ace' },
};
const ENDED = {
  status: 'completed',
  status_reason: 'completed',
  answered_at: '2026-11-20T11:55:03.813Z',
  ended_at: '2026-11-20T11:55:53.164Z',
  duration_s: 49.351,
};

describe('what is on the wire', () => {
  test('pre-conversation', () => {
    expect(eventOf(source, fixture('atoms/pre-conversation.json'))).toEqual({
      receiptKey: '6a3f96118fd277fc807e4c23',
      semanticKey: `${CALL_ID}:pre-conversation`,
      type: 'call.started',
      providerEvent: 'pre-conversation',
      callId: CALL_ID,
      occurredAt: null,
      facts: COMMON,
      approximate: [],
      analysis: 'none',
      orphan: false,
      notes: [],
    });
  });

  test('post-conversation', () => {
    const event = eventOf(source, fixture('atoms/post-conversation.json'));
    expect(event).toMatchObject({
      receiptKey: '6a3f96578d7c3809f58ce555',
      type: 'call.ended',
      callId: CALL_ID,
      analysis: 'pending',
      approximate: [],
      notes: [],
    });
    const { variables, ...facts } = event.facts;
    expect(variables).toMatchObject({ user_number: '+12025550143', timezone: 'Asia/Kolkata', due_amount: '290' });
    expect(facts).toEqual({
      ...COMMON,
      ...ENDED,
      recording_url: 'https://media.example.com/atoms/CALL-1795175700000-7e4c17/composite.wav',
      transcript: 'Agent: Hello, this is Nora from Example Finance.\nCustomer: हाँ बोलिए — yes, go ahead.',
      transcript_turns: [
        { speaker: 'agent', text: 'Hello, this is Nora from Example Finance.', at: '2026-11-20T11:55:06.123Z' },
        { speaker: 'customer', text: 'हाँ बोलिए — yes, go ahead.', at: '2026-11-20T11:55:09.369Z' },
      ],
      contact: { name: 'Dana Reed' },
    });
  });

  test('analytics-completed: the direction comes from conversationType', () => {
    const event = eventOf(source, fixture('atoms/analytics-completed.json'));
    expect(event).toMatchObject({ receiptKey: '6a3f96632b717269846aa433', type: 'call.analyzed', analysis: 'done' });
    expect(event.facts).toEqual({
      ...COMMON,
      ...ENDED,
      summary: 'The agent discussed an overdue payment; the customer promised to pay.',
      outcomes: { promise_to_pay: true, turn_taking_balance: 2 },
      outcomes_meta: {
        promise_to_pay: { confidence: 0.97, reasoning: 'The customer agreed to pay on Monday.', type: 'BOOLEAN' },
        turn_taking_balance: { confidence: 1, reasoning: 'Balanced turns.', type: 'INTEGER' },
      },
    });
  });

  test.each([
    ['no-answer', 'no_answer'],
    ['no_answer', 'no_answer'],
    ['canceled', 'canceled'],
    ['cancelled', 'canceled'],
    ['busy', 'busy'],
    ['failed', 'failed'],
  ])('callStatus %s', (callStatus, status) => {
    const body = JSON.stringify({
      metadata: { eventType: 'post-conversation', callId: 'c1', callData: { callStatus } },
      id: 'd1',
    });
    expect(eventOf(source, body)).toMatchObject({ analysis: 'none', facts: { status, status_reason: callStatus } });
  });

  test('without a direction the variables tell who is who', () => {
    const variables = { user_number: '+12025550143', agent_number: '+12025550110' };
    const callData = { fromNumber: '+12025550110', toNumber: '+12025550143' };
    const body = JSON.stringify({
      metadata: { eventType: 'post-conversation', callId: 'c1', callData, variables },
      id: 'd1',
    });
    expect(eventOf(source, body).facts).toMatchObject({
      customer_number: '+12025550143',
      business_number: '+12025550110',
    });
  });

  test('a metric named sentiment is the sentiment', () => {
    const dispositionMetrics = [
      { identifier: 'sentiment', value: 'Negative' },
      { identifier: '__proto__', value: 1 },
      { identifier: 'empty' },
      7,
    ];
    const body = JSON.stringify({
      metadata: { eventType: 'analytics-completed', callId: 'c1', analytics: { dispositionMetrics } },
      id: 'd1',
    });
    expect(eventOf(source, body).facts).toMatchObject({ sentiment: 'negative', outcomes: { sentiment: 'Negative' } });
  });

  test('a conversation on the web is no phone call', () => {
    const body = JSON.stringify({
      metadata: { eventType: 'post-conversation', callId: 'c1', conversationType: 'webCall' },
      id: 'd1',
    });
    expect(eventOf(source, body).facts).toMatchObject({ channel: 'web' });
  });
});

describe('the draft vocabulary', () => {
  test('call.start', () => {
    const event = eventOf(source, fixture('atoms/legacy.call.start.json'));
    expect(event).toMatchObject({
      semanticKey: 'call_xyz789:call.start',
      type: 'call.started',
      callId: 'call_xyz789',
      occurredAt: '2026-11-20T11:50:00.000Z',
      approximate: [],
    });
    expect(event.facts).toEqual({
      direction: 'inbound',
      customer_number: '+12025550143',
      business_number: '+12025550110',
      started_at: '2026-11-20T11:50:00.000Z',
      agent: { id: 'agent_abc123' },
    });
  });

  test('call.end: final means completed', () => {
    const event = eventOf(source, fixture('atoms/legacy.call.end.json'));
    expect(event).toMatchObject({ type: 'call.ended', analysis: 'pending', occurredAt: '2026-11-20T11:55:00.000Z' });
    expect(event.facts).toMatchObject({
      status: 'completed',
      category: 'successful',
      ended_at: '2026-11-20T11:55:00.000Z',
      duration_s: 300,
      transcript: 'Agent: Hello! How can I help?\nCustomer: I have a question about my bill.',
      variables: { customer_name: 'Dana Reed', issue_type: 'billing' },
      contact: { name: 'Dana Reed' },
    });
  });

  test('analytics.completed', () => {
    const event = eventOf(source, fixture('atoms/legacy.analytics.completed.json'));
    expect(event).toMatchObject({ type: 'call.analyzed', analysis: 'done' });
    expect(event.facts).toEqual({
      agent: { id: 'agent_abc123' },
      outcomes: {
        satisfaction_score: 4,
        issue_resolved: true,
        follow_up_needed: false,
        product_discussed: 'Widget Pro',
      },
    });
  });
});
