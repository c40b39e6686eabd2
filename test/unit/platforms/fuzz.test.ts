import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { EVENT_RANK } from '../../../src/domain/event.ts';
import type { HeaderLines, SourceAdapter } from '../../../src/platforms/platform.ts';
import { readBody } from '../../../src/platforms/read-body.ts';
import { CUSTOM_SOURCES } from '../../support/custom-sources.ts';
import { NOW_MS, platformSource, SECRET } from '../../support/platform-source.ts';

const AIRCALL = {
  platform: 'custom',
  event: { path: 'event' },
  call_id: 'data.id',
  fields: {},
  secrets: [SECRET],
  body_token: 'token',
};
const DIALPAD = {
  platform: 'custom',
  event: { path: 'state' },
  call_id: 'call_id',
  fields: {},
  secrets: [SECRET],
  jwt_body: true,
};
const SOURCES: readonly (readonly [string, SourceAdapter])[] = [
  ...['callttone', 'atoms'].map((platform) => [platform, platformSource({ platform, secrets: [SECRET] })] as const),
  ['callab', platformSource({ platform: 'callab', secrets: [SECRET], reserialized: true, default_country: 'US' })],
  ['callscaler', platformSource({ platform: 'callscaler', auth: { type: 'basic', username: 'a', password: 'b' } })],
  ...Object.entries(CUSTOM_SOURCES).map(([name, config]) => [name, platformSource(config)] as const),
  ['aircall', platformSource(AIRCALL)],
  ['dialpad', platformSource(DIALPAD)],
];

/** Words the adapters know, so that bodies get past the first look. */
const WORDS = [
  'event trigger metadata eventType callId call_id call id data contact phone status transcript variables callData outcomes',
  'analytics dispositionMetrics identifier value token constructor toString __proto__ duration timestamp voicemail inbound',
  `call_ended call.ended call.completed post-conversation analysis.complete ${SECRET} +12025550143 2026-11-20T11:58:02Z`,
].flatMap((line) => line.split(' '));
const word = fc.constantFrom(...WORDS);
const leaf = fc.oneof(word, fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 8 }),
  ),
})).value;
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  json.map((value) => Buffer.from(JSON.stringify(value))),
  fc.dictionary(word, fc.string()).map((form) => Buffer.from(new URLSearchParams(form).toString())),
);
const HEADERS = [
  'x-callab-signature X-Webhook-Signature x-webhook-event x-signature x-timestamp authorization content-type signature',
  'x-retell-signature elevenlabs-signature x-twilio-signature telnyx-signature-ed25519 telnyx-timestamp webhook-id',
  'webhook-signature webhook-timestamp',
].flatMap((line) => line.split(' '));
const headerName = fc.constantFrom(...HEADERS);
const digest = fc.oneof(
  fc.string(),
  fc
    .uint8Array({ minLength: 32, maxLength: 64 })
    .chain((bytes) =>
      fc.constantFrom('hex', 'base64').map((encoding) => Buffer.from(bytes).toString(encoding as 'hex')),
    ),
);
const headerValue = fc.oneof(
  digest,
  digest.map((text) => `t=1795176000,v0=${text}`),
  digest.map((text) => `v=1795176000000,d=${text}`),
  digest.map((text) => `v1,${text} v1,${text}`),
  fc.constantFrom(
    '1795176000',
    '1795176000000',
    'application/x-www-form-urlencoded',
    'application/json',
    `Basic ${SECRET}`,
  ),
);
const headers: fc.Arbitrary<HeaderLines> = fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 });

describe.each(SOURCES)('%s', (_name, adapter) => {
  test('never throws, and lets no forged request in', () => {
    fc.assert(
      fc.property(body, headers, fc.option(fc.string()), (bytes, lines, pathToken) => {
        const request = {
          method: 'POST',
          url: '/webhooks/x?a=%',
          headers: lines,
          body: bytes,
          wireBody: bytes,
          pathToken,
        };
        const verification = adapter.verify(request, NOW_MS);
        // Only a body that holds the secret itself can prove anything here.
        if (!bytes.includes(SECRET)) expect(verification.kind).toBe('refused');
      }),
    );
  });

  test('makes a canonical event of anything, the same twice', () => {
    fc.assert(
      fc.property(body, headers, (bytes, lines) => {
        const context = { headers: lines, receivedAtMs: NOW_MS, bodyHash: 'hash' };
        const read = readBody(bytes, lines.find(([name]) => name === 'content-type')?.[1] ?? null);
        const event = adapter.parse(read, context);
        expect(event).toMatchObject(adapter.identify(read, context));
        expect(adapter.parse(read, context)).toEqual(event);
        expect(Object.keys(EVENT_RANK)).toContain(event.type);
        expect(event.receiptKey).not.toBe('');
        expect(Object.values(event.facts)).not.toContain(null);
        // Everything survives the ledger.
        expect(JSON.parse(JSON.stringify(event))).toEqual(event);
      }),
    );
  });
});
