import { z } from 'zod';

import type { PlatformDefinition } from '../definition.ts';
import type { Description } from '../mapping/description.ts';
import { SOURCE_KEYS } from '../source-keys.ts';

const schema = z.strictObject({ platform: z.literal('callscaler'), ...SOURCE_KEYS });

/**
 * CallScaler: post-call webhooks of both payload generations and the question it asks during a call. It documents no
 * signature. Source: callscaler.com/docs/api-webhooks, reference/providers.md 1.3 and 3.4.
 */
export const callscaler: PlatformDefinition<z.output<typeof schema>> & { readonly schema: typeof schema } = {
  name: 'callscaler',
  schema,
  create: () => ({ secretUse: null, description: DESCRIPTION }),
};

const DESCRIPTION: Description = {
  event: {
    path: 'event',
    map: {
      'call.completed': 'call.ended',
      'call.missed': 'call.ended',
      'call.voicemail': 'call.ended',
      'call.failed': 'call.ended',
      'call.ended': 'call.ended',
    },
    status: { 'call.missed': 'no_answer', 'call.voicemail': 'voicemail', 'call.failed': 'failed' },
    analyzed_when: 'ai_processed',
    // Only the in-call webhook has no event name: its body is a form or the user's own JSON.
    default: 'call.in_call',
    default_when: ['CallSid', 'call_sid', 'call_id'],
  },
  call_id: ['call_id', 'CallSid', 'call_sid'],
  // Constant over the attempts of a delivery, whose bodies differ in `attempt` and `webhook_sent_at`.
  receipt_key: 'delivery_id',
  semantic_key: { join: [['call_id', 'CallSid', 'call_sid'], 'event', 'ai_processed'] },
  timestamp: ['webhook_sent_at', 'timestamp', 'created_at'],
  fields: {
    status: ['status', { value: 'in_progress', on: ['call.in_call'] }],
    direction: ['direction', { value: 'inbound', on: ['call.in_call'] }],
    customer_number: ['caller_number', 'From', 'caller'],
    business_number: ['tracking_number', 'To'],
    forwarded_to_number: 'destination_number',
    started_at: 'created_at',
    duration_s: 'duration_seconds',
    recording_url: 'recording_url',
    recording_duration_s: 'recording_duration',
    transcript: 'transcription',
    summary: 'summary',
    score: 'ai_score',
    category: 'ai_category',
    qualified: 'qualified_ai',
    'contact.name': 'caller_name',
    'contact.city': 'caller_city',
    'contact.state': 'caller_state',
    'campaign.id': 'call_flow_id',
    'campaign.name': 'call_flow_name',
    'attribution.source': ['source', 'utm_source'],
    'attribution.medium': 'utm_medium',
    'attribution.campaign': 'utm_campaign',
    'attribution.term': 'utm_term',
    'attribution.content': 'utm_content',
    'attribution.gclid': 'gclid',
    'attribution.fbclid': 'fbclid',
    'attribution.msclkid': 'msclkid',
    'attribution.landing_page': 'landing_page_url',
    'attribution.referrer': 'referrer_url',
    value_minor: 'value_cents',
    cost_minor: 'cost_cents',
  },
  ignore: ['attempt'],
};
