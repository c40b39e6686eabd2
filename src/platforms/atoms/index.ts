import { z } from 'zod';

import type { PlatformDefinition } from '../definition.ts';
import type { Description } from '../mapping/description.ts';
import type { Refine } from '../mapping/translate.ts';
import { isObject } from '../read-body.ts';
import { SECRETS_KEY, SOURCE_KEYS } from '../source-keys.ts';
import { PLAIN_HMAC, type SignatureScheme } from '../verify/scheme.ts';

const schema = z.strictObject({
  platform: z.literal('atoms'),
  ...SOURCE_KEYS,
  ...SECRETS_KEY,
  signature: z
    .enum(['X-Signature', 'X-Atoms-Signature'])
    .default('X-Signature')
    .describe(
      'Which header is checked: a bare digest in X-Signature, or `sha256=…` in X-Atoms-Signature (older pages).',
    ),
});

const SCHEMES: Readonly<Record<'X-Signature' | 'X-Atoms-Signature', SignatureScheme>> = {
  'X-Signature': { ...PLAIN_HMAC, headers: ['x-signature'] },
  'X-Atoms-Signature': {
    ...PLAIN_HMAC,
    headers: ['x-atoms-signature'],
    format: { kind: 'prefixed', prefix: 'sha256=' },
  },
};

/**
 * Smallest.ai Atoms: what is on the wire (`pre-conversation`, …) and the flat payloads of its draft documentation
 * (`call.start`, …). Source: smallest-inc/smallest-ai-documentation, reference/providers.md 1.4 and 3.4.
 */
export const atoms: PlatformDefinition<z.output<typeof schema>> & { readonly schema: typeof schema } = {
  name: 'atoms',
  schema,
  create: ({ signature }) => ({
    secretUse: { kind: 'signature', scheme: SCHEMES[signature] },
    description: DESCRIPTION,
    refine,
  }),
};

const METRICS = {
  entries: ['metadata.analytics.dispositionMetrics', 'metadata.analytics.successMetrics'],
  key: 'identifier',
} as const;

const DESCRIPTION: Description = {
  event: {
    path: ['metadata.eventType', 'event'],
    map: {
      'pre-conversation': 'call.started',
      'post-conversation': 'call.ended',
      'analytics-completed': 'call.analyzed',
      'call.start': 'call.started',
      'call.end': 'call.ended',
      'analytics.completed': 'call.analyzed',
    },
    status: { 'call.end': 'completed' },
  },
  call_id: ['metadata.callId', 'call_id'],
  receipt_key: 'id',
  timestamp: 'timestamp',
  analysis_follows: true,
  fields: {
    status: 'metadata.callData.callStatus',
    direction: ['metadata.conversationType', 'metadata.callData.callDirection', 'call_direction', 'direction'],
    channel: 'metadata.conversationType',
    customer_number: 'caller_phone',
    business_number: 'agent_phone',
    from_number: ['metadata.fromPhone', 'metadata.callData.fromNumber'],
    to_number: ['metadata.toPhone', 'metadata.callData.toNumber'],
    started_at: { path: 'timestamp', on: ['call.started'] },
    answered_at: 'metadata.callData.answerTime',
    ended_at: ['metadata.callData.endTime', { path: 'timestamp', on: ['call.ended'] }],
    duration_s: ['metadata.callData.callDuration', 'duration_seconds'],
    recording_url: 'metadata.recordingUrl',
    transcript_turns: [
      { turns: 'metadata.transcript', speaker: 'role', text: 'content', at: 'timestamp' },
      { turns: 'transcript', speaker: 'role', text: 'content', at: 'timestamp' },
    ],
    summary: 'metadata.analytics.summary',
    sentiment: ['metadata.analytics.dispositionMetrics[identifier=sentiment].value', 'metrics.sentiment'],
    category: ['disposition', 'outcome'],
    outcomes: [{ ...METRICS, value: 'value' }, 'metrics'],
    outcomes_meta: {
      ...METRICS,
      value: { confidence: 'confidence', reasoning: 'reasoning', type: 'dispositionMetricType' },
    },
    variables: ['metadata.variables', 'variables'],
    'contact.name': ['metadata.variables.customer_name', 'variables.customer_name'],
    'agent.id': ['metadata.agentId', 'agent_id'],
  },
  // Our own URL and label, echoed; `event` repeats agent and type.
  ignore: ['url', 'description', 'event'],
};

/** The variables name both parties by role, for events that tell no direction. */
const refine: Refine = (draft, { record }) => {
  const isSided = draft['direction'] !== undefined && draft['from_number'] !== undefined;
  const metadata = record['metadata'];
  const variables = isObject(metadata) ? metadata['variables'] : undefined;
  if (isSided || !isObject(variables)) return [];
  draft['customer_number'] ??= variables['user_number'] ?? null;
  draft['business_number'] ??= variables['agent_number'] ?? null;
  return [];
};
