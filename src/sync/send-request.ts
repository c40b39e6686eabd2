import type { Failure, Planned, RecordKind } from '../destinations/destination.ts';
import type { RequestRecord } from '../ledger/ledger.ts';
import type { HttpClient, HttpOutcome, HttpRequest, HttpResponse } from '../shared/http-client.ts';
import type { Clock } from '../shared/clock.ts';
import { readRetryAfter } from '../shared/retry-after.ts';
import type { Breaker, Health } from './breaker.ts';
import type { Budget } from './budget.ts';

const PRIVATE_HINT = 'If it is meant to be there, write allow_private_networks: true below its base_url.';

/** Hides secrets and personal data before a request is kept. */
export interface RequestMask {
  readonly url: (url: string) => string;
  readonly body: (body: string) => string;
  readonly text: (text: string) => string;
}

/** What `sendRequest` works with; shared by all contexts of one destination. */
export interface Channel {
  readonly destination: string;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly mask: RequestMask;
  readonly budget: Budget;
  readonly breaker: Breaker;
  readonly metrics: RequestMetrics;
}

/** What a request is for. */
export type Operation = 'find' | 'read' | 'recover' | `write_${RecordKind}` | 'check';

/** `429` apart from other refusals; `not_sent` and `unknown` as in HttpOutcome; `aborted`: by us, when a run was interrupted. */
export type ResultClass = '2xx' | '3xx' | '4xx' | '429' | '5xx' | 'not_sent' | 'unknown' | 'aborted';

export interface RequestMetrics {
  requestSent(request: {
    readonly destination: string;
    readonly operation: Operation;
    readonly result: ResultClass;
    readonly seconds: number;
  }): void;
}

/** One attempt's view of the channel. */
export interface Conversation {
  readonly mode: 'live' | 'preview';
  readonly signal: AbortSignal;
  readonly records: RequestRecord[];
  readonly operation: Operation;
}

type Sent = { readonly kind: 'response'; readonly response: HttpResponse } | Planned | Failure;

/** Enough of a body to see what happened; whole transcripts are in the ledger already. */
const MAX_KEPT_CHARACTERS = 8000;
/** For a 429 that does not say how long. */
const DEFAULT_SILENCE_MS = 1000;
/** A longer wish concerns the one request, not everybody's. */
const MAX_SILENCE_MS = 60_000;

/** Sends one request through breaker and budget and keeps it, masked. In a preview, writes are kept and not sent. */
export async function sendRequest(
  channel: Channel,
  conversation: Conversation,
  request: HttpRequest,
  effect: 'read' | 'write',
): Promise<Sent> {
  if (conversation.mode === 'preview' && effect === 'write') {
    const { operation } = conversation;
    const startedAtMs = channel.clock.now();
    conversation.records.push(describe(channel, request, { effect, operation, startedAtMs, waitedMs: 0 }));
    return { kind: 'planned' };
  }
  const askedAtMs = channel.clock.now();
  const slot = await channel.budget.acquire(conversation.signal);
  if (slot.kind === 'busy')
    return { kind: 'retry', reason: 'its request budget is used up', notBeforeMs: slot.notBeforeMs };
  try {
    return await sendNow(channel, conversation, request, { effect, askedAtMs });
  } finally {
    slot.release();
  }
}

async function sendNow(
  channel: Channel,
  conversation: Conversation,
  request: HttpRequest,
  { effect, askedAtMs }: { readonly effect: 'read' | 'write'; readonly askedAtMs: number },
): Promise<Sent> {
  const { breaker, clock, http } = channel;
  const startedAtMs = clock.now();
  const entry = breaker.enter(startedAtMs);
  if (!entry.ok) return asPaused(entry);
  const outcome = await http.send(request, conversation.signal);
  const health = conversation.signal.aborted ? 'aborted' : healthOf(outcome);
  breaker.leave({ isProbe: entry.isProbe, health, detail: problemOf(outcome), nowMs: clock.now() });
  heedRateLimit(channel, outcome);
  const { operation } = conversation;
  const waitedMs = startedAtMs - askedAtMs;
  const record = describe(channel, request, { effect, operation, startedAtMs, waitedMs, outcome });
  conversation.records.push(record);
  channel.metrics.requestSent({
    destination: channel.destination,
    operation,
    result: health === 'aborted' ? 'aborted' : classOf(outcome),
    seconds: record.durationMs / 1000,
  });
  return toSent(outcome);
}

