import { describe, expect, test } from '@jest/globals';

import { eventOf, fixture, platformSource, SECRET } from '../../support/platform-source.ts';

const source = platformSource({ platform: 'callab', secrets: [SECRET] });

const CONTACT = {
  provider_id: 'cont_900017',
  external_id: 'lead_3391',
  crm_id: 'lead_3391',
  first_name: 'Dana',
  last_name: 'Reed',
  email: 'dana.reed@example.com',
  company: 'Northwind Example',
  category: 'Lead',
  tags: ['Newsletter'],
  source: 'website',
};
const COMMON = {
  direction: 'outbound',
  customer_number: '+12025550143',
  started_at: '2026-11-20T11:55:00.000Z',
  contact: CONTACT,
  agent: { id: 'agent_12c9', name: 'Sales Agent' },
  campaign: { id: 'camp_4410ab', name: 'Autumn Outreach', type: 'outbound' },
  attribution: { source: 'website' },
  extra: { workspace_id: 'ws_7f3a10' },
};
const ENDED = {
  status: 'completed',
  status_reason: 'completed',
  ended_at: '2026-11-20T11:58:02.000Z',
  duration_s: 182,
  recording_url: 'https://media.example.com/callab/call_5b81e2.mp3',
};
const QUIET = { approximate: [], orphan: false, notes: [] };

describe('webhooks', () => {
  test('call_started', () => {
    expect(eventOf(source, fixture('callab/call_started.json'))).toEqual({
      receiptKey: '2026-11-20T11:55:00Z:c8780c06a2dbd0960916c4618487c035f9cb1f951c62098e1f280cfec047cb29',
      semanticKey: 'call_5b81e2:call_started',
      type: 'call.started',
      providerEvent: 'call_started',
      callId: 'call_5b81e2',
      occurredAt: '2026-11-20T11:55:00.000Z',
      facts: { ...COMMON, status: 'in_progress', status_reason: 'in-progress' },
      analysis: 'none',
      ...QUIET,
    });
  });

  test('call_ended: outcomes follow', () => {
    expect(eventOf(source, fixture('callab/call_ended.json'))).toMatchObject({
      semanticKey: 'call_5b81e2:call_ended',
      type: 'call.ended',
      callId: 'call_5b81e2',
      occurredAt: '2026-11-20T11:58:02.000Z',
      analysis: 'pending',
      ...QUIET,
    });
    expect(eventOf(source, fixture('callab/call_ended.json')).facts).toEqual({ ...COMMON, ...ENDED });
  });

  test('call_outcome_extracted repeats everything and adds outcomes', () => {
    const event = eventOf(source, fixture('callab/call_outcome_extracted.json'));
    expect(event).toMatchObject({
      type: 'call.analyzed',
      occurredAt: '2026-11-20T11:58:31.000Z',
      analysis: 'done',
      ...QUIET,
    });
    expect(event.facts).toEqual({
      ...COMMON,
      ...ENDED,
      transcript: 'Agent: Hello, this is the sales assistant.\nCustomer: Hi, I would like to see a demo.',
      summary: 'Customer asked for a product demo next week.',
      sentiment: 'positive',
      outcomes: {
        interested: true,
        product: 'Team Plan',
        budget: '$12,000',
        decision_timeline: 'Q1 2027',
        next_action: 'Schedule demo',
        appointment_booked: true,
        appointment_date: '2026-11-24T15:00:00Z',
        objections: ['Migration effort'],
        sentiment: 'Positive',
      },
    });
  });

  test('any group of fields may be missing', () => {
    const event = eventOf(
      source,
      '{"event":"call_ended","timestamp":"2026-11-20T11:58:02Z","contact":{"phone":""},"call":{"id":"c1","duration":null}}',
    );
    expect(event).toMatchObject({ type: 'call.ended', callId: 'c1', approximate: ['ended_at'] });
    expect(event.facts).toEqual({ ended_at: '2026-11-20T11:58:02.000Z' });
  });

  test('what has no place is kept beside its siblings or under extra', () => {
    const body =
      '{"event":"call_ended","call":{"id":"c1","cost":3},"contact":{"phone":"+12025550143","vip":true},"agent":{"voice":"x"},"region":"eu"}';
    expect(eventOf(source, body).facts).toMatchObject({
      contact: { vip: true },
      agent: { voice: 'x' },
      extra: { 'call.cost': 3, region: 'eu' },
    });
  });
});

