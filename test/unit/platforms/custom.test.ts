import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import {
  eventOf,
  fixture,
  NOW_MS,
  platformSource,
  SECRET,
  sourceProblems,
  unverified,
  verdict,
} from '../../support/platform-source.ts';
import { SAMPLE_HEADERS } from '../../support/sample-signatures.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const TOKEN = 'a-token-of-22-letters-at-least';

function yaml(platform: string): unknown {
  return parse(readFileSync(new URL(`custom/${platform}.yaml`, FIXTURES), 'utf8'));
}

describe.each([
  ['callab', { secrets: [SECRET] }],
  ['callscaler', { token: TOKEN }],
  ['atoms', { secrets: [SECRET] }],
])('%s, described in YAML alone', (platform, keys) => {
  const native = platformSource({ platform, ...keys });
  const described = platformSource(yaml(platform));

  test.each(readdirSync(new URL(platform, FIXTURES)))('%s reads the same', (file) => {
    const headers = file.includes('form') ? [['Content-Type', 'application/x-www-form-urlencoded'] as const] : [];
    const body = fixture(`${platform}/${file}`);
    expect(eventOf(described, body, headers)).toEqual(eventOf(native, body, headers));
  });

  test('is verified and signed the same', () => {
    for (const file of readdirSync(new URL(platform, FIXTURES))) {
      const body = fixture(`${platform}/${file}`);
      const request = unverified(body, SAMPLE_HEADERS[`${platform}/${file}`] ?? {}, { pathToken: TOKEN });
      expect(verdict(described.verify(request, NOW_MS))).toBe(verdict(native.verify(request, NOW_MS)));
      expect(described.sign(body, { nowMs: NOW_MS })).toEqual(native.sign(body, { nowMs: NOW_MS }));
    }
  });
});

/** A source that reads as described; nobody checks who sends. */
function reading(description: Record<string, unknown>) {
  return platformSource({
    platform: 'custom',
    allow_unsigned: true,
    event: { default: 'call.ended' },
    call_id: 'id',
    fields: {},
    ...description,
  });
}

