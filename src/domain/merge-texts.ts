import type { CallFields, TranscriptTurn } from './call.ts';
import { orderByTime, type RankedEvent } from './order.ts';
import { saysSomething, statements } from './stated.ts';

/** Rule 6: the latest link, because platforms sign links anew; with the expiry stated for that very link. */
export function recording(events: readonly RankedEvent[]): Pick<CallFields, 'recording_url' | 'recording_expires_at'> {
  const byTime = orderByTime(events);
  const url = statements(byTime, 'recording_url').at(-1)?.value ?? null;
  if (url === null) return { recording_url: null, recording_expires_at: null };
  const expiries = statements(byTime, 'recording_expires_at');
  const own = expiries.findLast(({ from }) => from.event.facts.recording_url === url);
  return { recording_url: url, recording_expires_at: own?.value ?? null };
}

type TranscriptFields = Pick<CallFields, 'transcript' | 'transcript_turns' | 'transcript_truncated'>;

interface Candidate {
  readonly turns: readonly TranscriptTurn[] | null;
  readonly text: string;
  readonly truncated: boolean | null;
  readonly rank: number;
}

/**
 * Rule 7: turns beat text, a whole transcript beats a cut one, a higher rank (analysed, corrected) beats a lower one, the
 * longer beats the shorter within one rank. All three fields come from one event: a text never stands beside the turns
 * of another.
 */
export function transcript(events: readonly RankedEvent[]): TranscriptFields {
  const best = events
    .flatMap((ranked) => candidate(ranked) ?? [])
    // The sort is stable and the last one wins, so what is equal here is decided by the order of belief.
    .toSorted((left, right) => compareCandidates(left, right))
    .at(-1);
  if (best === undefined) return { transcript: null, transcript_turns: null, transcript_truncated: null };
  return { transcript: best.text, transcript_turns: best.turns, transcript_truncated: best.truncated };
}

function candidate({ event, rank }: RankedEvent): Candidate | null {
  const { transcript: text, transcript_turns: turns, transcript_truncated: truncated } = event.facts;
  const spoken = (saysSomething(turns) ? (turns ?? []) : []).filter((turn) => saysSomething(turn.text));
  const written = saysSomething(text) ? (text ?? '') : spoken.map(turnLine).join('\n');
  if (written === '') return null;
  return { turns: spoken.length > 0 ? spoken : null, text: written, truncated: truncated ?? null, rank };
}

function compareCandidates(left: Candidate, right: Candidate): number {
  return (
    Number(left.turns !== null) - Number(right.turns !== null) ||
    Number(left.truncated !== true) - Number(right.truncated !== true) ||
    left.rank - right.rank ||
    left.text.length - right.text.length
  );
}

const SPEAKERS = { agent: 'Agent', customer: 'Customer', system: 'System' } as const;

function turnLine({ speaker, text }: TranscriptTurn): string {
  return `${SPEAKERS[speaker]}: ${text}`;
}
