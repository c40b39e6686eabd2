import { createHmac } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { SourceAdapter, UnverifiedRequest } from '../../../src/platforms/platform.ts';
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

function hmac(body: Buffer | string, secret = SECRET, algorithm = 'sha256'): Buffer {
  return createHmac(algorithm, secret).update(body).digest();
}

function callabHeaders(body: Buffer | string, secret = SECRET): Record<string, string> {
  return { 'X-Callab-Signature': hmac(body, secret).toString('hex') };
}

/** A source whose requests are signed as given, and nothing else matters. */
function signedSource(signature: Record<string, unknown>, secrets: readonly unknown[] = [SECRET]): SourceAdapter {
  return platformSource({
    platform: 'custom',
    event: { default: 'call.updated' },
    call_id: 'id',
    fields: {},
    secrets,
    signature,
  });
}

function check(adapter: SourceAdapter, request: UnverifiedRequest, nowMs = NOW_MS): string {
  return verdict(adapter.verify(request, nowMs));
}

describe('trap 1: hash over re-serialised JSON', () => {
  const body = fixture('_traps/reserialized.json');
  const overRaw = { 'x-callab-signature': 'b6cae03fcb2083c62b83ac633241c2bc36f40c347513fd8b887aa92167681331' };
  const overAgain = { 'x-callab-signature': '0b0aa27d1a0de55189077d36ec45d9f1abcf7f7e66c43177578ad846440aa436' };

  test('the received bytes count', () => {
    expect(check(platformSource(CALLAB), unverified(body, overRaw))).toBe('secret 1');
    expect(check(platformSource(CALLAB), unverified(body, overAgain))).toBe('refused: signature_mismatch');
  });

  test('with reserialized: true both pass, and what was hashed is what goes on', () => {
    const adapter = platformSource({ ...CALLAB, reserialized: true });
    expect(check(adapter, unverified(body, overRaw))).toBe('secret 1');
    const verification = adapter.verify(unverified(body, overAgain), NOW_MS);
    expect(verification).toMatchObject({
      kind: 'verified',
      request: {
        body: Buffer.from(JSON.stringify(JSON.parse(body.toString()))),
        notes: ['the signature covers the re-serialised body, not the bytes sent'],
      },
    });
  });

  test('what cannot be parsed cannot be re-serialised either', () => {
    const adapter = platformSource({ ...CALLAB, reserialized: true });
    for (const broken of ['{"a":', '['.repeat(100_000), '\u{ff}']) {
      expect(check(adapter, unverified(broken, overAgain))).toBe('refused: signature_mismatch');
    }
  });
});

test('trap 2: a BOM and invalid UTF-8 are hashed as they came', () => {
  const adapter = platformSource({ platform: 'callttone', secrets: [SECRET] });
  const bom = { 'x-webhook-signature': 'e07279b32a7ba0c5dc4d31e34bd44a6773dc3ff8aaac3412a5d895cf3c899584' };
  expect(check(adapter, unverified(fixture('_traps/bom.json'), bom))).toBe('secret 1');
  const invalid = Buffer.from([0x7b, 0xff, 0x7d]);
  expect(check(adapter, unverified(invalid, { 'x-webhook-signature': hmac(invalid).toString('hex') }))).toBe(
    'secret 1',
  );
  expect(eventOf(adapter, invalid)).toMatchObject({
    type: 'unknown',
    callId: null,
    notes: ['the body could not be read: it is not valid UTF-8'],
  });
});

