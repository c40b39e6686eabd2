import type { CallStatus, Channel, Direction, Sentiment, TranscriptTurn } from '../../domain/call.ts';
import type { EventType } from '../../domain/event.ts';

/** Spellings of final and passing states, folded (reference/providers.md 3.2). Keys as `fold` writes them. */
const STATUS_WORDS: ReadonlyMap<string, CallStatus> = new Map(
  Object.entries<CallStatus>({
    queued: 'queued',
    initiated: 'queued',
    calling: 'queued',
    scheduled: 'queued',
    registered: 'queued',
    ringing: 'ringing',
    in_progress: 'in_progress',
    ongoing: 'in_progress',
    connected: 'in_progress',
    completed: 'completed',
    no_answer: 'no_answer',
    noanswer: 'no_answer',
    missed: 'no_answer',
    timeout: 'no_answer',
    not_connected: 'no_answer',
    unanswered: 'no_answer',
    busy: 'busy',
    user_busy: 'busy',
    dial_busy: 'busy',
    failed: 'failed',
    error: 'failed',
    rejected: 'failed',
    canceled: 'canceled',
    cancelled: 'canceled',
    user_canceled: 'canceled',
    originator_cancel: 'canceled',
    voicemail: 'voicemail',
    left_voicemail: 'voicemail',
    hangup_on_voicemail: 'voicemail',
    voicemail_reached: 'voicemail',
    unknown: 'unknown',
  }),
);

/** These say that a call is over only in an event that says so too; while it lasts, `answered` means picked up. */
const COMPLETED_WORDS: ReadonlySet<string> = new Set(['answered', 'done', 'ended', 'hangup', 'successful']);

/** Lower case, with `_` for spaces and dashes. */
export function fold(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

/** Events after which the call is over. */
export function isFinal(type: EventType): boolean {
  return type === 'call.ended' || type === 'call.analyzed';
}

export function readStatus(word: string, type: EventType): CallStatus {
  const folded = fold(word);
  if (!COMPLETED_WORDS.has(folded)) return STATUS_WORDS.get(folded) ?? 'unknown';
  if (isFinal(type)) return 'completed';
  return folded === 'answered' ? 'in_progress' : 'unknown';
}

/** Null for words that tell no direction. */
export function readDirection(word: string | boolean): Direction | null {
  if (typeof word === 'boolean') return word ? 'inbound' : 'outbound';
  const folded = fold(word);
  if (/^(?:telephony_?)?inbound(?:phonecall)?$|^incoming$/.test(folded)) return 'inbound';
  return /^(?:telephony_?)?outbound(?:phonecall|_api|_dial)?$|^outgoing$/.test(folded) ? 'outbound' : null;
}

export function readChannel(word: string): Channel {
  const folded = fold(word);
  if (/phone|telephony|sip|pstn/.test(folded)) return 'phone';
  return /web/.test(folded) ? 'web' : 'other';
}

/** Null for words that are none of the five. */
export function readSentiment(word: string): Sentiment | null {
  const folded = fold(word);
  return SENTIMENTS.find((sentiment) => sentiment === folded) ?? null;
}

const SENTIMENTS: readonly Sentiment[] = ['positive', 'neutral', 'negative', 'mixed', 'unknown'];

const SPEAKER_WORDS: ReadonlyMap<string, TranscriptTurn['speaker']> = new Map(
  Object.entries<TranscriptTurn['speaker']>({
    agent: 'agent',
    assistant: 'agent',
    ai: 'agent',
    bot: 'agent',
    user: 'customer',
    human: 'customer',
    customer: 'customer',
    caller: 'customer',
  }),
);

export function readSpeaker(word: string): TranscriptTurn['speaker'] {
  return SPEAKER_WORDS.get(fold(word)) ?? 'system';
}