describe('bodies written by the user in an integration', () => {
  const facts = {
    direction: 'outbound',
    // Outbound: the caller is us, the recipient the customer.
    customer_number: '+12025550143',
    business_number: '+12025550110',
    agent: COMMON.agent,
    campaign: COMMON.campaign,
  };
  const extra = { workspace_id: 'ws_7f3a10', execution_id: 'exec_20f1' };

  test('call_answered', () => {
    const event = eventOf(source, fixture('callab/integration.call_answered.json'));
    expect(event).toMatchObject({
      receiptKey: 'exec_20f1:call_answered',
      semanticKey: 'call_5b81e2:call_answered',
      type: 'call.answered',
      callId: 'call_5b81e2',
      occurredAt: '2026-11-20T11:55:06.000Z',
      analysis: 'none',
      ...QUIET,
    });
    expect(event.facts).toEqual({ ...facts, status: 'in_progress', status_reason: 'answered', extra });
  });

  test('voicemail_detected sets the status, and does not end the call', () => {
    const event = eventOf(source, fixture('callab/integration.voicemail_detected.json'));
    expect(event).toMatchObject({
      receiptKey: 'exec_20f1:voicemail_detected',
      type: 'call.answered',
      providerEvent: 'voicemail_detected',
    });
    expect(event.facts).toEqual({
      ...facts,
      status: 'voicemail',
      status_reason: 'voicemail',
      extra: { ...extra, duration_so_far_s: 21 },
    });
    expect(eventOf(source, '{"trigger":"Voicemail Detected","call_id":"c1"}').facts.status).toBe('voicemail');
  });

  test('transfer_completed: its duration is not the duration of the call', () => {
    const event = eventOf(source, fixture('callab/integration.transfer_completed.json'));
    expect(event).toMatchObject({ receiptKey: 'exec_20f1:transfer_completed', type: 'call.transferred' });
    expect(event.facts).toEqual({
      ...facts,
      status: 'in_progress',
      status_reason: 'answered',
      extra: { ...extra, duration_so_far_s: 95 },
    });
  });

  test('the documented template names neither call nor event: it becomes a call of its own', () => {
    expect(eventOf(source, fixture('callab/integration.call_ended.json'))).toEqual({
      receiptKey: 'b7962ff9219356367aa40a0ec8003c3e9f980ecff50cf8bfc10fc20314b6dc10',
      semanticKey: null,
      type: 'call.ended',
      providerEvent: null,
      callId: 'delivery-b7962ff9219356367aa40a0ec8003c3e',
      occurredAt: null,
      facts: {
        customer_number: '+12025550143',
        duration_s: 182,
        recording_url: 'https://media.example.com/callab/call_5b81e2.mp3',
        attribution: { source: 'Callab AI - Autumn Outreach' },
        outcomes: { interested: true, notes: 'Asked for a demo next week.' },
      },
      approximate: [],
      analysis: 'done',
      orphan: false,
      notes: ['the body carries no call id: this delivery is a call of its own'],
    });
  });

  test('a template that rendered to broken JSON is kept as unknown', () => {
    expect(eventOf(source, fixture('callab/integration.broken_template.txt'))).toMatchObject({
      type: 'unknown',
      callId: null,
      facts: {},
    });
  });

  test('contact and outcome objects, if the template has them', () => {
    const body =
      '{"trigger":"call_ended","call_id":"c1","phone":"+12025550143","contact":{"first_name":"Dana","plan":"pro"},"outcome":{"interested":true},"score":3}';
    expect(eventOf(source, body).facts).toMatchObject({
      contact: { first_name: 'Dana', plan: 'pro' },
      outcomes: { interested: true, score: 3 },
    });
  });

  test.each([
    [
      'inbound: the caller is the customer',
      { campaign_type: 'inbound', caller_number: '+12025550143', recipient_number: '+12025550110' },
    ],
    [
      'outbound: the recipient is',
      { campaign_type: 'outbound', caller_number: '+12025550110', recipient_number: '+12025550143' },
    ],
  ])('%s', (_name, numbers) => {
    const event = eventOf(source, JSON.stringify({ trigger: 'call_ended', call_id: 'c1', ...numbers }));
    expect(event.facts).toMatchObject({ customer_number: '+12025550143', business_number: '+12025550110' });
  });

  test('without a direction two numbers stay sides, unless one is known to be ours', () => {
    const body =
      '{"trigger":"call_ended","call_id":"c1","caller_number":"+12025550110","recipient_number":"+12025550143"}';
    expect(eventOf(source, body).facts).toMatchObject({ from_number: '+12025550110', to_number: '+12025550143' });
    expect(eventOf(source, body).facts.customer_number).toBeUndefined();
    const own = platformSource({ platform: 'callab', secrets: [SECRET], own_numbers: ['+1 202-555-0110'] });
    expect(eventOf(own, body).facts).toMatchObject({
      customer_number: '+12025550143',
      business_number: '+12025550110',
    });
  });

  test("caller_number alone is taken for the customer's, as in Callab's examples, and noted", () => {
    const event = eventOf(
      source,
      '{"trigger":"call_ended","call_id":"c1","campaign_type":"outbound","caller_number":"+12025550143"}',
    );
    expect(event.facts.customer_number).toBe('+12025550143');
    expect(event.notes).toEqual([expect.stringContaining('{{recipient_number}}')]);
    const own = platformSource({ platform: 'callab', secrets: [SECRET], own_numbers: ['+12025550143'] });
    expect(eventOf(own, '{"trigger":"call_ended","call_id":"c1","caller_number":"+12025550143"}').facts).toMatchObject({
      business_number: '+12025550143',
    });
    expect(
      eventOf(own, '{"trigger":"call_ended","call_id":"c1","caller_number":"+12025550143"}').facts.customer_number,
    ).toBeUndefined();
  });

  test('national numbers need a country, anonymous callers stay raw', () => {
    const us = platformSource({ platform: 'callab', secrets: [SECRET], default_country: 'US' });
    const body = '{"trigger":"call_ended","call_id":"c1","phone":"(202) 555-0143"}';
    expect(eventOf(us, body).facts).toMatchObject({ customer_number: '+12025550143' });
    expect(eventOf(source, body).facts).toMatchObject({ customer_number_raw: '(202) 555-0143' });
    expect(eventOf(us, body.replace('(202) 555-0143', 'anonymous')).facts).toMatchObject({
      customer_number_raw: 'anonymous',
    });
  });
});