describe('fields', () => {
  test('units, zones, words, constants and money', () => {
    const source = reading({
      fields: {
        duration_s: { path: 'call_length', unit: 'min' },
        talk_s: { path: 'talk_ms', unit: 'ms' },
        started_at: { path: 'start', zone: 'Europe/Berlin' },
        status: { path: 'result', map: { 'Picked Up': 'completed', nope: 'failed' } },
        direction: { value: 'inbound' },
        cost_minor: { path: 'price', major: true },
        currency: { value: 'usd' },
        qualified: 'good',
        tags: 'labels',
        score: 'points',
      },
    });
    const body = {
      id: 'c1',
      call_length: '1.50',
      talk_ms: 84_463.294,
      start: '2026-07-01T12:00:00',
      result: 'picked-up',
      price: 0.21,
      good: 'yes',
      labels: ['a', 2, null],
      points: 'many',
    };
    expect(eventOf(source, JSON.stringify(body)).facts).toMatchObject({
      duration_s: 90,
      talk_s: 84.463,
      started_at: '2026-07-01T10:00:00.000Z',
      status: 'completed',
      status_reason: 'picked-up',
      direction: 'inbound',
      cost_minor: 21,
      currency: 'USD',
      qualified: true,
      tags: ['a', '2'],
    });
    expect(eventOf(source, JSON.stringify(body)).facts.score).toBeUndefined();
  });

  test('the first source that gives a value counts', () => {
    const source = reading({
      fields: { summary: ['a.summary', { path: 'b', on: ['call.analyzed'] }, 'c', { value: 'none' }] },
    });
    const summaryOf = (body: unknown) => eventOf(source, JSON.stringify(body)).facts.summary;
    expect(summaryOf({ id: 1, a: { summary: 'A' }, c: 'C' })).toBe('A');
    expect(summaryOf({ id: 1, a: { summary: ' ' }, b: 'B', c: 'C' })).toBe('C');
    expect(summaryOf({ id: 1 })).toBe('none');
  });

  test('paths: lists, finding by key, odd keys', () => {
    const source = reading({
      fields: {
        recording_url: 'recordings[1].url',
        summary: 'metrics[name=summary].value',
        category: 'x["odd.key"]',
        'outcomes.n': 'metrics[id=7].value',
      },
    });
    const body = {
      id: 1,
      recordings: [{ url: 'a' }, { url: 'b' }],
      metrics: [{ name: 'x' }, { name: 'summary', value: 's' }, { id: 7, value: 0 }],
      x: { 'odd.key': 'k' },
    };
    expect(eventOf(source, JSON.stringify(body)).facts).toEqual({
      recording_url: 'b',
      summary: 's',
      category: 'k',
      outcomes: { n: 0 },
    });
  });

  test('templates see the body as body', () => {
    const source = reading({
      fields: {
        'contact.name': '{{ body.first }} {{ body.last }}',
        qualified: '{{ body.ok }}',
        summary: '{{ body.text }}',
      },
    });
    const event = eventOf(source, '{"id":1,"first":"Dana","last":"Reed","ok":true,"text":"{{ body.first }}"}');
    expect(event.facts).toEqual({ contact: { name: 'Dana Reed' }, qualified: true, summary: '{{ body.first }}' });
  });

  test('sides become roles by the direction, in every spelling', () => {
    const source = reading({ fields: { direction: 'inbound', from_number: 'from', to_number: 'to' } });
    const numbers = { id: 1, from: '+12025550110', to: '+12025550143' };
    expect(eventOf(source, JSON.stringify({ ...numbers, inbound: false })).facts).toEqual({
      direction: 'outbound',
      customer_number: '+12025550143',
      business_number: '+12025550110',
    });
    expect(eventOf(source, JSON.stringify({ ...numbers, inbound: 'incoming' })).facts).toMatchObject({
      direction: 'inbound',
      customer_number: '+12025550110',
    });
    expect(eventOf(source, JSON.stringify(numbers)).facts).toEqual({
      from_number: '+12025550110',
      to_number: '+12025550143',
    });
  });

  test('own numbers are never the customer', () => {
    const fields = { customer_number: 'a', business_number: 'b' };
    const source = reading({ own_numbers: ['(202) 555-0110'], default_country: 'US', fields });
    expect(eventOf(source, '{"id":1,"a":"+12025550110","b":"+12025550143"}').facts).toEqual({
      customer_number: '+12025550143',
      business_number: '+12025550110',
    });
    expect(eventOf(source, '{"id":1,"a":"+12025550110"}').facts).toEqual({ business_number: '+12025550110' });
  });
});