describe('trap 3: hex and base64', () => {
  const body = '{}';
  const hex = hmac(body).toString('hex');
  const base64 = hmac(body).toString('base64');
  const hexSource = signedSource({ header: 'X-Sig' });
  const base64Source = signedSource({ header: 'X-Sig', encoding: 'base64' });

  test('hex in either case', () => {
    expect(check(hexSource, unverified(body, { 'x-sig': hex.toUpperCase() }))).toBe('secret 1');
  });

  test.each([
    `${hex.slice(0, 62)}zz`,
    hex.slice(0, 62),
    `${hex}00`,
    ` ${hex.slice(1)}`,
    base64,
    '',
    '0x'.padEnd(64, '0'),
  ])('%p is no hex digest', (value) => {
    expect(check(hexSource, unverified(body, { 'x-sig': value }))).toBe('refused: signature_malformed');
  });

  test('base64 as written by everybody', () => {
    expect(check(base64Source, unverified(body, { 'x-sig': base64 }))).toBe('secret 1');
  });

  test.each([
    base64.replace('=', ''),
    `${base64}=`,
    base64.replaceAll('/', '_').replaceAll('+', '-').replace('=', ''),
    `${base64.slice(0, 10)}\n${base64.slice(10)}`,
    hex,
  ])('%p is no base64 digest', (value) => {
    expect(check(base64Source, unverified(body, { 'x-sig': value }))).toBe('refused: signature_malformed');
  });

  test('base64 whose unused bits differ does not round-trip', () => {
    const last = base64.at(-2) ?? '';
    const other = String.fromCharCode(last.charCodeAt(0) + 1);
    const value = `${base64.slice(0, -2)}${other}=`;
    if (Buffer.from(value, 'base64').equals(hmac(body))) {
      expect(check(base64Source, unverified(body, { 'x-sig': value }))).toBe('refused: signature_malformed');
    }
  });
});

describe('trap 4: prefixes and structured headers', () => {
  const body = fixture('elevenlabs/post_call_transcription.json');
  const adapter = platformSource(CUSTOM_SOURCES['elevenlabs']);
  const digest = hmac(`1795176000.${body.toString()}`).toString('hex');

  test.each([
    ['any order', `v0=${digest},t=1795176000`],
    ['spaces after commas', `t=1795176000, v0=${digest}`],
    ['unknown schemes beside it', `t=1795176000,v1=abc,v0=${digest}`],
  ])('%s', (_name, value) => {
    expect(check(adapter, unverified(body, { 'ElevenLabs-Signature': value }))).toBe('secret 1');
  });

  test.each([
    ['two times', `t=1795176000,t=1795176000,v0=${digest}`],
    ['two digests', `t=1795176000,v0=${digest},v0=${digest}`],
    ['no digest', 't=1795176000'],
    ['a bare digest', digest],
    ['only an unknown scheme', `t=1795176000,v1=${digest}`],
  ])('%s: refused', (_name, value) => {
    expect(check(adapter, unverified(body, { 'ElevenLabs-Signature': value }))).toBe('refused: signature_malformed');
  });

  test('where a prefix is specified a bare digest does not pass', () => {
    const atoms = platformSource({ platform: 'atoms', secrets: [SECRET], signature: 'X-Atoms-Signature' });
    const hex = hmac('{}').toString('hex');
    expect(check(atoms, unverified('{}', { 'X-Atoms-Signature': `sha256=${hex}` }))).toBe('secret 1');
    expect(check(atoms, unverified('{}', { 'X-Atoms-Signature': hex }))).toBe('refused: signature_malformed');
    expect(check(atoms, unverified('{}', { 'X-Atoms-Signature': `sha1=${hex}` }))).toBe('refused: signature_malformed');
    expect(check(atoms, unverified('{}', { 'X-Signature': hex }))).toBe('refused: signature_missing');
  });

  test('a versioned list needs one entry that fits', () => {
    const source = platformSource(CUSTOM_SOURCES['standard-webhooks']);
    const sample = fixture('standard-webhooks/call.completed.json');
    const headers = SAMPLE_HEADERS['standard-webhooks/call.completed.json'] ?? {};
    const [old = '', current = ''] = (headers['webhook-signature'] ?? '').split(' ');
    expect(check(source, unverified(sample, { ...headers, 'webhook-signature': `v1a,abc ${current} v2,x` }))).toBe(
      'secret 1',
    );
    expect(check(source, unverified(sample, { ...headers, 'webhook-signature': old }))).toBe(
      'refused: signature_mismatch',
    );
    expect(check(source, unverified(sample, { ...headers, 'webhook-signature': current.replace('v1,', 'v2,') }))).toBe(
      'refused: signature_malformed',
    );
  });
});

