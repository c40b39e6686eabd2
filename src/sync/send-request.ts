import type { Exchange, ExchangePart, Failure, Planned, SharedAnswer } from '../destinations/destination.ts';
import type { Urgency } from '../domain/urgency.ts';
import type { RequestRecord } from '../ledger/ledger.ts';
import type { HttpOutcome, HttpRequest, HttpResponse } from '../shared/http-client.ts';
import { takeTurn, type Channel, type Operation } from './take-turn.ts';

/** One attempt's view of the channel. */
export interface Conversation {
  readonly mode: 'live' | 'preview';
  readonly signal: AbortSignal;
  readonly urgency: Urgency;
  readonly stillHeld: (() => Promise<boolean>) | undefined;
  readonly records: RequestRecord[];
  readonly operation: Operation;
}

/** What is to be sent, and which budget it draws on. */
export interface Sending {
  readonly effect: 'read' | 'write';
  readonly limitClass: string | undefined;
  /** Of a shared request; absent: the attempt's own. */
  readonly urgencyNow?: (() => Urgency) | undefined;
}

type Sent = { readonly kind: 'response'; readonly response: HttpResponse } | Planned | Failure;

/** Enough of a body to see what happened; whole transcripts are in the ledger already. */
const MAX_KEPT_CHARACTERS = 8000;

/** Whoever takes part in a shared request may leave; the request goes on. */
const NEVER = new AbortController().signal;

/** Sends one request through breaker and budget and keeps it, masked. In a preview, writes are kept and not sent. */
export async function sendRequest(
  channel: Channel,
  conversation: Conversation,
  request: HttpRequest,
  sending: Sending,
): Promise<Sent> {
  const { mode, operation, signal, urgency, stillHeld } = conversation;
  if (mode === 'preview' && sending.effect === 'write') {
    const startedAtMs = channel.clock.now();
    const planned = { request, effect: sending.effect, startedAtMs, durationMs: 0, waitedMs: 0, outcome: null };
    conversation.records.push(describe(channel, operation, planned, bodiesOf(request, null)));
    return { kind: 'planned' };
  }
  const answer = await takeTurn(channel, { ...sending, operation, signal, stillHeld, urgencyNow: () => urgency }, () =>
    Promise.resolve(request),
  );
  if (answer.kind === 'empty') throw new Error('a request that was there was not sent');
  const { exchange } = answer;
  if (exchange !== null) keepExchange(channel, conversation, exchange, bodiesOf(request, exchange.outcome));
  return answer.kind === 'failed' ? answer.failure : { kind: 'response', response: answer.response };
}

/** Sends one request for many attempts; see `RequestContext.sendShared`. That it is still theirs is asked while it is built. */
export function sendShared(
  channel: Channel,
  { mode, operation, urgency }: Conversation,
  build: () => Promise<HttpRequest | null>,
  sending: Sending,
): Promise<SharedAnswer> {
  if (mode === 'preview') throw new Error('a preview shares no request');
  const { urgencyNow = () => urgency } = sending;
  return takeTurn(channel, { ...sending, operation, signal: NEVER, stillHeld: undefined, urgencyNow }, build);
}

/** Keeps an exchange, masked, with one attempt. */
export function keepExchange(
  channel: Channel,
  { operation, records }: Conversation,
  exchange: Exchange,
  part: ExchangePart,
): void {
  records.push(describe(channel, operation, exchange, part));
}

function bodiesOf({ body }: HttpRequest, outcome: HttpOutcome | null): ExchangePart {
  return {
    requestBody: body?.toString() ?? null,
    responseBody: outcome?.kind === 'response' ? outcome.response.body : null,
  };
}

/** `outcome` null: not sent, because it is a preview. */
type Described = Omit<Exchange, 'outcome'> & { readonly outcome: HttpOutcome | null };

function describe(
  { mask }: Channel,
  operation: Operation,
  { request, effect, outcome, startedAtMs, durationMs, waitedMs }: Described,
  { requestBody, responseBody }: ExchangePart,
): RequestRecord {
  const error = errorOf(outcome);
  const keep = (body: string | null): string | null => (body === null ? null : shorten(mask.body(body)));
  return {
    method: request.method,
    url: mask.url(request.url),
    effect,
    requestBody: keep(requestBody),
    status: outcome?.kind === 'response' ? outcome.response.status : null,
    responseBody: keep(responseBody),
    error: error === null ? null : mask.text(error),
    startedAtMs,
    durationMs,
    operation,
    waitedMs,
  };
}

function errorOf(outcome: HttpOutcome | null): string | null {
  if (outcome === null) return 'not sent: preview';
  return outcome.kind === 'response' ? null : outcome.reason;
}

function shorten(body: string): string {
  return body.length <= MAX_KEPT_CHARACTERS
    ? body
    : `${body.slice(0, MAX_KEPT_CHARACTERS)}… (${body.length} characters)`;
}