function classOf(outcome: HttpOutcome): ResultClass {
  if (outcome.kind !== 'response') return outcome.kind;
  const { status } = outcome.response;
  if (status === 429) return '429';
  if (status >= 500) return '5xx';
  if (status >= 400) return '4xx';
  return status >= 300 ? '3xx' : '2xx';
}

function asPaused({
  reason,
  hint,
  untilMs,
}: {
  readonly reason: string;
  readonly hint: string | null;
  readonly untilMs: number | null;
}): Failure {
  return { kind: 'paused', reason, ...(untilMs === null ? {} : { untilMs }), ...(hint === null ? {} : { hint }) };
}

/** A 4xx is an answer: the other side is well and means it. */
function healthOf(outcome: HttpOutcome): Health {
  return outcome.kind === 'response' && outcome.response.status < 500 ? 'answered' : 'fault';
}

function problemOf(outcome: HttpOutcome): string {
  return outcome.kind === 'response' ? `HTTP ${outcome.response.status}` : outcome.reason;
}

function heedRateLimit({ budget, clock }: Channel, outcome: HttpOutcome): void {
  if (outcome.kind !== 'response' || outcome.response.status !== 429) return;
  const nowMs = clock.now();
  const untilMs = readRetryAfter(outcome.response.headers['retry-after'], nowMs) ?? nowMs + DEFAULT_SILENCE_MS;
  budget.blockUntil(Math.min(untilMs, nowMs + MAX_SILENCE_MS));
}

function toSent(outcome: HttpOutcome): Sent {
  switch (outcome.kind) {
    case 'response':
      return outcome;
    case 'unknown':
      return { kind: 'unknown', reason: outcome.reason };
    case 'not_sent':
      // Our own guard said no: every other request of this destination would hear the same.
      if (outcome.refused === true) return { kind: 'paused', reason: outcome.reason, hint: PRIVATE_HINT };
      return { kind: 'retry', reason: outcome.reason };
  }
}

interface Exchange {
  readonly effect: 'read' | 'write';
  readonly operation: Operation;
  readonly startedAtMs: number;
  readonly waitedMs: number;
  /** Absent: not sent, because it is a preview. */
  readonly outcome?: HttpOutcome;
}

function describe(
  { mask, clock }: Channel,
  request: HttpRequest,
  { effect, operation, startedAtMs, waitedMs, outcome }: Exchange,
): RequestRecord {
  const response = outcome?.kind === 'response' ? outcome.response : null;
  const error = errorOf(outcome);
  const keep = (body: string | null): string | null => (body === null ? null : shorten(mask.body(body)));
  return {
    method: request.method,
    url: mask.url(request.url),
    effect,
    requestBody: keep(request.body?.toString() ?? null),
    status: response?.status ?? null,
    responseBody: keep(response?.body ?? null),
    error: error === null ? null : mask.text(error),
    startedAtMs,
    durationMs: clock.now() - startedAtMs,
    operation,
    waitedMs,
  };
}

function errorOf(outcome: HttpOutcome | undefined): string | null {
  if (outcome === undefined) return 'not sent: preview';
  return outcome.kind === 'response' ? null : outcome.reason;
}

function shorten(body: string): string {
  return body.length <= MAX_KEPT_CHARACTERS
    ? body
    : `${body.slice(0, MAX_KEPT_CHARACTERS)}… (${body.length} characters)`;
}
