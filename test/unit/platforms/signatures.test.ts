import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { SourceAdapter } from '../../../src/platforms/platform.ts';
import { CUSTOM_SOURCES } from '../../support/custom-sources.ts';
import { fixture, NOW_MS, platformSource, SECRET, unverified, verdict } from '../../support/platform-source.ts';
import { SAMPLE_HEADERS } from '../../support/sample-signatures.ts';

const SAMPLES = Object.entries(SAMPLE_HEADERS);

function sourceOf(sample: string): SourceAdapter {
  const platform = sample.split('/')[0] ?? '';
  return platformSource(CUSTOM_SOURCES[platform] ?? { platform, secrets: [SECRET] });
}

function flipped(body: Buffer, at: number): Buffer {
  const copy = Buffer.from(body);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe.each(SAMPLES)('%s', (sample, headers) => {
  const adapter = sourceOf(sample);
  const body = fixture(sample);

  test('verifies as sent', () => {
    expect(verdict(adapter.verify(unverified(body, headers), NOW_MS))).toBe('secret 1');
  });

  test('one flipped bit of what is signed is refused', () => {
    // Synthflow signs the call id alone: trap 12.
    const at = sample.startsWith('synthflow') ? body.indexOf('b8f0c6de') : Math.floor(body.length / 2);
    expect(verdict(adapter.verify(unverified(flipped(body, at), headers), NOW_MS))).toMatch(/^refused: /);
  });

  test('every header that proves something is needed', () => {
    const [name = ''] = Object.entries(headers).findLast(([key]) => /signature$|ed25519$/i.test(key)) ?? [];
    const { [name]: _taken, ...rest } = headers;
    expect(verdict(adapter.verify(unverified(body, rest), NOW_MS))).toBe('refused: signature_missing');
  });
});

describe('any flipped bit of any signed body is refused', () => {
  test.each(['callab/call_ended.json', 'retell/call_ended.json', 'telnyx/call.hangup.json', 'callrail/post_call.json'])(
    '%s',
    (sample) => {
      const adapter = sourceOf(sample);
      const body = fixture(sample);
      fc.assert(
        fc.property(fc.nat(body.length - 1), (at) => {
          expect(verdict(adapter.verify(unverified(flipped(body, at), SAMPLE_HEADERS[sample]), NOW_MS))).toBe(
            'refused: signature_mismatch',
          );
        }),
        { numRuns: 50 },
      );
    },
  );
});

describe('vectors published by others', () => {
  test('Retell (retell-typescript-sdk tests/webhook-auth.test.ts)', () => {
    const adapter = platformSource({ ...CUSTOM_SOURCES['retell'], secrets: ['test-api-key'] });
    const headers = {
      'x-retell-signature': 'v=1700000000000,d=07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e',
    };
    expect(verdict(adapter.verify(unverified('{"event":"call_ended"}', headers), 1_700_000_000_000))).toBe('secret 1');
  });

  test('Standard Webhooks (libraries/javascript/src/webhook.test.ts), also under its svix names', () => {
    const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
    const body = '{"test": 2432232314}';
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const adapter = platformSource({ ...CUSTOM_SOURCES['standard-webhooks'], secrets });
    expect(verdict(adapter.verify(unverified(body, headers), 1_614_265_330_000))).toBe('secret 1');
  });
});

describe('sign writes what verify accepts, and what the platform would send', () => {
  test.each(SAMPLES.filter(([sample]) => !/^(?:telnyx|standard|synthflow|twilio)/.test(sample)))(
    '%s',
    (sample, headers) => {
      const signed = sourceOf(sample).sign(fixture(sample), { nowMs: NOW_MS });
      const { 'x-vapi-secret': _other, ...expected } = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      expect(signed).toMatchObject({ headers: expected, path: '', body: fixture(sample) });
    },
  );

  test.each(['synthflow/post_call.json', 'twilio/status.busy.txt', 'standard-webhooks/call.completed.json'])(
    '%s',
    (sample) => {
      const adapter = sourceOf(sample);
      const { headers, body } = adapter.sign(fixture(sample), { nowMs: NOW_MS });
      expect(verdict(adapter.verify(unverified(body, headers), NOW_MS))).toBe('secret 1');
    },
  );

  test('an Ed25519 source cannot: it holds only the public key', () => {
    expect(() => sourceOf('telnyx/call.hangup.json').sign(Buffer.from('{}'), { nowMs: NOW_MS })).toThrow(
      'only the public key',
    );
  });

  test('token and static auth are added', () => {
    const token = 'a-token-of-22-letters-at-least';
    const adapter = platformSource({
      platform: 'callscaler',
      token,
      auth: { type: 'basic', username: 'me', password: 'pass' },
    });
    const { headers, path, body } = adapter.sign(fixture('callscaler/in_call.form.txt'), { nowMs: NOW_MS });
    expect({ headers, path }).toEqual({
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic bWU6cGFzcw==' },
      path: `/${token}`,
    });
    expect(verdict(adapter.verify(unverified(body, headers, { pathToken: token }), NOW_MS))).toBe('path token, basic');
  });

  test('the event can be said', () => {
    const adapter = platformSource({ platform: 'callttone', secrets: [SECRET] });
    expect(adapter.sign(Buffer.from('{}'), { nowMs: NOW_MS, event: 'call.ended' }).headers).toMatchObject({
      'x-webhook-event': 'call.ended',
    });
  });
});
