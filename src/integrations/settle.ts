import type { AnalysisState } from '../domain/call.ts';
import type { EventType } from '../domain/event.ts';
import type { WantedRun } from '../ledger/ledger.ts';

/** What settling looks at. */
export interface Settling {
  readonly analysisState: AnalysisState;
  readonly events: readonly { readonly type: EventType; readonly receivedAtMs: number }[];
}

/** Everything from `call.ended` on is sent after the end of a call (ranks of reference/providers.md 3.5). */
const AFTER_THE_END: ReadonlySet<EventType> = new Set([
  'call.ended',
  'call.recording_ready',
  'call.transcript_ready',
  'call.analyzed',
  'call.updated',
]);

/**
 * When a run of this call may start: at once (`due`), or `waiting` until analysed data is there or `settleMs` have
 * passed since the end of the call. Counted from receipt, because a platform's clock may be wrong; while the call goes
 * on, from the newest event. The answer depends on stored facts alone, so it survives restarts.
 */
export function settle(
  settling: Settling,
  settleMs: number | null,
): Pick<WantedRun, 'state' | 'dueAtMs' | 'waitsAtMostMs'> {
  const newestMs = Math.max(...settling.events.map((event) => event.receivedAtMs));
  if (settleMs === null || settling.analysisState === 'done') {
    return { state: 'due', dueAtMs: newestMs, waitsAtMostMs: 0 };
  }
  const ends = settling.events.filter((event) => AFTER_THE_END.has(event.type)).map((event) => event.receivedAtMs);
  const sinceMs = ends.length > 0 ? Math.min(...ends) : newestMs;
  return { state: 'waiting', dueAtMs: sinceMs + settleMs, waitsAtMostMs: settleMs };
}
