/**
 * Glossary (design.md section 2). These words, and only these, name things in this code.
 *
 * - **platform**: a kind of sender (callab, callttone, callscaler, atoms, custom)
 * - **source**: one configured sender with its secrets and URL, `/webhooks/<source>`
 * - **event**: one accepted delivery of a source, stored raw, once
 * - **call**: the fold of all events of one (source, call id)
 * - **integration**: the operator's rule: trigger, `when`, actions
 * - **run**: one integration at work for one call
 * - **step**: one action of a run; its result is kept, so a retried run resumes after the last finished step
 * - **attempt**: one try of a run, append-only
 * - **outcome**: what an attempt ended as: `done`, `retry` (not before T), `rejected`, `held`
 * - **destination**: one configured CRM account or target
 * - **link**: "this call / this person is record X in destination D", with the hash last written
 * - **replay**: process again on request
 * - **dead letter**: a run that is `rejected` or out of attempts, waiting for a person
 */
import type { AnalysisState, ApproximateTime, CallFacts } from './call.ts';

/**
 * Canonical event types with their rank: of two events that disagree, the higher rank is believed
 * (reference/providers.md section 3.5). `source.test` and `unknown` never become part of a call.
 */
export const EVENT_RANK = {
  'source.test': 0,
  unknown: 0,
  'call.in_call': 5,
  'call.started': 10,
  'call.answered': 20,
  'call.transferred': 25,
  'call.ended': 30,
  'call.recording_ready': 40,
  'call.transcript_ready': 40,
  'call.analyzed': 50,
  'call.updated': 60,
} as const satisfies Record<string, number>;

export type EventType = keyof typeof EVENT_RANK;

/** What identifies a delivery; cheap enough to be computed before the 200. */
export interface EventIdentity {
  /** Drops repeated deliveries. Without the source: the ledger makes it unique per source. */
  readonly receiptKey: string;
  /** Same event of the same call sent again with other bytes; null where the body does not tell. */
  readonly semanticKey: string | null;
  readonly type: EventType;
  /** The platform's own event name, verbatim. */
  readonly providerEvent: string | null;
  /** The platform's call id, always a string; null when the event belongs to no call. */
  readonly callId: string | null;
  /** See CanonicalEvent.orphan: such an event waits for a call to join. Absent means false. */
  readonly orphan?: boolean;
}

/** One event, translated into canonical words. Pure function of the stored delivery. */
export interface CanonicalEvent extends EventIdentity {
  /** The platform's own time of the event, ISO 8601 UTC; null when it does not say. */
  readonly occurredAt: string | null;
  /** What this event says about the call. An absent or null field says nothing. */
  readonly facts: CallFacts;
  /** Times in `facts` that are only near the truth (CalltTone sends the time of sending). */
  readonly approximate: readonly ApproximateTime[];
  readonly analysis: AnalysisState;
  /**
   * True for an event whose `callId` is not the id the other events of its call carry
   * (CalltTone `analysis.complete`): it is joined by heuristics, never by id.
   */
  readonly orphan: boolean;
  /** Things worth telling the operator: unmapped fields, a header that disagrees with the body. */
  readonly notes: readonly string[];
}

/** An event as the merge sees it: translated, with its place in time. */
export interface FoldableEvent extends CanonicalEvent {
  readonly eventId: string;
  /** When we received it, ISO 8601 UTC with milliseconds. */
  readonly receivedAt: string;
  /** SHA-256 of the raw body, lower-case hex: the last tie-break. */
  readonly bodyHash: string;
}
