import type { Clock } from '../shared/clock.ts';
import type { HttpRequest, HttpResponse } from '../shared/http-client.ts';
import type { Exchange, ExchangePart, Failure, Planned, RequestContext } from './destination.ts';
import type { Answer } from './rest/answer.ts';

/** What every question says of itself. */
export interface Asked {
  readonly effect: 'read' | 'write';
  readonly limitClass?: string;
}

/**
 * `answer` is for the asker, who knows what it asked: successes, and refusals of what was asked. `refresh_auth`: the
 * session was refused.
 */
export type Verdict =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'refresh_auth'; readonly reason: string }
  | Failure;

/** A request that is ready to go, and what its answer means. */
export interface Prepared {
  readonly request: HttpRequest;
  readonly read: (response: HttpResponse) => Verdict | Promise<Verdict>;
}

/** How a CRM is spoken to: everything in which HubSpot and Salesforce differ. */
export interface Dialect<Session, Question extends Asked> {
  readonly clock: Clock;
  /** Proof of who we are: kept, or fetched through the context. */
  openSession(context: RequestContext): Promise<Session | Failure>;
  prepare(session: Session, question: Question): Promise<Prepared>;
  /** A session that was refused. Null: there is a new one. */
  renewSession(session: Session, reason: string, context: RequestContext): Promise<Failure | null>;
  /** The new session was refused as well. */
  refusedAgain(reason: string): Failure;
  /** Short, without what is not to be shown: `POST /crm/objects/…`. */
  labelOf(question: Question): string;
}

export type Reply = { readonly kind: 'answer'; readonly answer: Answer } | Failure;

/** A shared request, and what its participants need to keep it. */
export type SharedReply = { readonly reply: Reply; readonly exchange: Exchange | null } | { readonly kind: 'empty' };

/** Sends requests to a CRM: proves who we are, says what every answer means, renews a refused session once. */
export interface SessionClient<Question extends Asked> {
  ask(question: Question, context: RequestContext): Promise<Reply | Planned>;
  /** For a question that only reads: a preview asks it, too. */
  look(question: Question, context: RequestContext): Promise<Reply>;
  /** For many attempts; `build` is asked when the request's turn has come. `asked` says the same as what is built then. */
  askShared(asked: Question, build: () => Promise<Question | null>, leader: RequestContext): Promise<SharedReply>;
}

export function createSessionClient<Session extends object, Question extends Asked>(
  dialect: Dialect<Session, Question>,
): SessionClient<Question> {
  return {
    ask: (question, context) => ask(dialect, question, context),
    async look(question, context) {
      const reply = await ask(dialect, question, context);
      if (reply.kind === 'planned') throw new Error(`${dialect.labelOf(question)}: a look was planned instead of sent`);
      return reply;
    },
    askShared: (asked, build, leader) => askShared(dialect, asked, { build, leader }),
  };
}

async function ask<Session extends object, Question extends Asked>(
  dialect: Dialect<Session, Question>,
  question: Question,
  context: RequestContext,
): Promise<Reply | Planned> {
  const first = await sendOnce(dialect, question, context);
  if (first.kind !== 'refused') return first;
  const renewed = await dialect.renewSession(first.session, first.reason, asShared(context));
  if (renewed !== null) return renewed;
  const second = await sendOnce(dialect, question, context);
  return second.kind === 'refused' ? dialect.refusedAgain(second.reason) : second;
}

interface Refused<Session> {
  readonly kind: 'refused';
  readonly reason: string;
  readonly session: Session;
}

async function sendOnce<Session extends object, Question extends Asked>(
  dialect: Dialect<Session, Question>,
  question: Question,
  context: RequestContext,
): Promise<Reply | Planned | Refused<Session>> {
  const session = await dialect.openSession(asShared(context));
  if (isFailure(session)) return session;
  const { request, read } = await dialect.prepare(session, question);
  const sent = await context.send(request, question.effect, question.limitClass);
  if (sent.kind === 'planned') return sent;
  if (sent.kind !== 'response') return withoutAnswer(dialect, question, sent);
  const verdict = await read(sent.response);
  return verdict.kind === 'refresh_auth' ? { kind: 'refused', reason: verdict.reason, session } : verdict;
}

interface SharedAsking<Question> {
  readonly build: () => Promise<Question | null>;
  readonly leader: RequestContext;
}

/**
 * The session is opened before the request waits for its turn, so that what was gathered meanwhile need not wait for it.
 * One that was refused on the way fails this request only: who took part tries again, with a new one.
 */
async function askShared<Session extends object, Question extends Asked>(
  dialect: Dialect<Session, Question>,
  asked: Question,
  { build, leader }: SharedAsking<Question>,
): Promise<SharedReply> {
  const leading = asShared(leader);
  const session = await dialect.openSession(leading);
  if (isFailure(session)) return { reply: session, exchange: null };
  let prepared: Prepared | null = null;
  const buildRequest = async (): Promise<HttpRequest | null> => {
    const question = await build();
    prepared = question === null ? null : await dialect.prepare(session, question);
    return prepared?.request ?? null;
  };
  const sent = await leader.sendShared(buildRequest, asked.effect, asked.limitClass);
  if (sent.kind === 'empty') return sent;
  const { exchange } = sent;
  if (sent.kind === 'failed') return { reply: withoutAnswer(dialect, asked, sent.failure), exchange };
  const verdict = await readOf(prepared)(sent.response);
  if (verdict.kind !== 'refresh_auth') return { reply: verdict, exchange };
  const { reason } = verdict;
  const renewed = await dialect.renewSession(session, reason, leading);
  return { reply: renewed ?? { kind: 'retry', reason, notBeforeMs: dialect.clock.now() }, exchange };
}

function readOf(prepared: Prepared | null): Prepared['read'] {
  if (prepared === null) throw new Error('an answer came to a request that was never built');
  return prepared.read;
}

function isFailure(value: object): value is Failure {
  return 'kind' in value;
}

/**
 * A request that others need as well: it does not end with the run that happens to send it. A login that is broken off may
 * have spent the refresh token.
 */
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

/** A look has no fate: it can be repeated. */
function withoutAnswer<Session extends object, Question extends Asked>(
  dialect: Dialect<Session, Question>,
  question: Question,
  failure: Failure,
): Failure {
  const reason = `${dialect.labelOf(question)}: ${failure.reason}`;
  return failure.kind === 'unknown' && question.effect === 'read' ? { kind: 'retry', reason } : { ...failure, reason };
}
