import { describe, expect, test } from '@jest/globals';

import type { HeaderLines } from '../../../src/platforms/platform.ts';
import {
  eventOf,
  fixture,
  NOW_MS,
  platformSource,
  SECRET,
  unverified,
  verdict,
} from '../../support/platform-source.ts';

const source = platformSource({ platform: 'callttone', secrets: [SECRET] });
const CALL_ID = '0198a6c2-5d1e-7c3a-9b40-2f6d7e8a9b0c';
const NUMBERS = { customer_number: '+12025550143', business_number: '+12025550110' };

function sample(name: string, event: string) {
  const headers: HeaderLines = [['X-Webhook-Event', event]];
  return eventOf(source, fixture(`callttone/${name}.json`), headers);
}

describe('what is on the wire', () => {
  test('call.started: the time is the moment of sending', () => {
    expect(sample('call.started', 'call.started')).toEqual({
      receiptKey:
        'call.started:2026-11-20T11:50:00.120Z:b696c15bc210c709ec6088fbb23fa9c968dd787d2f01928af4bd220e47ab4f39',
      semanticKey: `${CALL_ID}:call.started`,
      type: 'call.started',
      providerEvent: 'call.started',
      callId: CALL_ID,
      occurredAt: '2026-11-20T11:50:00.120Z',
      facts: {
        ...NUMBERS,
        direction: 'inbound',
        started_at: '2026-11-20T11:50:00.120Z',
        agent: { name: 'Front Desk' },
      },
      approximate: ['started_at'],
      analysis: 'none',
      orphan: false,
      notes: [],
    });
  });

  test('call.ended', () => {
    const event = sample('call.ended', 'call.ended');
    expect(event).toMatchObject({
      type: 'call.ended',
      callId: CALL_ID,
      approximate: ['ended_at'],
      analysis: 'pending',
      orphan: false,
      notes: [],
    });
    expect(event.facts).toEqual({
      ...NUMBERS,
      direction: 'inbound',
      status: 'completed',
      status_reason: 'completed',
      duration_s: 247,
      ended_at: '2026-11-20T11:54:07.789Z',
      summary: 'Caller asked about opening hours and booked a visit.',
      sentiment: 'positive',
      agent: { name: 'Front Desk' },
    });
  });

  test('outbound: fromNumber is the customer all the same, and nobody talked, so no analysis follows', () => {
    const event = sample('call.ended.outbound', 'call.ended');
    expect(event).toMatchObject({
      analysis: 'none',
      facts: { ...NUMBERS, direction: 'outbound', status: 'no_answer', status_reason: 'no-answer', duration_s: 0 },
    });
  });

  test('call.failed is an end', () => {
    expect(sample('call.failed', 'call.failed')).toMatchObject({
      type: 'call.ended',
      providerEvent: 'call.failed',
      analysis: 'none',
      facts: { status: 'failed' },
    });
    expect(eventOf(source, '{"event":"call.failed","callId":"x"}').facts).toEqual({ status: 'failed' });
    const busy = eventOf(source, '{"event":"call.failed","callId":"x","status":"busy"}');
    expect(busy.facts).toMatchObject({ status: 'busy' });
  });

  test('transcript.ready', () => {
    const event = sample('transcript.ready', 'transcript.ready');
    expect(event).toMatchObject({ type: 'call.transcript_ready', callId: CALL_ID, occurredAt: null });
    expect(event.facts).toEqual({
      transcript:
        'AI: Thank you for calling, how can I help?\nUser: What time do you open on Saturday?\nAI: We open at nine.',
    });
  });

  test('a transcript of 10,000 characters was cut', () => {
    const body = (length: number) =>
      JSON.stringify({ event: 'transcript.ready', callId: 'x', transcript: 'a'.repeat(length) });
    expect(eventOf(source, body(10_000)).facts.transcript_truncated).toBe(true);
    expect(eventOf(source, body(9_999)).facts.transcript_truncated).toBeUndefined();
  });

  test('analysis.complete carries another id: an orphan', () => {
    const event = sample('analysis.complete', 'analysis.complete');
    expect(event).toMatchObject({
      type: 'call.analyzed',
      callId: 'cmi4x9q2k000108l4d3f5g7h9',
      orphan: true,
      analysis: 'done',
      occurredAt: null,
    });
    expect(event.facts).toEqual({
      provider_related_ids: ['cmi4x9q2k000108l4d3f5g7h9'],
      sentiment: 'positive',
      summary: 'Caller asked about opening hours and booked a visit.',
      score: 82,
      outcomes: { keyPoints: ['Opening hours', 'Saturday visit'], actionItems: ['Send confirmation'] },
    });
  });

  test('webhook.test belongs to no call', () => {
    expect(sample('webhook.test', 'webhook.test')).toMatchObject({
      type: 'source.test',
      callId: null,
      semanticKey: null,
      facts: {},
      occurredAt: '2026-11-20T12:00:00.000Z',
    });
  });

  test('an unknown own number is not taken for two people', () => {
    const event = eventOf(
      source,
      '{"event":"call.ended","callId":"x","fromNumber":"+12025550143","toNumber":"+1 202 555 0143"}',
    );
    expect(event.facts).toEqual({ customer_number: '+12025550143' });
  });

  test('without the event header the body alone makes the receipt key', () => {
    expect(eventOf(source, fixture('callttone/call.started.json')).receiptKey).toBe(
      '2026-11-20T11:50:00.120Z:b696c15bc210c709ec6088fbb23fa9c968dd787d2f01928af4bd220e47ab4f39',
    );
    expect(source.keptHeaders).toEqual(['content-type', 'x-webhook-event']);
  });

  test('a raw provider status that leaks through stays readable', () => {
    expect(eventOf(source, '{"event":"call.ended","callId":"x","status":"sip-503-odd"}').facts).toEqual({
      status: 'unknown',
      status_reason: 'sip-503-odd',
    });
  });
});

