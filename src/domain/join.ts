import { fromIso } from '../shared/clock.ts';
import type { FoldableEvent } from './event.ts';
import type { JsonValue } from './json.ts';
import { orderEvents } from './order.ts';
import { mostBelieved, saysSomething } from './stated.ts';

/** A call an orphan may belong to: same source, with the events it has so far. */
export interface JoinCandidate {
  readonly providerCallId: string;
  readonly events: readonly FoldableEvent[];
}

export interface ChosenCall {
  readonly providerCallId: string;
  /** For the operator: `same summary, 4 s after the end of the call`. */
  readonly reason: string;
}

const WINDOW_MS = 15 * 60_000;
/** Share of the orphan's words that the call must have, too. Summaries are paraphrases: a third is much. */
const PLAUSIBLE_OVERLAP = 0.3;
/** With the same sentiment on both sides, a little less will do. */
const PLAUSIBLE_OVERLAP_SAME_SENTIMENT = 0.2;
/** How much better than the next one the best call must be. */
const CLEAR_LEAD = 0.2;
const SAME_SUMMARY_SCORE = 1;
const SENTIMENT_SCORE = 0.1;

interface Evidence {
  readonly providerCallId: string;
  readonly score: number;
  readonly reason: string;
}

/**
 * The call that an analysis under a foreign id belongs to (CalltTone, reference/providers.md 1.2): an ended call without
 * analysis within 15 minutes, with an equal summary or with words in common. Two calls that fit about as well: null,
 * because a wrong join writes one customer's words into another's record. The order of candidates does not matter.
 */
export function chooseCallForOrphan(orphan: FoldableEvent, candidates: readonly JoinCandidate[]): ChosenCall | null {
  const plausible = candidates
    .flatMap((candidate) => weigh(orphan, candidate) ?? [])
    .toSorted((left, right) => right.score - left.score);
  const [best, next] = plausible;
  if (best === undefined || (next !== undefined && best.score - next.score < CLEAR_LEAD)) return null;
  return { providerCallId: best.providerCallId, reason: best.reason };
}

/** Null when the call cannot be the one. */
function weigh(orphan: FoldableEvent, { providerCallId, events }: JoinCandidate): Evidence | null {
  const endedMs = endReceivedMs(events);
  if (endedMs === null || hasAnalysis(events, orphan)) return null;
  const distanceMs = fromIso(orphan.receivedAt) - endedMs;
  // Both ways: the two are sent side by side, and the analysis may overtake the end on its way.
  if (Math.abs(distanceMs) > WINDOW_MS) return null;
  const when = `${Math.abs(Math.round(distanceMs / 1000))} s ${distanceMs < 0 ? 'before' : 'after'} the end of the call`;
  const likeness = compareWords(orphan, events);
  return likeness === null ? null : { providerCallId, score: likeness.score, reason: `${likeness.reason}, ${when}` };
}

function endReceivedMs(events: readonly FoldableEvent[]): number | null {
  const times = events.filter(({ type }) => type === 'call.ended').map(({ receivedAt }) => fromIso(receivedAt));
  return times.length > 0 ? Math.min(...times) : null;
}

function hasAnalysis(events: readonly FoldableEvent[], orphan: FoldableEvent): boolean {
  return events.some(
    (event) => event.receiptKey !== orphan.receiptKey && (event.type === 'call.analyzed' || event.analysis === 'done'),
  );
}

function compareWords(
  orphan: FoldableEvent,
  events: readonly FoldableEvent[],
): { readonly score: number; readonly reason: string } | null {
  const call = orderEvents(events);
  const summary = mostBelieved(call, 'summary');
  const sentiment = mostBelieved(call, 'sentiment');
  const sameSentiment = sentiment !== null && sentiment === orphan.facts.sentiment;
  const bonus = sameSentiment ? SENTIMENT_SCORE : 0;
  const overlap = share(wordsOf(orphan), stems(`${summary ?? ''} ${spokenText(events)}`));
  const suffix = sameSentiment ? ', same sentiment' : '';
  if (sameText(summary, orphan.facts.summary)) {
    return { score: SAME_SUMMARY_SCORE + overlap + bonus, reason: `same summary${suffix}` };
  }
  if (overlap < (sameSentiment ? PLAUSIBLE_OVERLAP_SAME_SENTIMENT : PLAUSIBLE_OVERLAP)) return null;
  return { score: overlap + bonus, reason: `${Math.round(overlap * 100)} % of its words occur in the call${suffix}` };
}

function spokenText(events: readonly FoldableEvent[]): string {
  return events
    .flatMap(({ facts }) => [facts.transcript ?? '', ...(facts.transcript_turns ?? []).map(({ text }) => text)])
    .join(' ');
}

function sameText(left: string | null, right: string | null | undefined): boolean {
  if (left === null || right === null || right === undefined || !saysSomething(right)) return false;
  return normalized(left) === normalized(right);
}

function normalized(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

function wordsOf(orphan: FoldableEvent): ReadonlySet<string> {
  return stems([orphan.facts.summary ?? '', ...texts(orphan.facts.outcomes ?? null)].join(' '));
}

function texts(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** The first four letters of every longer word: `opening` and `open` are the same, `the` and `and` tell nothing. */
function stems(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
  return new Set(words.map((word) => word.slice(0, 4)));
}

function share(wanted: ReadonlySet<string>, present: ReadonlySet<string>): number {
  return wanted.size === 0 ? 0 : [...wanted].filter((stem) => present.has(stem)).length / wanted.size;
}