describe('trap 5: what a secret is, is said and not guessed', () => {
  test('whsec_ is part of the key at CalltTone', () => {
    const adapter = platformSource({ platform: 'callttone', secrets: ['whsec_aG9va2xpbmU='] });
    expect(
      check(adapter, unverified('{}', { 'x-webhook-signature': hmac('{}', 'whsec_aG9va2xpbmU=').toString('hex') })),
    ).toBe('secret 1');
    expect(check(adapter, unverified('{}', { 'x-webhook-signature': hmac('{}', 'hookline').toString('hex') }))).toBe(
      'refused: signature_mismatch',
    );
  });

  test('and base64 where the source says so', () => {
    const adapter = signedSource({ header: 'X-Sig', secret: 'whsec' }, ['whsec_aG9va2xpbmU=']);
    expect(check(adapter, unverified('{}', { 'x-sig': hmac('{}', 'hookline').toString('hex') }))).toBe('secret 1');
  });

  test('surrounding whitespace is cut off once', () => {
    expect(
      check(platformSource({ platform: 'callab', secrets: [` ${SECRET}\n`] }), unverified('{}', callabHeaders('{}'))),
    ).toBe('secret 1');
  });

  test('bad and empty secrets are refused when the configuration is read, without repeating them', () => {
    expect(sourceProblems({ platform: 'callab', secrets: ['  '] })).toEqual([
      'secrets.0: is empty. An empty secret would let everybody in.',
    ]);
    const custom = { ...CUSTOM_SOURCES['standard-webhooks'], secrets: ['whsec_***'] };
    expect(sourceProblems(custom)).toEqual(['secrets.0: this secret must be base64 after "whsec_".']);
    expect(sourceProblems({ ...custom, secrets: ['aGk='] })).toEqual([
      'secrets.0: this secret must begin with "whsec_".',
    ]);
    expect(sourceProblems({ ...CUSTOM_SOURCES['telnyx'], secrets: ['aGk='] })).toEqual([
      'secrets.0: this secret must be an Ed25519 public key: 32 bytes as base64.',
    ]);
  });
});

describe('trap 6: comparison', () => {
  test('missing, short, long and foreign signatures are refused and never throw', () => {
    const adapter = platformSource(CALLAB);
    expect(check(adapter, unverified('{}'))).toBe('refused: signature_missing');
    expect(check(adapter, unverified('{}', { 'x-callab-signature': 'ab' }))).toBe('refused: signature_malformed');
    expect(check(adapter, unverified('{}', { 'x-callab-signature': 'ab'.repeat(64) }))).toBe(
      'refused: signature_malformed',
    );
    expect(check(adapter, unverified('{}', callabHeaders('{ }')))).toBe('refused: signature_mismatch');
  });
});

describe('trap 7: rotation', () => {
  const secrets = ['new-secret', { value: 'old-secret', expires_at: '2026-11-20T12:00:00Z' }];
  const adapter = platformSource({ platform: 'callab', secrets });

  test('any secret passes, and the record says which', () => {
    expect(check(adapter, unverified('{}', callabHeaders('{}', 'new-secret')))).toBe('secret 1');
    expect(check(adapter, unverified('{}', callabHeaders('{}', 'old-secret')), NOW_MS - 1)).toBe('secret 2');
  });

  test('an expired one does not', () => {
    expect(check(adapter, unverified('{}', callabHeaders('{}', 'old-secret')))).toBe('refused: signature_mismatch');
    const allExpired = platformSource({ platform: 'callab', secrets: secrets.slice(1) });
    expect(check(allExpired, unverified('{}', callabHeaders('{}', 'old-secret')))).toBe('refused: secrets_expired');
  });

  test('an expiry that is no time is a config error', () => {
    expect(sourceProblems({ platform: 'callab', secrets: [{ value: 'x', expires_at: 'soon' }] })).toEqual([
      expect.stringContaining('"soon" is not a time'),
    ]);
  });
});

