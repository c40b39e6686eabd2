import type { JsonObject } from '../../domain/json.ts';
import type { Clock } from '../../shared/clock.ts';
import type { HttpRequest } from '../../shared/http-client.ts';
import type { Failure, Planned, RequestContext } from '../destination.ts';
import { answerScope, readAnswer, type Answer } from './answer.ts';
import type { Authenticator } from './authenticator.ts';
import {
  classifyAnswer,
  isLook,
  type AnswerContext,
  type CompiledErrorRule,
  type Purpose,
  type Verdict,
} from './classify-answer.ts';
import type { CompiledRequest } from './compile-request.ts';
import type { Test } from './compiler.ts';
import type { RestConfig } from './schema.ts';

/** One request with all that tells what its answer means. */
export interface Question {
  readonly request: CompiledRequest;
  readonly scope: JsonObject;
  readonly purpose: Purpose;
  readonly success: Test | null;
  readonly conflict: Test | null;
  /** For lookups: when the answer means "nobody". */
  readonly none: Test | null;
}

export type Reply =
  | { readonly kind: 'success'; readonly answer: Answer }
  | { readonly kind: 'conflict'; readonly answer: Answer }
  | { readonly kind: 'none' }
  | Planned
  | Failure;

/** Sends a question and says what the answer means. */
export type Ask = (question: Question, context: RequestContext) => Promise<Reply>;

export interface ExchangeOptions {
  readonly destination: string;
  readonly clock: Clock;
  readonly authenticator: Authenticator;
  readonly rules: readonly CompiledErrorRule[];
  readonly retryAfter: RestConfig['retry_after'];
}

/** One exchange: render, prove who we are, send, classify; with renewed credentials once more if they were refused. */
export function createExchange(options: ExchangeOptions): Ask {
  return async (question, context) => {
    const rendered = question.request.render(question.scope);
    if (rendered.kind === 'unsendable') return { kind: 'rejected', reason: rendered.reason };
    // A search with a hole in it would find everybody.
    if (question.purpose === 'search' && rendered.hasEmptyParameter) return { kind: 'none' };
    const first = await sendOnce(options, question, rendered.request, context);
    if (first.kind !== 'refresh_auth') return first;
    const renewed = await options.authenticator.renew?.(first.refused, context);
    if (renewed === undefined) return refusedCredentials(options, first.reason);
    if (renewed.kind !== 'renewed') return renewed;
    const second = await sendOnce(options, question, rendered.request, context);
    return second.kind === 'refresh_auth' ? refusedCredentials(options, second.reason) : second;
  };
}

async function sendOnce(
  options: ExchangeOptions,
  question: Question,
  request: HttpRequest,
  context: RequestContext,
): Promise<Reply | { readonly kind: 'refresh_auth'; readonly reason: string; readonly refused: HttpRequest }> {
  const authorised = await options.authenticator.authorise(request, context);
  if (authorised.kind !== 'ok') return authorised;
  const effect = isLook(question.purpose) ? 'read' : 'write';
  const sent = await context.send(authorised.request, effect);
  if (sent.kind !== 'response') return withoutAnswer(question, sent);
  const answer = readAnswer(sent.response);
  if (question.none?.(answerScope(answer)) === true) return { kind: 'none' };
  const verdict: Verdict = classifyAnswer(answer, answerContext(options, question));
  return verdict.kind === 'refresh_auth' ? { ...verdict, refused: authorised.request } : verdict;
}

function withoutAnswer({ purpose, request }: Question, sent: Planned | Failure): Planned | Failure {
  if (sent.kind === 'planned') return sent;
  const reason = `${request.label}: ${sent.reason}`;
  return sent.kind === 'unknown' && isLook(purpose) ? { kind: 'retry', reason } : { ...sent, reason };
}

function answerContext({ rules, retryAfter, clock, destination }: ExchangeOptions, question: Question): AnswerContext {
  const { request, purpose, success, conflict } = question;
  return { label: request.label, purpose, success, conflict, rules, retryAfter, nowMs: clock.now(), destination };
}

function refusedCredentials({ destination }: ExchangeOptions, reason: string): Failure {
  return { kind: 'paused', reason, hint: `The credentials were refused: check destinations.${destination}.auth.` };
}
