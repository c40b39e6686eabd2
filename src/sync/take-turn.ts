import type { Exchange, Failure, RecordKind, SharedAnswer } from '../destinations/destination.ts';
import type { LimitNews } from '../destinations/rate.ts';
import type { Urgency } from '../domain/urgency.ts';
import type { Clock } from '../shared/clock.ts';
import type { HttpClient, HttpOutcome, HttpRequest, HttpResponse } from '../shared/http-client.ts';
import { readRetryAfter } from '../shared/retry-after.ts';
import type { Breaker, Health } from './breaker.ts';
import type { Budget } from './budget.ts';

const PRIVATE_HINT = 'If it is meant to be there, write allow_private_networks: true below its base_url.';
/** For a 429 that does not say how long. */
const DEFAULT_SILENCE_MS = 1000;
/** A longer wish concerns the one request, not everybody's. */
const MAX_SILENCE_MS = 60_000;

/** Hides secrets and personal data before a request is kept. */
export interface RequestMask {
  readonly url: (url: string) => string;
  readonly body: (body: string) => string;
  readonly text: (text: string) => string;
}

/** What requests of one destination go through; shared by all its contexts. */
export interface Channel {
  readonly destination: string;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly mask: RequestMask;
  /** Requests of a class draw on a budget of their own; undefined: the general one. */
  readonly budgetOf: (limitClass: string | undefined) => Budget;
  /** What an answer tells of the CRM's limits. */
  readonly readLimits: ((answer: HttpResponse) => LimitNews | null) | undefined;
  readonly breaker: Breaker;
  readonly metrics: RequestMetrics;
}

/** What a request is for. */
export type Operation = 'find' | 'read' | 'recover' | `write_${RecordKind}` | 'check' | 'setup';

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

/** One request that waits for its turn. */
export interface Turn {
  readonly operation: Operation;
  readonly effect: 'read' | 'write';
  readonly limitClass: string | undefined;
  readonly signal: AbortSignal;
  /** Asked whenever there is room for one of those that wait. */
  readonly urgencyNow: () => Urgency;
  /** False: another worker may be at the same, and nothing is sent. Absent: nobody else can be. */
  readonly stillHeld: (() => Promise<boolean>) | undefined;
}

/** Waits for room in the budget, asks the breaker, builds the request and sends it. Never throws. */
export async function takeTurn(
  channel: Channel,
  turn: Turn,
  build: () => Promise<HttpRequest | null>,
): Promise<SharedAnswer> {
  const askedAtMs = channel.clock.now();
  const slot = await channel.budgetOf(turn.limitClass).acquire(turn.signal, turn.urgencyNow);
  if (slot.kind === 'busy') return notSent({ kind: 'retry', reason: BUSY, notBeforeMs: slot.notBeforeMs });
  try {
    // The wait may have been long, and the process may have stood still in it.
    if (turn.stillHeld !== undefined && !(await turn.stillHeld())) {
      return notSent({ kind: 'retry', reason: TAKEN_OVER, notBeforeMs: channel.clock.now() });
    }
    return await sendNow(channel, turn, build, askedAtMs);
  } finally {
    slot.release();
  }
}

const BUSY = 'its request budget is used up';
const TAKEN_OVER = 'another worker may have taken over, so it was not sent';

async function sendNow(
  channel: Channel,
  turn: Turn,
  build: () => Promise<HttpRequest | null>,
  askedAtMs: number,
): Promise<SharedAnswer> {
  const { breaker, clock, http } = channel;
  const request = await build();
  if (request === null) return { kind: 'empty' };
  const startedAtMs = clock.now();
  const entry = breaker.enter(startedAtMs);
  if (!entry.ok) return notSent(asPaused(entry));
  const outcome = await http.send(request, turn.signal);
  const endedAtMs = clock.now();
  const health = turn.signal.aborted ? 'aborted' : healthOf(outcome);
  breaker.leave({ isProbe: entry.isProbe, health, detail: problemOf(outcome), nowMs: endedAtMs });
  heedLimits(channel, turn, outcome);
  const durationMs = endedAtMs - startedAtMs;
  channel.metrics.requestSent({
    destination: channel.destination,
    operation: turn.operation,
    result: health === 'aborted' ? 'aborted' : classOf(outcome),
    seconds: durationMs / 1000,
  });
  const { effect } = turn;
  return toAnswer({ request, effect, startedAtMs, durationMs, waitedMs: startedAtMs - askedAtMs, outcome });
}

function notSent(failure: Failure): SharedAnswer {
  return { kind: 'failed', failure, exchange: null };
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

function heedLimits(
  { budgetOf, readLimits, breaker, clock }: Channel,
  { limitClass }: Turn,
  outcome: HttpOutcome,
): void {
  if (outcome.kind !== 'response') return;
  const nowMs = clock.now();
  const { per, silentForMs, pause } = readLimits?.(outcome.response) ?? {};
  if (pause !== undefined && breaker.current() === null) breaker.pause({ ...pause, sinceMs: nowMs });
  if (per !== undefined) budgetOf(undefined).setLimits(per);
  const untilMs = silentForMs === undefined ? silenceAfter(outcome.response, nowMs) : nowMs + silentForMs;
  if (untilMs > nowMs) budgetOf(limitClass).blockUntil(Math.min(untilMs, nowMs + MAX_SILENCE_MS));
}

function silenceAfter({ status, headers }: HttpResponse, nowMs: number): number {
  if (status !== 429) return nowMs;
  return readRetryAfter(headers['retry-after'], nowMs) ?? nowMs + DEFAULT_SILENCE_MS;
}

function toAnswer(exchange: Exchange): SharedAnswer {
  const { outcome } = exchange;
  switch (outcome.kind) {
    case 'response':
      return { kind: 'response', response: outcome.response, exchange };
    case 'unknown':
      return { kind: 'failed', failure: { kind: 'unknown', reason: outcome.reason }, exchange };
    case 'not_sent':
      return { kind: 'failed', failure: unsent(outcome), exchange };
  }
}

/** Our own guard said no: every other request of this destination would hear the same. */
function unsent({ refused, reason }: Extract<HttpOutcome, { kind: 'not_sent' }>): Failure {
  return refused === true ? { kind: 'paused', reason, hint: PRIVATE_HINT } : { kind: 'retry', reason };
}