describe('events', () => {
  test('named by a header where the body names none', () => {
    const source = reading({ event: { header: 'X-Event', map: { Done: 'call.ended' } } });
    expect(eventOf(source, '{"id":"c1"}', [['x-event', 'done']])).toMatchObject({
      type: 'call.ended',
      providerEvent: 'done',
      semanticKey: 'c1:done',
    });
    expect(source.keptHeaders).toEqual(['content-type', 'x-event']);
    expect(source.sign(Buffer.from('{}'), { nowMs: NOW_MS, event: 'Done' }).headers).toMatchObject({
      'x-event': 'Done',
    });
  });

  test('unknown ones are kept, with a note', () => {
    const source = reading({ event: { path: 'e', map: { done: 'call.ended' } } });
    expect(eventOf(source, '{"id":"c1","e":"speech-update"}')).toMatchObject({
      type: 'unknown',
      callId: 'c1',
      facts: {},
      notes: ['the event "speech-update" is not known here: kept, not synced'],
    });
    expect(eventOf(source, '{"id":"c1"}').notes).toEqual(['the body names no event: kept, not synced']);
    expect(eventOf(source, '{"e":"done"}')).toMatchObject({
      type: 'call.ended',
      callId: null,
      notes: ['the body carries no call id: kept, not synced'],
    });
  });

  test('ids are text, and what cannot be an id is none', () => {
    const source = reading({});
    expect(eventOf(source, '{"id":9007199254740993}').callId).toBe('9007199254740993');
    expect(eventOf(source, '{"id":5635304278851584}').callId).toBe('5635304278851584');
    for (const id of ['""', 'null', '{}', '[1]', 'true', '"a\\u0000b"', '"\\ud800"', `"${'x'.repeat(257)}"`]) {
      expect(eventOf(source, `{"id":${id}}`).callId).toBeNull();
    }
  });

  test('receipt keys from headers and parts', () => {
    const source = reading({ receipt_key: { join: [{ header: 'I-Twilio-Idempotency-Token' }, 'seq'] } });
    expect(eventOf(source, '{"id":1,"seq":3}', [['i-twilio-idempotency-token', 'abc']]).receiptKey).toBe('abc:3');
    expect(eventOf(source, '{"id":1,"seq":3}').receiptKey).toMatch(/^[0-9a-f]{64}$/);
    expect(source.keptHeaders).toContain('i-twilio-idempotency-token');
    const byId = reading({ receipt_key: 'delivery' });
    expect(eventOf(byId, JSON.stringify({ delivery: 'x'.repeat(5000) })).receiptKey).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('mistakes are found when the configuration is read', () => {
  const base = { platform: 'custom', token: TOKEN, event: { path: 'e' }, call_id: 'id', fields: {} };

  test.each([
    [{ fields: { sumary: 'x' } }, 'fields.sumary: "sumary" is not a field of a call. Did you mean "summary"?'],
    [{ fields: { 'agents.id': 'x' } }, 'fields.agents.id: "agents.id" is not a field of a call.'],
    [{ fields: { summary: 'a..b' } }, 'fields.summary: "a..b" is not a path.'],
    [{ fields: { summary: ['ok', 'a[x'] } }, 'fields.summary: "a[x" is not a path.'],
    [{ fields: { summary: '{{ bod.x }}' } }, 'fields.summary: "{{ bod.x }}"'],
    [{ fields: { summary: '{{ body.x' } }, 'fields.summary: "{{ body.x"'],
    [{ call_id: '' }, 'call_id: '],
    [{ event: {} }, 'event: names no event: give path, header or default.'],
    [{ event: { path: 'e', map: { a: 'call.finished' } } }, 'event.map.a: '],
    [{ secrets: ['x'] }, 'secrets: nothing says what they sign.'],
    [{ signature: { header: 'X-Sig' } }, ': describes how requests are signed, but has no secrets.'],
    [{ secrets: ['x'], jwt_body: true, body_token: 't' }, 'body_token: Only one of signature, jwt_body and body_token'],
    [
      { secrets: ['x'], signature: { header: 'X-Sig', signed: '{boddy}' } },
      'signature.signed: "{boddy}" is not known here.',
    ],
    [
      { secrets: ['x'], signature: { header: 'X-Sig', signed: 'body' } },
      'signature.signed: "body" signs nothing of the request.',
    ],
    [
      { secrets: ['x'], signature: { header: 'X-Sig', signed: '{timestamp}{body}' } },
      'signature: signs {timestamp}: say where it stands',
    ],
    [{ secrets: ['x'], signature: { header: 'X-Sig', timestamp: {} } }, 'signature: timestamp names no header'],
    [
      { secrets: ['x'], signature: { header: 'X-Sig', signed: '{id}{body}' } },
      'signature: signs {id}: name its header',
    ],
    [
      { secrets: ['x'], signature: { header: 'X-Sig', signed: '{url}' } },
      'signature: signs {url}: give the public URL',
    ],
    [{ fields: { started_at: { path: 'x', zone: 'Berlin' } } }, 'fields.started_at.zone: is not a time zone'],
  ])('%j', (mistake, problem) => {
    expect(sourceProblems({ ...base, ...mistake })).toEqual([expect.stringContaining(problem)]);
  });

  test('without a key of its own a delivery is known by its bytes, behind the time that stands in them', () => {
    const source = reading({ timestamp: 'at' });
    expect(eventOf(source, '{"id":1,"at":"2026-11-20T12:00:00+01:00"}').receiptKey).toMatch(
      /^2026-11-20T12:00:00\+01:00:[0-9a-f]{64}$/,
    );
    expect(eventOf(source, '{"id":1,"at":1763640000123}').receiptKey).toMatch(/^1763640000123:[0-9a-f]{64}$/);
    for (const at of ['null', '{}', '"a\\u0000b"', '"\\ud800"', `"${'9'.repeat(41)}"`, '""']) {
      expect(eventOf(source, `{"id":1,"at":${at}}`).receiptKey).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});
