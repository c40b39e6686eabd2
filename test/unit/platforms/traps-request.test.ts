import { createHash, createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { describe, expect, test } from '@jest/globals';

import type { HeaderLines, SourceAdapter, UnverifiedRequest } from '../../../src/platforms/platform.ts';
import { createSource, sourceConfigSchema } from '../../../src/platforms/source-config.ts';
import { CUSTOM_SOURCES } from '../../support/custom-sources.ts';
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

const CALLAB = { platform: 'callab', secrets: [SECRET] };
const TOKEN = 'a-token-of-22-letters-at-least';

function hmac(body: Buffer | string, secret = SECRET, algorithm = 'sha256'): Buffer {
  return createHmac(algorithm, secret).update(body).digest();
}

function callabHeaders(body: Buffer | string, secret = SECRET): Record<string, string> {
  return { 'X-Callab-Signature': hmac(body, secret).toString('hex') };
}

function check(adapter: SourceAdapter, request: UnverifiedRequest, nowMs = NOW_MS): string {
  return verdict(adapter.verify(request, nowMs));
}

describe('trap 12: a signature over a part of the body', () => {
  const adapter = platformSource(CUSTOM_SOURCES['synthflow']);
  const headers = SAMPLE_HEADERS['synthflow/post_call.json'];

  test('the rest is not protected, and status output says so', () => {
    const forged = fixture('synthflow/post_call.json').toString().replace('"duration":113', '"duration":999');
    expect(check(adapter, unverified(forged, headers))).toBe('secret 1');
    expect(adapter.authentication).toEqual([
      'HMAC-SHA256 synthflow-signature (authenticity only: the body is not covered)',
    ]);
  });

  test.each(['{}', '{"call":{"call_id":{"a":1}}}', 'not json', ''])('%p lacks what is signed', (body) => {
    expect(check(adapter, unverified(body, headers))).toBe('refused: signature_mismatch');
  });
});

describe('trap 13: the secret inside the body', () => {
  const aircall = platformSource({
    platform: 'custom',
    event: { path: 'event' },
    call_id: 'data.id',
    fields: {},
    secrets: ['other', SECRET],
    body_token: 'token',
  });

  test('a token in the body is compared, and blotted out of what is kept', () => {
    const verification = aircall.verify(unverified(fixture('aircall/call.ended.json')), NOW_MS);
    expect(verdict(verification)).toBe('secret 2');
    const kept = verification.kind === 'verified' ? verification.request.body.toString() : '';
    expect(kept).toBe(fixture('aircall/call.ended.json').toString().replace(SECRET, '[redacted]'));
  });

  test('an escaped token is blotted out too', () => {
    const verification = aircall.verify(unverified('\ufeff{"token":"whsec\\u005ftest_secret","a":1}'), NOW_MS);
    expect(verification.kind === 'verified' && verification.request.body.toString()).toBe(
      '{"token":"[redacted]","a":1}',
    );
  });

  test.each([
    ['{"token":"wrong"}', 'signature_mismatch'],
    ['{"token":["whsec_test_secret"]}', 'body_token_missing'],
    ['{}', 'body_token_missing'],
    ['token=whsec_test_secret', 'body_token_missing'],
  ])('%s: %s', (body, cause) => {
    expect(check(aircall, unverified(body))).toBe(`refused: ${cause}`);
  });

  const dialpad = platformSource({
    platform: 'custom',
    event: { path: 'state' },
    call_id: 'call_id',
    fields: {},
    secrets: [SECRET],
    jwt_body: true,
  });
  const jwt = fixture('dialpad/hangup.jwt.txt').toString();
  const [, claims = ''] = jwt.split('.');

  test('a JWT body is checked, kept as it came, and read as its claims', () => {
    const verification = dialpad.verify(unverified(jwt), NOW_MS);
    expect(verification).toMatchObject({ kind: 'verified', request: { body: Buffer.from(jwt), proof: 'secret 1' } });
    expect(eventOf(dialpad, jwt)).toMatchObject({ callId: '5635304278851584', providerEvent: 'hangup' });
    expect(dialpad.sign(fixture('dialpad/hangup.json'), { nowMs: NOW_MS }).body.toString()).toBe(jwt);
  });

  test.each(['none', 'HS384', 'RS256', 'hs256'])('the algorithm is pinned: %s is refused', (alg) => {
    const header = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
    const signature = hmac(`${header}.${claims}`).toString('base64url');
    expect(check(dialpad, unverified(`${header}.${claims}.${signature}`))).toBe('refused: jwt_algorithm');
    expect(check(dialpad, unverified(`${header}.${claims}.`))).toBe('refused: jwt_malformed');
  });

  test('a changed claim, plain JSON and an endless token are refused', () => {
    const forged = jwt.replace(claims, Buffer.from('{"call_id":1}').toString('base64url'));
    expect(check(dialpad, unverified(forged))).toBe('refused: signature_mismatch');
    expect(check(dialpad, unverified(fixture('dialpad/hangup.json')))).toBe('refused: jwt_malformed');
    expect(check(dialpad, unverified(`${'a'.repeat(2_000_000)}.b.c`))).toBe('refused: jwt_too_large');
  });
});

describe('trap 14: compressed bodies', () => {
  const body = fixture('callab/call_ended.json');
  const wireBody = gzipSync(body);
  const adapter = platformSource(CALLAB);

  test('the inflated bytes are tried first, then those on the wire', () => {
    expect(check(adapter, unverified(body, callabHeaders(body), { wireBody }))).toBe('secret 1');
    const overWire = adapter.verify(unverified(body, callabHeaders(wireBody), { wireBody }), NOW_MS);
    expect(overWire).toMatchObject({
      kind: 'verified',
      request: { body, notes: ['the signature covers the compressed body'] },
    });
    expect(check(adapter, unverified(body, callabHeaders('other'), { wireBody }))).toBe('refused: signature_mismatch');
  });
});

describe('trap 16: Twilio signs the decoded form', () => {
  const adapter = platformSource(CUSTOM_SOURCES['twilio']);
  const url = 'https://hooks.example.com/in/twilio';
  const sign = (text: string) => ({
    'x-twilio-signature': hmac(text, SECRET, 'sha1').toString('base64'),
    'content-type': 'application/x-www-form-urlencoded',
  });

  test.each([
    ['empty values stay', 'b=&a=1', 'a1b'],
    ['names sort by code unit, case counts', 'b=2&B=1&a=3', 'B1a3b2'],
    ['of a repeated name the unique values, sorted', 'a=2&a=1&a=2', 'a1a2'],
    ['values are decoded once and not trimmed', 'a=+x%2520y+', 'a x%20y '],
    ['unknown parameters are included', 'New=1&CallSid=CA1', 'CallSidCA1New1'],
  ])('%s', (_name, body, signed) => {
    expect(check(adapter, unverified(body, sign(url + signed)))).toBe('secret 1');
  });
});

describe('trap 17: the URL is part of what is signed', () => {
  const source = (url: string) =>
    platformSource({
      ...CUSTOM_SOURCES['twilio'],
      signature: { ...(CUSTOM_SOURCES['twilio']?.['signature'] as object), url },
    });
  const request = (signedUrl: string, received: string) =>
    unverified(
      'a=1',
      {
        'x-twilio-signature': hmac(`${signedUrl}a1`, SECRET, 'sha1').toString('base64'),
        'content-type': 'application/x-www-form-urlencoded',
        host: 'evil.example.com',
      },
      { url: received },
    );

  test.each([
    ['https://hooks.example.com/in', 'https://hooks.example.com/in', '/webhooks/t'],
    ['https://hooks.example.com/in', 'https://hooks.example.com:443/in', '/webhooks/t'],
    ['https://hooks.example.com:443/in', 'https://hooks.example.com/in', '/webhooks/t'],
    ['http://hooks.example.com/in', 'http://hooks.example.com:80/in', '/webhooks/t'],
    ['https://hooks.example.com/in', 'https://hooks.example.com/in?b=%20&a=1', '/webhooks/t?b=%20&a=1'],
    ['https://hooks.example.com/in#rc=2', 'https://hooks.example.com/in', '/webhooks/t'],
    ['https://hooks.example.com:8443/in', 'https://hooks.example.com:8443/in', '/webhooks/t'],
  ])('configured %s, signed %s, received %s', (configured, signedUrl, received) => {
    expect(check(source(configured), request(signedUrl, received))).toBe('secret 1');
  });

  test('neither the Host header nor another port or path counts', () => {
    const adapter = source('https://hooks.example.com/in');
    for (const signedUrl of [
      'https://evil.example.com/in',
      'https://hooks.example.com:8443/in',
      'https://hooks.example.com:80/in',
      'https://hooks.example.com/webhooks/t',
    ]) {
      expect(check(adapter, request(signedUrl, '/webhooks/t'))).toBe('refused: signature_mismatch');
    }
  });
});

describe('trap 18: Twilio JSON callbacks', () => {
  const adapter = platformSource(CUSTOM_SOURCES['twilio']);
  const body = '{"CallSid":"CA1"}';
  const digest = createHash('sha256').update(body).digest('hex');
  const request = (query: string, sent = body) => {
    const signature = hmac(`https://hooks.example.com/in/twilio${query}`, SECRET, 'sha1').toString('base64');
    return unverified(
      sent,
      { 'x-twilio-signature': signature, 'content-type': 'application/json' },
      { url: `/webhooks/twilio${query}` },
    );
  };

  test('the URL is signed and carries the digest of the body: both must hold', () => {
    expect(check(adapter, request(`?bodySHA256=${digest}`))).toBe('secret 1');
    expect(check(adapter, request(`?bodySHA256=${digest}`, '{"CallSid":"CA2"}'))).toBe('refused: body_digest_mismatch');
    expect(check(adapter, request(''))).toBe('refused: body_digest_missing');
    const forged = { ...request(`?bodySHA256=${digest}`), url: `/webhooks/twilio?bodySHA256=${digest}&x=1` };
    expect(check(adapter, forged)).toBe('refused: signature_mismatch');
  });
});

describe('trap 21: header look-up', () => {
  const body = '{}';
  const value = hmac(body).toString('hex');
  const adapter = platformSource(CALLAB);

  test.each(['X-CALLAB-SIGNATURE', 'x-callab-signature', 'X-Callab-Signature'])('%s', (name) => {
    expect(check(adapter, unverified(body, { [name]: value }))).toBe('secret 1');
  });

  test('a signature that occurs twice is invalid, even the same one, even joined', () => {
    const twice: HeaderLines = [
      ['X-Callab-Signature', value],
      ['x-callab-signature', value],
    ];
    expect(check(adapter, unverified(body, twice))).toBe('refused: signature_repeated');
    expect(check(adapter, unverified(body, { 'x-callab-signature': `${value}, ${value}` }))).toBe(
      'refused: signature_malformed',
    );
  });

  test('listed aliases pass, others do not', () => {
    const synthflow = platformSource(CUSTOM_SOURCES['synthflow']);
    const sample = fixture('synthflow/post_call.json');
    const signature = SAMPLE_HEADERS['synthflow/post_call.json']?.['Synthflow-Signature'] ?? '';
    for (const name of ['X-Synthflow-Signature', 'HTTP_SYNTHFLOW_SIGNATURE', 'http-synthflow-signature']) {
      expect(check(synthflow, unverified(sample, { [name]: signature }))).toBe('secret 1');
    }
    expect(check(synthflow, unverified(sample, { Signature: signature }))).toBe('refused: signature_missing');
    expect(
      check(synthflow, unverified(sample, { 'Synthflow-Signature': signature, HTTP_SYNTHFLOW_SIGNATURE: signature })),
    ).toBe('refused: signature_repeated');
  });

  test('a repeated timestamp or credential is invalid', () => {
    const headers = Object.entries(SAMPLE_HEADERS['vapi/status-update.json'] ?? {});
    const vapi = platformSource(CUSTOM_SOURCES['vapi']);
    expect(
      check(vapi, unverified(fixture('vapi/status-update.json'), [...headers, ['X-Timestamp', '1795176000000']])),
    ).toBe('refused: timestamp_repeated');
    const bearer = platformSource({ platform: 'callscaler', auth: { type: 'bearer', token: SECRET } });
    expect(
      check(
        bearer,
        unverified('{}', [
          ['Authorization', `Bearer ${SECRET}`],
          ['authorization', 'Bearer x'],
        ]),
      ),
    ).toBe('refused: auth_repeated');
  });
});

test('trap 22: the parser that is used is the one that was verified with: the last key wins', () => {
  const adapter = platformSource({ platform: 'callttone', secrets: [SECRET] });
  const body = fixture('_traps/duplicate_keys.json');
  const headers = { 'x-webhook-signature': '1c22aa84a0eebb498c2255f0b1b72769994697d5420f955d9022418765d5e4b8' };
  expect(check(adapter, unverified(body, headers))).toBe('secret 1');
  expect(eventOf(adapter, body).callId).toBe('B');
});

describe('trap 23: empty bodies and pings', () => {
  test('an empty body can be validly signed: it is a test', () => {
    const adapter = platformSource({ platform: 'callttone', secrets: [SECRET] });
    const headers = { 'x-webhook-signature': 'c6c175a074d482e2b94a0f8c5619f3abd861a511ec3ea7603b906811fd3d9d30' };
    expect(check(adapter, unverified(fixture('_traps/empty.txt'), headers))).toBe('secret 1');
    expect(eventOf(adapter, '')).toMatchObject({ type: 'source.test', callId: null, notes: [] });
  });

  test.each(['{"event":"test"}', '{"hello":"world"}', '[]', 'null', '42', '"ping"'])(
    '%s is kept and belongs to no call',
    (body) => {
      for (const platform of ['callab', 'callttone', 'atoms']) {
        expect(eventOf(platformSource({ platform, secrets: [SECRET] }), body)).toMatchObject({
          type: 'unknown',
          callId: null,
          facts: {},
        });
      }
    },
  );
});

describe('trap 24: no signature at all', () => {
  test('a source without any authentication is refused', () => {
    expect(sourceProblems({ platform: 'callscaler' })).toEqual([
      ': anybody could send to this source. Add token, auth or allow_ips, or, if that is meant, allow_unsigned: true.',
    ]);
    expect(sourceProblems({ platform: 'callab', allow_ips: [] })).toEqual([
      ': anybody could send to this source. Add secrets, token, auth or allow_ips, or, if that is meant, allow_unsigned: true.',
    ]);
  });

  test('and lets nobody in, should it run all the same', () => {
    const unchecked = createSource(sourceConfigSchema.parse({ platform: 'callscaler' }), [], []);
    expect(check(unchecked, unverified('{}'))).toBe('refused: no_authentication');
  });

  test('unless the operator wrote that anybody may send', () => {
    const unsigned = platformSource({ platform: 'callscaler', allow_unsigned: true });
    expect(check(unsigned, unverified('{}'))).toBe('unsigned (allowed)');
    expect(unsigned.authentication).toEqual(['NOTHING (allow_unsigned)']);
  });

  test('a path token of 128 bits is enough, a shorter one is an error', () => {
    const adapter = platformSource({ platform: 'callscaler', token: TOKEN });
    expect(check(adapter, unverified('{}', {}, { pathToken: TOKEN }))).toBe('path token');
    expect(check(adapter, unverified('{}', {}, { pathToken: `${TOKEN}x` }))).toBe('refused: path_token_mismatch');
    expect(check(adapter, unverified('{}'))).toBe('refused: path_token_missing');
    expect(sourceProblems({ platform: 'callscaler', token: 'short' })).toEqual([
      expect.stringMatching(/^token: must be at least 22/),
    ]);
  });

  test.each([
    [{ type: 'bearer', token: SECRET }, { authorization: `Bearer ${SECRET}` }, 'bearer token'],
    [{ type: 'bearer', token: SECRET }, { Authorization: `bearer  ${SECRET}` }, 'bearer token'],
    [{ type: 'header', name: 'X-API-Key', value: SECRET }, { 'x-api-key': SECRET }, 'header X-API-Key'],
    [
      { type: 'basic', username: 'ünï', password: 'pä:ss' },
      { authorization: `Basic ${Buffer.from('ünï:pä:ss').toString('base64')}` },
      'basic',
    ],
  ])('static auth %j', (auth, headers, proof) => {
    const adapter = platformSource({ platform: 'callscaler', auth });
    expect(check(adapter, unverified('{}', headers))).toBe(proof);
    expect(check(adapter, unverified('{}'))).toBe('refused: auth_missing');
    const [name = '', value = ''] = Object.entries(headers)[0] ?? [];
    expect(check(adapter, unverified('{}', { [name]: `${value}x` }))).toBe('refused: auth_mismatch');
    expect(check(adapter, unverified('{}', { [name]: '' }))).toMatch(/^refused: auth_/);
  });

  test('an address list counts as authentication; all that is configured has to hold', () => {
    expect(check(platformSource({ platform: 'callscaler', allow_ips: ['203.0.113.0/24'] }), unverified('{}'))).toBe(
      'address list',
    );
    const both = platformSource({ ...CALLAB, token: TOKEN });
    expect(check(both, unverified('{}', callabHeaders('{}'), { pathToken: TOKEN }))).toBe('secret 1, path token');
    expect(check(both, unverified('{}', callabHeaders('{}')))).toBe('refused: path_token_missing');
    expect(check(both, unverified('{}', {}, { pathToken: TOKEN }))).toBe('refused: signature_missing');
  });
});

test('trap 25: the event is named by the signed body, a header that disagrees is noted', () => {
  const adapter = platformSource({ platform: 'callttone', secrets: [SECRET] });
  const event = eventOf(adapter, fixture('callttone/call.ended.json'), [['X-Webhook-Event', 'call.started']]);
  expect(event).toMatchObject({
    type: 'call.ended',
    providerEvent: 'call.ended',
    notes: ['the header x-webhook-event says "call.started", the body says "call.ended": the body counts'],
  });
});

test('trap 26: a refusal is one stable word, without anything of the request or the secret', () => {
  const adapter = platformSource(CALLAB);
  const refusals = [
    unverified('{}'),
    unverified('{}', { 'x-callab-signature': SECRET }),
    unverified('{}', callabHeaders('x')),
  ].map((request) => adapter.verify(request, NOW_MS));
  for (const refusal of refusals) {
    expect(Object.keys(refusal)).toEqual(['kind', 'cause']);
    expect(refusal.kind === 'refused' && refusal.cause).toMatch(/^[a-z_]+$/);
  }
});
