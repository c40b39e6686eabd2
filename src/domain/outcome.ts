/**
 * What an attempt ended as. Expected failures are values; only broken assumptions throw.
 *
 * - `done`: every step finished
 * - `retry`: a passing fault; try again, not before `notBeforeMs` (epoch) if the other side said so
 * - `rejected`: the destination said no and will say no again: a dead letter
 * - `held`: waits for a person, or for a paused destination until `untilMs`
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly reason: string; readonly notBeforeMs?: number; readonly hint?: string }
  | { readonly kind: 'rejected'; readonly reason: string; readonly hint?: string }
  | { readonly kind: 'held'; readonly reason: string; readonly untilMs?: number; readonly hint?: string };

export type OutcomeKind = Outcome['kind'];
