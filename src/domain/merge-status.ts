import type { AnalysisState, CallStatus } from './call.ts';
import type { RankedEvent } from './order.ts';
import { statements } from './stated.ts';

const FINAL = new Set<CallStatus>(['completed', 'no_answer', 'busy', 'failed', 'canceled', 'voicemail']);

/** True for the statuses a call does not leave any more. */
export function isFinal(value: CallStatus): boolean {
  return FINAL.has(value);
}

/**
 * Rule 2: a final status is never reopened by one that is not, however late it comes; `voicemail` beats `completed`
 * (the machine did pick up); `unknown` loses to everything; otherwise the most believed.
 */
export function status(events: readonly RankedEvent[]): CallStatus {
  const stated = statements(events, 'status').map(({ value }) => value);
  const final = stated.filter(isFinal);
  const believed = (final.length > 0 ? final : stated).at(-1) ?? 'unknown';
  return believed === 'completed' && final.includes('voicemail') ? 'voicemail' : believed;
}

/** The platform's wording of the status that was believed; of any status when that one came without wording. */
export function statusReason(events: readonly RankedEvent[]): string | null {
  const believed = status(events);
  const reasons = statements(events, 'status_reason');
  const own = reasons.findLast(({ from }) => from.event.facts.status === believed);
  return (own ?? reasons.at(-1))?.value ?? null;
}

/** Rule 10: `done` once analysed data was seen; `pending` when the platform said that it follows. */
export function analysisState(events: readonly RankedEvent[]): AnalysisState {
  if (events.some(({ event }) => event.analysis === 'done' || event.type === 'call.analyzed')) return 'done';
  return events.some(({ event }) => event.analysis === 'pending') ? 'pending' : 'none';
}
