/**
 * How soon a request should be sent when not all can be at once: a new call before one that was tried already, and both
 * before a replay, which somebody asked for and nobody waits at the phone for.
 */
export type Urgency = 'first' | 'retry' | 'replay';

const RANK: Readonly<Record<Urgency, number>> = { first: 0, retry: 1, replay: 2 };

/** Below zero when the left one goes first. */
export function byUrgency(left: Urgency, right: Urgency): number {
  return RANK[left] - RANK[right];
}

/** The trigger of a run that was replayed, until an event of its call asks for it again. */
export const REPLAY_TRIGGER = 'replay';

/** `attempt` counts from 1. */
export function urgencyOf(run: { readonly attempt: number; readonly trigger: string }): Urgency {
  if (run.trigger === REPLAY_TRIGGER) return 'replay';
  return run.attempt > 1 ? 'retry' : 'first';
}
