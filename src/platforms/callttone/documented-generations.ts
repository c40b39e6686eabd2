import type { SourceParts } from '../definition.ts';
import { PLAIN_HMAC } from '../verify/scheme.ts';

/** What docs/api/README.md and the dashboard's settings page of the same repository describe. */
export const VOXFORGE: SourceParts = {
  secretUse: {
    kind: 'signature',
    scheme: { ...PLAIN_HMAC, headers: ['x-voxforge-signature'], format: { kind: 'prefixed', prefix: 'sha256=' } },
  },
  description: {
    event: {
      path: 'event',
      map: {
        'call.started': 'call.started',
        'call.ended': 'call.ended',
        'call.completed': 'call.ended',
        'call.failed': 'call.ended',
      },
      status: { 'call.completed': 'completed', 'call.failed': 'failed' },
    },
    call_id: 'data.callId',
    timestamp: 'timestamp',
    fields: {
      status: 'data.status',
      duration_s: 'data.duration',
      // The only number it names is the one called.
      to_number: 'data.to',
      'agent.id': 'data.agentId',
      'campaign.id': 'data.campaignId',
    },
  },
};

/** What the marketing pages (docs/webhooks) of the same repository describe. */
export const CALLTONE: SourceParts = {
  secretUse: { kind: 'signature', scheme: { ...PLAIN_HMAC, headers: ['x-calltone-signature'] } },
  description: {
    event: {
      path: 'type',
      map: {
        'call.started': 'call.started',
        'call.ended': 'call.ended',
        'call.completed': 'call.ended',
        'call.failed': 'call.ended',
        'transcript.ready': 'call.transcript_ready',
        'analysis.complete': 'call.analyzed',
      },
      status: { 'call.ended': 'completed', 'call.completed': 'completed', 'call.failed': 'failed' },
    },
    call_id: 'data.call_id',
    receipt_key: 'id',
    timestamp: 'created_at',
    fields: {
      duration_s: 'data.duration',
      category: 'data.outcome',
      summary: 'data.summary',
      sentiment: 'data.sentiment',
      transcript: 'data.transcript',
      transcript_turns: { turns: 'data.transcript', speaker: 'role', text: 'content' },
      recording_url: 'data.recording_url',
      customer_number: 'data.contact.phone',
      contact: 'data.contact',
      'agent.id': 'data.agent_id',
      'campaign.id': 'data.campaign_id',
    },
    ignore: ['api_version'],
  },
};
