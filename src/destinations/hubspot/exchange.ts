import type { JsonObject } from '../../domain/json.ts';
import type { Clock } from '../../shared/clock.ts';
import type { HttpRequest } from '../../shared/http-client.ts';
import type { Failure, RequestContext } from '../destination.ts';
import { readAnswer } from '../rest/answer.ts';
import type { Authenticator } from '../rest/authenticator.ts';
import { createSessionClient, type Asked, type Prepared, type SessionClient } from '../session-client.ts';
import { classifyAnswer, type AnswerContext } from './classify.ts';

/** One request; paths begin after the host. */
export interface Question extends Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body: JsonObject | null;
  /** A 403 is an answer, too. */
  readonly mayBeForbidden?: boolean;
}

export type HubSpotClient = SessionClient<Question>;

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

/** A request without path and body that carries the proof of who we are. */
interface Session {
  readonly signed: HttpRequest;
}

export function createHubSpotClient(options: ClientOptions): HubSpotClient {
  return createSessionClient<Session, Question>({
    clock: options.clock,
    openSession: (context) => openSession(options, context),
    prepare: (session, question) => Promise.resolve(prepare(options, session, question)),
    renewSession: (session, reason, context) => renewSession(options, session, { reason, context }),
    refusedAgain: (reason) => refusedCredentials(options, reason),
    labelOf,
  });
}

async function openSession(
  { baseUrl, timeoutMs, authenticator }: ClientOptions,
  context: RequestContext,
): Promise<Session | Failure> {
  const blank = { method: 'GET', url: baseUrl, headers: {}, body: null, timeoutMs };
  const authorised = await authenticator.authorise(blank, context);
  return authorised.kind === 'ok' ? { signed: authorised.request } : authorised;
}

function prepare(options: ClientOptions, { signed }: Session, question: Question): Prepared {
  const { method, path, body } = question;
  const headers = method === 'GET' ? signed.headers : { ...signed.headers, 'Content-Type': 'application/json' };
  const url = `${options.baseUrl}${path}`;
  return {
    request: { ...signed, method, url, headers, body: body === null ? null : JSON.stringify(body) },
    read: (response) => classifyAnswer(readAnswer(response), contextOf(options, question)),
  };
}

async function renewSession(
  options: ClientOptions,
  { signed }: Session,
  { reason, context }: { readonly reason: string; readonly context: RequestContext },
): Promise<Failure | null> {
  const renewed = await options.authenticator.renew?.(signed, context);
  if (renewed === undefined) return refusedCredentials(options, reason);
  return renewed.kind === 'renewed' ? null : renewed;
}

function contextOf({ destination, clock, midnightMs }: ClientOptions, question: Question): AnswerContext {
  const { effect, mayBeForbidden = false } = question;
  const nowMs = clock.now();
  return { destination, label: labelOf(question), effect, mayBeForbidden, nowMs, midnightMs: midnightMs() };
}

/** Without the query: it is long, and may hold what is not to be shown. */
export function labelOf({ method, path }: Pick<Question, 'method' | 'path'>): string {
  return `${method} ${path.split('?')[0]}`;
}

function refusedCredentials({ credentialsHint }: ClientOptions, reason: string): Failure {
  return { kind: 'paused', reason, hint: `HubSpot refused the authentication: ${credentialsHint}` };
}
