import type { JsonObject } from './json.ts';

/** Call status; the last seven are final. */
export const CALL_STATUSES = [
  'queued',
  'ringing',
  'in_progress',
  'completed',
  'no_answer',
  'busy',
  'failed',
  'canceled',
  'voicemail',
  'unknown',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

export type Direction = 'inbound' | 'outbound' | 'unknown';
export type Channel = 'phone' | 'web' | 'other';
export type Sentiment = 'positive' | 'neutral' | 'negative' | 'mixed' | 'unknown';
export type AnalysisState = 'none' | 'pending' | 'done';
export type ApproximateTime = 'started_at' | 'ended_at';

export interface TranscriptTurn {
  readonly speaker: 'agent' | 'customer' | 'system';
  readonly text: string;
  /** Seconds from the start of the call. */
  readonly at_s?: number;
  /** ISO 8601 UTC. */
  readonly at?: string;
}

/** The person outside, as the platform describes them. Custom fields of the platform are kept under their own key. */
export interface ContactFacts extends JsonObject {
  readonly external_id?: string;
  readonly provider_id?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly name?: string;
  readonly email?: string;
  readonly company?: string;
  readonly tags?: readonly string[];
}

/**
 * The canonical fields of a call (reference/providers.md 3.2). Names are the ones templates see.
 * Phones E.164, times ISO 8601 UTC with `Z`, durations seconds, money in minor units.
 * Null means "not known".
 */
export interface CallFields {
  readonly provider_related_ids: readonly string[];
  readonly status: CallStatus;
  /** The platform's own wording of the status, verbatim. */
  readonly status_reason: string | null;
  readonly direction: Direction;
  readonly channel: Channel;
  /** The person outside, whoever called: the first key for finding them in a CRM. */
  readonly customer_number: string | null;
  /** As received, kept when it could not be read as a phone number. */
  readonly customer_number_raw: string | null;
  readonly business_number: string | null;
  readonly from_number: string | null;
  readonly to_number: string | null;
  readonly forwarded_to_number: string | null;
  readonly started_at: string | null;
  readonly answered_at: string | null;
  readonly ended_at: string | null;
  readonly duration_s: number | null;
  readonly duration_source: 'provider' | 'derived' | null;
  readonly talk_s: number | null;
  readonly recording_url: string | null;
  readonly recording_duration_s: number | null;
  readonly recording_expires_at: string | null;
  readonly transcript: string | null;
  readonly transcript_turns: readonly TranscriptTurn[] | null;
  readonly transcript_truncated: boolean | null;
  readonly summary: string | null;
  readonly sentiment: Sentiment | null;
  readonly score: number | null;
  readonly category: string | null;
  readonly qualified: boolean | null;
  readonly successful: boolean | null;
  readonly outcomes: JsonObject;
  readonly outcomes_meta: JsonObject;
  readonly contact: ContactFacts;
  readonly agent: JsonObject;
  readonly campaign: JsonObject;
  readonly attribution: JsonObject;
  readonly cost_minor: number | null;
  readonly value_minor: number | null;
  readonly currency: string | null;
  readonly tags: readonly string[];
  readonly notes: string | null;
  readonly variables: JsonObject;
  readonly analysis_state: AnalysisState;
  readonly extra: JsonObject;
}

/** What one event says of a call: any subset of the fields. Absent and null both mean "says nothing". */
export type CallFacts = {
  readonly [Key in Exclude<keyof CallFields, 'analysis_state' | 'duration_source'>]?: CallFields[Key] | null;
};

/** A call: the fold of all its events. */
export interface Call extends CallFields {
  /** Hookline's own id, `call_…`. */
  readonly id: string;
  readonly source: string;
  readonly platform: string;
  readonly provider_call_id: string;
  /** Grows by one whenever the folded fields changed. */
  readonly version: number;
  /** Event times (the platform's own, else receipt), ISO 8601 UTC. */
  readonly first_event_at: string;
  readonly last_event_at: string;
  /** Canonical types of the events folded so far, sorted by rank. */
  readonly event_types: readonly string[];
}
