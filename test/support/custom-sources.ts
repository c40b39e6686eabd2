import { SECRET } from './platform-source.ts';

function signed(
  signature: Readonly<Record<string, unknown>>,
  secrets: readonly string[] = [SECRET],
): Record<string, unknown> {
  return { platform: 'custom', event: { default: 'call.updated' }, call_id: 'id', fields: {}, secrets, signature };
}

/** The signature schemes of platforms that have no folder of their own, written as an operator would. */
export const CUSTOM_SOURCES: Readonly<Record<string, Record<string, unknown>>> = {
  vapi: signed({
    header: 'x-signature',
    signed: '{timestamp}.{body}',
    timestamp: { header: 'x-timestamp', unit: 'auto' },
  }),
  retell: signed({
    header: 'X-Retell-Signature',
    format: { pairs: { signature: 'd', timestamp: 'v' } },
    signed: '{body}{timestamp}',
    timestamp: { unit: 'ms' },
  }),
  elevenlabs: signed({
    header: 'ElevenLabs-Signature',
    format: { pairs: { signature: 'v0', timestamp: 't' } },
    signed: '{timestamp}.{body}',
    timestamp: { tolerance_s: 1800, future_tolerance_s: 300 },
  }),
  synthflow: signed({
    header: ['Synthflow-Signature', 'X-Synthflow-Signature', 'HTTP_SYNTHFLOW_SIGNATURE', 'HTTP-Synthflow-Signature'],
    encoding: 'base64',
    signed: '{json:call.call_id}',
  }),
  twilio: signed({
    header: 'X-Twilio-Signature',
    algorithm: 'sha1',
    encoding: 'base64',
    signed: '{url}{form}',
    url: 'https://hooks.example.com/in/twilio',
    body_sha256_query: true,
  }),
  callrail: signed({ header: 'Signature', algorithm: 'sha1', encoding: 'base64' }),
  telnyx: signed(
    {
      header: 'telnyx-signature-ed25519',
      algorithm: 'ed25519',
      encoding: 'base64',
      signed: '{timestamp}|{body}',
      timestamp: { header: 'telnyx-timestamp' },
    },
    ['g6YV3qDscT7BQqy1emHfBGTFTDHPCDl5/5xaBipNn78='],
  ),
  'standard-webhooks': signed(
    {
      header: ['webhook-signature', 'svix-signature'],
      format: { version: 'v1' },
      encoding: 'base64',
      secret: 'whsec',
      signed: '{id}.{timestamp}.{body}',
      id_header: 'webhook-id',
      timestamp: { header: 'webhook-timestamp' },
    },
    ['whsec_aG9va2xpbmUtc3RhbmRhcmQtd2ViaG9va3MtdGVzdCE='],
  ),
};
