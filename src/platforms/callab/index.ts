import { z } from 'zod';

import type { JsonValue } from '../../domain/json.ts';
import type { PlatformDefinition } from '../definition.ts';
import type { Description } from '../mapping/description.ts';
import type { Draft } from '../mapping/facts.ts';
import type { Refine } from '../mapping/translate.ts';
import { isObject } from '../read-body.ts';
import { SECRETS_KEY, SOURCE_KEYS } from '../source-keys.ts';
import { PLAIN_HMAC } from '../verify/scheme.ts';

const schema = z.strictObject({
  platform: z.literal('callab'),
  ...SOURCE_KEYS,
  ...SECRETS_KEY,
  reserialized: z
    .literal(true)
    .optional()
    .describe("Also accept a signature over JSON.stringify of the parsed body, as in Callab's own sample."),
});

/**
 * Callab: the fixed payload of its webhooks (signed), and the bodies that users write themselves in its integrations
 * (static auth). Source: docs.callab.ai, reference/providers.md 1.1 and 3.4.
 */
export const callab: PlatformDefinition<z.output<typeof schema>> & { readonly schema: typeof schema } = {
  name: 'callab',
  schema,
  create: ({ reserialized }) => ({
    secretUse: {
      kind: 'signature',
      scheme: { ...PLAIN_HMAC, headers: ['x-callab-signature'], reserialized: reserialized === true },
    },
    description: DESCRIPTION,
    refine,
  }),
};

const DESCRIPTION: Description = {
  event: {
    path: ['event', 'trigger'],
    map: {
      call_started: 'call.started',
      call_answered: 'call.answered',
      // A machine picked up; the call goes on until `call_ended`.
      voicemail_detected: 'call.answered',
      transfer_completed: 'call.transferred',
      call_ended: 'call.ended',
      call_outcome_extracted: 'call.analyzed',
    },
    status: { voicemail_detected: 'voicemail' },
    // The documented template names no event; a duration exists only once the call is over.
    default: 'call.ended',
    default_when: ['duration', 'call_duration'],
  },
  call_id: ['call.id', 'call_id'],
  call_per_delivery: true,
  // One execution may send several requests, and the samples reuse its id over triggers.
  receipt_key: { join: ['execution_id', ['event', 'trigger']] },
  timestamp: 'timestamp',
  analysis_follows: true,
  fields: {
    status: ['call.status', 'call_status', 'status'],
    direction: ['campaign.type', 'campaign_type'],
    customer_number: ['contact.phone', 'phone'],
    from_number: 'caller_number',
    to_number: 'recipient_number',
    started_at: 'call.start_time',
    ended_at: 'call.end_time',
    duration_s: ['call.duration', 'duration', 'call_duration'].map((path) => ({
      path,
      on: ['call.ended', 'call.analyzed'] as const,
    })),
    recording_url: ['call.recording_url', 'recording_url', 'call_recording'],
    transcript: ['call.transcript', 'transcript'],
    summary: ['call.summary', 'summary'],
    sentiment: ['outcomes.sentiment', 'outcome.sentiment'],
    outcomes: ['outcomes', 'outcome'],
    contact: 'contact.custom_fields',
    'contact.external_id': 'contact.custom_fields.crm_id',
    'contact.provider_id': 'contact.id',
    'contact.tags': 'contact.tags',
    'agent.id': ['agent.id', 'agent_id'],
    'agent.name': ['agent.name', 'agent_name'],
    'agent.language': ['agent.language', 'agent_language'],
    'campaign.id': ['campaign.id', 'campaign_id'],
    'campaign.name': ['campaign.name', 'campaign_name'],
    'campaign.type': ['campaign.type', 'campaign_type'],
    'attribution.source': ['contact.custom_fields.source', 'source'],
    variables: 'variables',
    'extra.workspace_id': 'workspace_id',
    'extra.workspace_name': 'workspace_name',
    'extra.execution_id': 'execution_id',
    'extra.duration_so_far_s': { path: 'duration', on: ['call.answered', 'call.transferred'] },
  },
};

const refine: Refine = (draft, { record }) => {
  if (isObject(record['call'])) return [];
  outcomesOfTemplate(draft);
  return customerOfTemplate(draft);
};

const EXTRA_KEYS: readonly string[] = ['workspace_id', 'workspace_name', 'execution_id', 'duration_so_far_s'];

/** Templates put extracted outcomes beside the call's own values: `"interested": {{outcome.interested}}`. */
function outcomesOfTemplate(draft: Draft): void {
  const entries = Object.entries(asObject(draft['extra']));
  const written = entries.filter(([key]) => !EXTRA_KEYS.includes(key));
  draft['outcomes'] = { ...Object.fromEntries(written), ...asObject(draft['outcomes']) };
  draft['extra'] = Object.fromEntries(entries.filter(([key]) => EXTRA_KEYS.includes(key)));
}

/** Callab's own examples put `{{caller_number}}` into the CRM's phone field, whoever called. */
function customerOfTemplate(draft: Draft): readonly string[] {
  const { customer_number: customer, from_number: caller, to_number: recipient, direction } = draft;
  if (customer !== undefined || caller === undefined || recipient !== undefined || direction === 'inbound') return [];
  draft['customer_number'] = caller;
  delete draft['from_number'];
  return [
    'the template has {{caller_number}} alone, which is taken for the customer: add {{recipient_number}} and {{campaign_type}}',
  ];
}

function asObject(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  return isObject(value) ? value : {};
}
