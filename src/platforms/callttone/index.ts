import { z } from 'zod';

import type { PlatformDefinition } from '../definition.ts';
import type { Description } from '../mapping/description.ts';
import type { Refine } from '../mapping/translate.ts';
import { SECRETS_KEY, SOURCE_KEYS } from '../source-keys.ts';
import { PLAIN_HMAC, type SignatureScheme } from '../verify/scheme.ts';
import { CALLTONE, VOXFORGE } from './documented-generations.ts';

const schema = z.strictObject({
  platform: z.literal('callttone'),
  ...SOURCE_KEYS,
  ...SECRETS_KEY,
  generation: z
    .enum(['wire', 'voxforge', 'calltone'])
    .default('wire')
    .describe('Which of its three contradicting descriptions holds; `wire` is what its code sends.'),
  tolerance_s: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'Refuse deliveries whose X-Webhook-Timestamp is further away. It is not signed: this is no replay protection.',
    ),
});

/**
 * CalltTone. Only the body is signed, neither the timestamp nor the event header, with the whole secret text including
 * `whsec_`. Source: FEC-SaaS/AI-Voice-Assistant (integration.service.ts), reference/providers.md 1.2 and 3.4.
 */
export const callttone: PlatformDefinition<z.output<typeof schema>> & { readonly schema: typeof schema } = {
  name: 'callttone',
  schema,
  create: ({ generation, tolerance_s: toleranceS }) => {
    if (generation !== 'wire') return generation === 'voxforge' ? VOXFORGE : CALLTONE;
    return { secretUse: { kind: 'signature', scheme: wireScheme(toleranceS ?? null) }, description: WIRE, refine };
  },
};

function wireScheme(toleranceS: number | null): SignatureScheme {
  return {
    ...PLAIN_HMAC,
    headers: ['x-webhook-signature'],
    timestamp: { header: 'x-webhook-timestamp', unit: 's', pastS: toleranceS, futureS: toleranceS },
  };
}

const WIRE: Description = {
  event: {
    path: 'event',
    header: 'X-Webhook-Event',
    map: {
      'call.started': 'call.started',
      'call.ended': 'call.ended',
      'call.failed': 'call.ended',
      'transcript.ready': 'call.transcript_ready',
      'analysis.complete': 'call.analyzed',
      'webhook.test': 'source.test',
    },
    status: { 'call.failed': 'failed' },
  },
  call_id: 'callId',
  receipt_key: { join: [{ header: 'X-Webhook-Event' }, { body_hash: true }] },
  timestamp: ['startedAt', 'endedAt', 'timestamp'],
  // Both are the moment of sending.
  approximate: ['started_at', 'ended_at'],
  // Its `callId` is the platform's own database id, all other events carry the voice provider's.
  orphans: ['analysis.complete'],
  analysis_follows: true,
  fields: {
    status: 'status',
    direction: 'direction',
    // Always the customer's and always the platform's own, whatever the direction.
    customer_number: 'fromNumber',
    business_number: 'toNumber',
    started_at: 'startedAt',
    ended_at: 'endedAt',
    duration_s: 'durationSeconds',
    transcript: 'transcript',
    summary: 'summary',
    sentiment: 'sentiment',
    score: 'leadScore',
    'outcomes.keyPoints': 'keyPoints',
    'outcomes.actionItems': 'actionItems',
    'agent.name': 'agentName',
    provider_related_ids: { path: 'callId', on: ['call.analyzed'] },
  },
};

/** The sender cuts transcripts here (integration.service.ts). */
const MAX_TRANSCRIPT_LENGTH = 10_000;

const refine: Refine = (draft) => {
  const transcript = draft['transcript'];
  if (typeof transcript === 'string' && transcript.length >= MAX_TRANSCRIPT_LENGTH)
    draft['transcript_truncated'] = true;
  return [];
};
