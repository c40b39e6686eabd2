import type { JsonObject } from '../../domain/json.ts';
import type { Clock } from '../../shared/clock.ts';
import type { HttpRequest } from '../../shared/http-client.ts';
import type { Exchange, ExchangePart, Failure, Planned, RequestContext } from '../destination.ts';
import { readAnswer, type Answer } from '../rest/answer.ts';
import type { Authenticator } from '../rest/authenticator.ts';
import { classifyAnswer, type AnswerContext } from './classify.ts';

/** One request; paths begin after the host. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body: JsonObject | null;
  readonly effect: 'read' | 'write';
  readonly limitClass?: string;
  /** A 403 is an answer, too. */
  readonly mayBeForbidden?: boolean;
}

/** `answer`: 2xx, or one of the refusals that only the asker can read (see `classifyAnswer`). */
export type Reply = { readonly kind: 'answer'; readonly answer: Answer } | Failure;

/** A shared request, and what its participants need to keep it. */
export type SharedReply = { readonly reply: Reply; readonly exchange: Exchange | null } | { readonly kind: 'empty' };

/** Sends requests to HubSpot: proves who we are, says what every answer means, renews a refused token once. */
export interface HubSpotClient {
  ask(question: Question, context: RequestContext): Promise<Reply | Planned>;
  /** For many attempts; `build` is asked when the request's turn has come. */
  askShared(
    question: Omit<Question, 'body'>,
    build: () => Promise<JsonObject | null>,
    leader: RequestContext,
  ): Promise<SharedReply>;
}

export interface ClientOptions {
  readonly destination: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly authenticator: Authenticator;
  /** What to do when HubSpot refuses it, as the end of a sentence: `check …, then resume it.` */
  readonly credentialsHint: string;
  /** When the account's day ends; null while its time zone is not known. */
  readonly midnightMs: () => number | null;
}

export function createHubSpotClient(options: ClientOptions): HubSpotClient {
  return {
    ask: (question, context) => ask(options, question, context),
    askShared: (question, build, leader) => askShared(options, question, build, leader),
  };
}

async function ask(options: ClientOptions, question: Question, context: RequestContext): Promise<Reply | Planned> {
  const first = await sendOnce(options, question, context);
  if (first.kind !== 'refused') return first;
  const renewed = await renew(options, first, context);
  if (renewed !== null) return renewed;
  const second = await sendOnce(options, question, context);
  return second.kind === 'refused' ? refusedCredentials(options, second.reason) : second;
}

/** The token was not accepted. */
interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
  readonly request: HttpRequest;
}

async function sendOnce(
  options: ClientOptions,
  question: Question,
  context: RequestContext,
): Promise<Reply | Planned | Refused> {
  const authorised = await options.authenticator.authorise(toRequest(options, question), context);
  if (authorised.kind !== 'ok') return authorised;
  const { request } = authorised;
  const sent = await context.send(request, question.effect, question.limitClass);
  if (sent.kind === 'planned') return sent;
  if (sent.kind !== 'response') return withoutAnswer(question, sent);
  const verdict = classifyAnswer(readAnswer(sent.response), contextOf(options, question));
  return verdict.kind === 'refresh_auth' ? { kind: 'refused', reason: verdict.reason, request } : verdict;
}

/**
 * The token is fetched before the request waits for its turn, so that what was gathered meanwhile need not wait for it.
 * A token that was refused on the way fails this request only: who took part tries again, with a new one.
 */
async function askShared(
  options: ClientOptions,
  question: Omit<Question, 'body'>,
  build: () => Promise<JsonObject | null>,
  leader: RequestContext,
): Promise<SharedReply> {
  const leading = asShared(leader);
  const template = await options.authenticator.authorise(toRequest(options, { ...question, body: null }), leading);
  if (template.kind !== 'ok') return { reply: template, exchange: null };
  const buildRequest = async (): Promise<HttpRequest | null> => {
    const body = await build();
    return body === null ? null : { ...template.request, body: JSON.stringify(body) };
  };
  const sent = await leader.sendShared(buildRequest, question.effect, question.limitClass);
  if (sent.kind === 'empty') return sent;
  const { exchange } = sent;
  if (sent.kind === 'failed') return { reply: withoutAnswer(question, sent.failure), exchange };
  const verdict = classifyAnswer(readAnswer(sent.response), contextOf(options, question));
  if (verdict.kind !== 'refresh_auth') return { reply: verdict, exchange };
  const { reason } = verdict;
  const renewed = await renew(options, { reason, request: sent.exchange.request }, leading);
  return { reply: renewed ?? { kind: 'retry', reason, notBeforeMs: options.clock.now() }, exchange };
}

/** Null: there is a new token. */
async function renew(
  options: ClientOptions,
  { reason, request }: Pick<Refused, 'reason' | 'request'>,
  context: RequestContext,
): Promise<Failure | null> {
  const renewed = await options.authenticator.renew?.(request, context);
  if (renewed === undefined) return refusedCredentials(options, reason);
  return renewed.kind === 'renewed' ? null : renewed;
}

/** A request that others need as well: it does not end with the run that happens to send it. */
function asShared(context: RequestContext): RequestContext {
  if (context.mode === 'preview') return context;
  return {
    ...context,
    async send(request, effect, limitClass) {
      const sent = await context.sendShared(() => Promise.resolve(request), effect, limitClass);
      if (sent.kind === 'empty') throw new Error('a request that was there was not sent');
      if (sent.exchange !== null) context.keep(sent.exchange, wholePart(sent.exchange));
      return sent.kind === 'failed' ? sent.failure : sent;
    },
  };
}

function wholePart({ request, outcome }: Exchange): ExchangePart {
  return {
    requestBody: request.body?.toString() ?? null,
    responseBody: outcome.kind === 'response' ? outcome.response.body : null,
  };
}

function toRequest({ baseUrl, timeoutMs }: ClientOptions, { method, path, body }: Question): HttpRequest {
  const headers = method === 'GET' ? {} : { 'Content-Type': 'application/json' };
  return { method, url: `${baseUrl}${path}`, headers, body: body === null ? null : JSON.stringify(body), timeoutMs };
}

function contextOf({ destination, clock, midnightMs }: ClientOptions, question: Omit<Question, 'body'>): AnswerContext {
  const { effect, mayBeForbidden = false } = question;
  const nowMs = clock.now();
  return { destination, label: labelOf(question), effect, mayBeForbidden, nowMs, midnightMs: midnightMs() };
}

/** Without the query: it is long, and may hold what is not to be shown. */
export function labelOf({ method, path }: Pick<Question, 'method' | 'path'>): string {
  return `${method} ${path.split('?')[0]}`;
}

/** A look has no fate: it can be repeated. */
function withoutAnswer(question: Omit<Question, 'body'>, failure: Failure): Failure {
  const reason = `${labelOf(question)}: ${failure.reason}`;
  return failure.kind === 'unknown' && question.effect === 'read' ? { kind: 'retry', reason } : { ...failure, reason };
}

function refusedCredentials({ credentialsHint }: ClientOptions, reason: string): Failure {
  return { kind: 'paused', reason, hint: `HubSpot refused the authentication: ${credentialsHint}` };
}
