import { describe, expect, test } from '@jest/globals';

import { eventOf, fixture, NOW_MS, platformSource } from '../../support/platform-source.ts';

const source = platformSource({ platform: 'callscaler', token: 'a-token-of-22-letters-at-least' });
const FORM = [['Content-Type', 'application/x-www-form-urlencoded']] as const;

const ATTRIBUTION = {
  source: 'google',
  medium: 'cpc',
  campaign: 'boilers-north',
  term: 'boiler quote',
  gclid: 'test-gclid-001',
  landing_page: 'https://shop.example.com/boilers',
  referrer: 'https://www.google.com',
};
const COMMON = {
  direction: 'inbound',
  customer_number: '+12025550143',
  business_number: '+12025550110',
  started_at: '2026-11-20T11:30:00.000Z',
  campaign: { id: 'c3f2e1d0-9b8a-4765-8432-10fedcba9876', name: 'Search Ads' },
  attribution: ATTRIBUTION,
  cost_minor: 15,
};
const EXTRA = { business_id: '0b9a7c66-1d52-4c8e-8a3f-6f1e2d3c4b5a', robo_score: 0 };

describe('post-call', () => {
  test('wait-for-AI mode: one event with everything', () => {
    expect(eventOf(source, fixture('callscaler/call.completed.json'))).toEqual({
      receiptKey: 'd1e2f3a4-0000-4000-8000-000000000001',
      semanticKey: '7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d3:call.completed:true',
      type: 'call.analyzed',
      providerEvent: 'call.completed',
      callId: '7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d3',
      occurredAt: '2026-11-20T11:33:15.000Z',
      facts: {
        ...COMMON,
        status: 'completed',
        status_reason: 'completed',
        ended_at: '2026-11-20T11:32:25.000Z',
        duration_s: 145,
        forwarded_to_number: '+12025550177',
        recording_url: 'https://media.example.com/callscaler/abc123.mp3',
        recording_duration_s: 138,
        transcript: 'Hi, I need a quote for a new boiler.',
        summary: 'Homeowner requesting a boiler quote.',
        score: 85,
        category: 'lead',
        qualified: true,
        value_minor: 5000,
        extra: { ...EXTRA, qualification_reason: 'Strong buying intent' },
      },
      approximate: ['ended_at'],
      analysis: 'done',
      orphan: false,
      notes: [],
    });
  });

  test('a retry has other bytes and the same keys', () => {
    const [first, second] = ['call.completed', 'call.completed.retry2'].map((name) =>
      eventOf(source, fixture(`callscaler/${name}.json`)),
    );
    expect(second).toEqual({ ...first, occurredAt: '2026-11-20T11:33:45.000Z' });
  });

  test('immediate mode: nothing analysed, and nothing follows', () => {
    const event = eventOf(source, fixture('callscaler/call.completed.immediate.json'));
    expect(event).toMatchObject({
      type: 'call.ended',
      semanticKey: expect.stringMatching(/:call\.completed:false$/),
      analysis: 'none',
    });
    expect(event.facts).not.toHaveProperty('score');
    expect(event.facts).toMatchObject({ status: 'completed', duration_s: 145, extra: EXTRA });
  });

  test.each([
    ['call.missed', 'call.ended', 'no_answer', 'no-answer', 0],
    ['call.voicemail', 'call.analyzed', 'voicemail', 'voicemail', 34],
    ['call.failed', 'call.ended', 'failed', 'failed', 0],
  ] as const)('%s', (name, ...expected) => {
    const [type, status, reason, duration] = expected;
    const event = eventOf(source, fixture(`callscaler/${name}.json`));
    expect(event).toMatchObject({
      type,
      providerEvent: name,
      facts: { ...COMMON, status, status_reason: reason, duration_s: duration },
    });
  });

  test('the event tells the status where the body does not', () => {
    expect(eventOf(source, '{"event":"call.missed","call_id":"c1"}').facts).toEqual({ status: 'no_answer' });
  });

  test('the older generation: answered means completed', () => {
    const event = eventOf(source, fixture('callscaler/legacy.call.ended.json'));
    expect(event).toMatchObject({
      type: 'call.ended',
      callId: 'abc-123-def',
      semanticKey: 'abc-123-def:call.ended',
      occurredAt: '2026-01-15T14:30:00.000Z',
      analysis: 'none',
    });
    expect(event.facts).toEqual({
      status: 'completed',
      status_reason: 'answered',
      customer_number: '+12025550143',
      business_number: '+12025550110',
      forwarded_to_number: '+12025550177',
      ended_at: '2026-01-15T14:30:00.000Z',
      duration_s: 145,
      recording_url: 'https://media.example.com/callscaler/abc123.mp3',
      contact: { name: 'Dana Reed', city: 'Miami', state: 'FL' },
      campaign: { name: 'Search Ads' },
      attribution: {
        source: 'google',
        medium: 'cpc',
        campaign: 'boilers-north',
        gclid: 'test-gclid-001',
        landing_page: 'https://shop.example.com/boilers',
      },
      extra: { business_id: 'bus-456', robo_risk_score: 5 },
    });
    expect(event.approximate).toEqual(['ended_at']);
  });

  test('an anonymous caller stays raw', () => {
    expect(eventOf(source, '{"event":"call.missed","call_id":"c1","caller_number":"anonymous"}').facts).toMatchObject({
      customer_number_raw: 'anonymous',
    });
  });
});

describe('in-call', () => {
  const facts = {
    status: 'in_progress',
    direction: 'inbound',
    customer_number: '+12025550143',
    business_number: '+12025550110',
  };

  test.each([
    ['in_call.form.txt', FORM],
    ['in_call.form_literal_plus.txt', FORM],
    ['in_call.custom.json', []],
  ])('%s', (file, headers) => {
    const event = eventOf(source, fixture(`callscaler/${file}`), headers);
    expect(event).toMatchObject({
      type: 'call.in_call',
      providerEvent: null,
      callId: 'abc-123-def',
      semanticKey: 'abc-123-def',
      analysis: 'none',
      notes: [],
    });
    expect(event.facts).toEqual(facts);
  });

  test('each question is a delivery of its own', () => {
    const body = { kind: 'form', value: { From: ' 12025550143', CallSid: 'c1' } } as const;
    const keyAt = (receivedAtMs: number) =>
      source.identify(body, { headers: [], receivedAtMs, bodyHash: 'h' }).receiptKey;
    expect(keyAt(NOW_MS)).not.toBe(keyAt(NOW_MS + 1));
  });
});
