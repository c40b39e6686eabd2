import { toIso as iso } from '../../../shared/clock.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { Delivery, SourceName } from '../delivery.ts';
import type { ExpectedCall, ExpectedFields } from '../../judge/expected.ts';

/*
 * In every call earlier and lower-ranked events carry other values than the ones that must stand in the end
 * (reference/providers.md 3.5), so that a fold that believes the wrong event, or the last one to arrive, is found out.
 */

/** What is decided about a call before its platform is. */
export interface CallPlan {
  /** Unique; part of the call id. */
  readonly number: number;
  readonly phone: string;
  readonly firstName: string;
  /** No two calls end at the same time: "the newest call of a person" is one call. */
  readonly endedAtMs: number;
}

/** A made-up call: what its platform delivers, in the order it happened, and what must come of it. */
export interface MadeCall {
  readonly callId: string;
  readonly deliveries: readonly Delivery[];
  /** Null for a call that never ends: it must not appear in any CRM. */
  readonly expected: ExpectedCall | null;
}

export interface Outcomes extends JsonObject {
  readonly interested: boolean;
  readonly next_action?: string;
  readonly appointment_date?: string;
}

export interface PlannedEnd {
  readonly callId: string;
  /** Null when the platform tells no names. */
  readonly firstName: string | null;
  readonly outcomes: Outcomes | null;
  readonly fields: ExpectedFields;
}

/** What must stand in the CRM after a call that ended. */
export function expectCall(plan: CallPlan, { callId, firstName, outcomes, fields }: PlannedEnd): ExpectedCall {
  return {
    callId,
    phone: plan.phone,
    firstName,
    endedAt: iso(plan.endedAtMs),
    interested: outcomes?.interested ?? null,
    nextAction: outcomes?.next_action ?? null,
    appointmentAt: outcomes?.appointment_date ?? null,
    fields: { ended_at: iso(plan.endedAtMs), ...fields },
  };
}

/** A delivery of this body. */
export function deliver(source: SourceName, event: string, body: JsonObject): Delivery {
  return { source, event, body: JSON.stringify(body) };
}

export function summaryOf(plan: CallPlan): string {
  return `The customer spoke about matter ${plan.number}.`;
}

export function recordingUrl(plan: CallPlan, version: number): string {
  return `https://media.example.com/${plan.number}.mp3?version=${version}`;
}