describe('what its other pages describe, by configuration only', () => {
  const voxforge = platformSource({ platform: 'callttone', generation: 'voxforge', secrets: [SECRET] });
  const calltone = platformSource({ platform: 'callttone', generation: 'calltone', secrets: [SECRET] });

  test('voxforge', () => {
    const body = Buffer.from(
      '{"event":"call.completed","timestamp":"2026-11-20T11:58:02Z","data":{"callId":"c1","status":"completed","duration":60,"to":"+12025550143","agentId":"a1","campaignId":"k1"}}',
    );
    const { headers } = voxforge.sign(body, { nowMs: NOW_MS });
    expect(headers['x-voxforge-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(verdict(voxforge.verify(unverified(body, headers), NOW_MS))).toBe('secret 1');
    expect(verdict(source.verify(unverified(body, headers), NOW_MS))).toBe('refused: signature_missing');
    expect(eventOf(voxforge, body)).toMatchObject({
      type: 'call.ended',
      callId: 'c1',
      approximate: ['ended_at'],
      facts: {
        status: 'completed',
        duration_s: 60,
        to_number: '+12025550143',
        agent: { id: 'a1' },
        campaign: { id: 'k1' },
        ended_at: '2026-11-20T11:58:02.000Z',
      },
    });
  });

  test('calltone', () => {
    const body = Buffer.from(
      '{"id":"evt_1","type":"call.completed","created_at":"2026-11-20T11:58:02Z","api_version":"1","data":{"call_id":"c1","duration":60,"outcome":"booked","transcript":[{"role":"agent","content":"Hi"}],"contact":{"phone":"+12025550143","name":"Dana"}}}',
    );
    const { headers } = calltone.sign(body, { nowMs: NOW_MS });
    expect(verdict(calltone.verify(unverified(body, headers), NOW_MS))).toBe('secret 1');
    expect(eventOf(calltone, body)).toMatchObject({
      receiptKey: 'evt_1',
      type: 'call.ended',
      callId: 'c1',
      facts: {
        status: 'completed',
        category: 'booked',
        transcript: 'Agent: Hi',
        customer_number: '+12025550143',
        contact: { name: 'Dana' },
      },
    });
    expect(eventOf(calltone, '{"id":"evt_2","type":"campaign.completed","data":{}}')).toMatchObject({
      type: 'unknown',
      receiptKey: 'evt_2',
    });
  });
});
