import type { Call, CallStatus } from '../domain/call.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';

/** The single names of Callab's variables reference (docs: "Custom integrations", section Variables Reference). */
export const CALLAB_NAMES = [
  'call_id',
  'caller_number',
  'recipient_number',
  'duration',
  'timestamp',
  'call_status',
  'recording_url',
  'transcript',
  'agent_id',
  'agent_name',
  'agent_language',
  'campaign_id',
  'campaign_name',
  'campaign_type',
  'workspace_id',
  'workspace_name',
  'execution_id',
] as const;

/** Callab knows answered, no-answer and voicemail; the other endings keep our word for them, spelled its way. */
const STATUS_WORDS: Readonly<Record<CallStatus, string>> = {
  queued: 'queued',
  ringing: 'ringing',
  in_progress: 'answered',
  completed: 'answered',
  no_answer: 'no-answer',
  busy: 'busy',
  failed: 'failed',
  canceled: 'canceled',
  voicemail: 'voicemail',
  unknown: 'unknown',
};

/**
 * Callab's names for what a call holds, for calls of every platform.
 *
 * `caller_number` is the customer's number in both directions: Callab's own examples write it into the contact's phone
 * in outbound campaigns, and there our own number would turn every contact into the same one. `recipient_number` is the
 * called party. `timestamp` is the start of the call.
 */
export function callabValues(call: Call): Readonly<Record<(typeof CALLAB_NAMES)[number], JsonValue>> {
  const direction = call.direction === 'unknown' ? null : call.direction;
  return {
    call_id: call.provider_call_id,
    caller_number: call.customer_number ?? call.from_number,
    recipient_number: call.to_number ?? call.business_number,
    duration: call.duration_s,
    timestamp: call.started_at ?? call.first_event_at,
    call_status: STATUS_WORDS[call.status],
    recording_url: call.recording_url,
    transcript: call.transcript,
    agent_id: part(call.agent, 'id'),
    agent_name: part(call.agent, 'name'),
    agent_language: part(call.agent, 'language'),
    campaign_id: part(call.campaign, 'id'),
    campaign_name: part(call.campaign, 'name'),
    campaign_type: part(call.campaign, 'type') ?? direction,
    workspace_id: fromExtra(call, 'workspace_id'),
    workspace_name: fromExtra(call, 'workspace_name'),
    execution_id: fromExtra(call, 'execution_id'),
  };
}

/** Platforms keep the rest under their own name in `extra`. */
function fromExtra(call: Call, name: string): JsonValue {
  return part(call.extra, name) ?? part(call.extra[call.platform] ?? null, name) ?? part(call.variables, name);
}

function part(object: JsonValue, name: string): JsonValue {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return null;
  const value = Object.hasOwn(object, name) ? (object as JsonObject)[name] : null;
  return value ?? null;
}