describe('trap 8: a timestamp nobody signed is no replay protection', () => {
  const sample = 'callttone/call.ended.json';
  const headers = SAMPLE_HEADERS[sample] ?? {};

  test('it is not looked at', () => {
    const adapter = platformSource({ platform: 'callttone', secrets: [SECRET] });
    expect(check(adapter, unverified(fixture(sample), { ...headers, 'X-Webhook-Timestamp': '1' }))).toBe('secret 1');
  });

  test('unless the operator wants grossly old ones refused', () => {
    const adapter = platformSource({ platform: 'callttone', secrets: [SECRET], tolerance_s: 3600 });
    expect(check(adapter, unverified(fixture(sample), headers))).toBe('secret 1');
    expect(check(adapter, unverified(fixture(sample), headers), NOW_MS + 3_600_001)).toBe('refused: timestamp_too_old');
  });
});

describe('trap 9: units of timestamps', () => {
  const vapi = platformSource(CUSTOM_SOURCES['vapi']);
  const withTime = (timestamp: string) => ({
    'x-timestamp': timestamp,
    'x-signature': hmac(`${timestamp}.{}`).toString('hex'),
  });

  test.each(['1795176000', '1795176000000'])('auto reads %s', (timestamp) => {
    expect(check(vapi, unverified('{}', withTime(timestamp)))).toBe('secret 1');
  });

  test('the header text is signed verbatim', () => {
    expect(check(vapi, unverified('{}', withTime('01795176000')))).toBe('secret 1');
  });

  test.each(['+1795176000', '-1', '1.795176e9', '1795176000.0', '1795176000 0', '9'.repeat(30), '', '٣'])(
    '%p is malformed',
    (timestamp) => {
      expect(check(vapi, unverified('{}', withTime(timestamp)))).toBe('refused: timestamp_malformed');
    },
  );

  test('milliseconds where seconds are meant are far in the future', () => {
    const seconds = signedSource({
      header: 'x-signature',
      signed: '{timestamp}.{body}',
      timestamp: { header: 'x-timestamp', unit: 's' },
    });
    expect(check(seconds, unverified('{}', withTime('1795176000000')))).toBe('refused: timestamp_in_future');
  });
});

describe('trap 10: tolerance on both sides, limits included', () => {
  const sample = 'elevenlabs/post_call_audio.json';
  const request = unverified(fixture(sample), SAMPLE_HEADERS[sample]);
  const adapter = platformSource(CUSTOM_SOURCES['elevenlabs']);

  test.each([
    [1_800_000, 'secret 1'],
    [1_800_001, 'refused: timestamp_too_old'],
    [-300_000, 'secret 1'],
    [-300_001, 'refused: timestamp_in_future'],
  ])('%d ms later: %s', (later, expected) => {
    expect(check(adapter, request, NOW_MS + later)).toBe(expected);
  });
});

test('trap 11: the order of what is signed is part of the scheme', () => {
  const sample = fixture('retell/call_ended.json');
  const headers = SAMPLE_HEADERS['retell/call_ended.json'] ?? {};
  const retell = CUSTOM_SOURCES['retell'] ?? {};
  expect(check(platformSource(retell), unverified(sample, headers))).toBe('secret 1');
  for (const signed of ['{timestamp}{body}', '{body}.{timestamp}', '{body}']) {
    const other = platformSource({ ...retell, signature: { ...(retell['signature'] as object), signed } });
    expect(check(other, unverified(sample, headers))).toBe('refused: signature_mismatch');
  }
});
