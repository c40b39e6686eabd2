import type { JsonValue } from '../../domain/json.ts';
import type { Clock } from '../../shared/clock.ts';
import type { HttpResponse } from '../../shared/http-client.ts';
import type { Failure } from '../destination.ts';
import type { Answer } from '../rest/answer.ts';
import { createSessionClient, type Asked, type Prepared, type SessionClient } from '../session-client.ts';
import { LOOK_AGAIN_MS, type TokenKeeper, type Tokens } from '../token-keeper.ts';
import { classifyAnswer } from './classify.ts';
import { openDialogue, type Conclusion, type Operation } from './jsforce.ts';

/** One request. */
export interface Question extends Asked {
  /** For people: `POST /composite/sobjects`. */
  readonly label: string;
  readonly operation: Operation;
  /** A 403 is an answer, too. */
  readonly mayBeForbidden?: boolean;
}

export type SalesforceClient = SessionClient<Question>;

export interface ClientOptions {
  readonly destination: string;
  readonly version: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly tokens: TokenKeeper;
}

export function createSalesforceClient(options: ClientOptions): SalesforceClient {
  return createSessionClient<{ readonly tokens: Tokens }, Question>({
    clock: options.clock,
    async openSession(context) {
      const tokens = await options.tokens.usable(context);
      return 'kind' in tokens ? tokens : { tokens };
    },
    prepare: ({ tokens }, question) => prepare(options, tokens, question),
    async renewSession({ tokens }, _reason, context) {
      const renewed = await options.tokens.renewed(tokens.accessToken, context);
      return 'kind' in renewed ? renewed : null;
    },
    refusedAgain: (reason) => refusedAgain(options, reason),
    labelOf: ({ label }) => label,
  });
}

async function prepare(options: ClientOptions, tokens: Tokens, question: Question): Promise<Prepared> {
  const { destination, version, timeoutMs, clock } = options;
  const { accessToken, instanceUrl } = tokens;
  if (instanceUrl === null) throw new Error('a session without an instance_url was kept');
  const dialogue = await openDialogue({ accessToken, instanceUrl, version, timeoutMs }, question.operation);
  return {
    request: dialogue.request,
    async read(response) {
      const answer = toAnswer(response, await dialogue.conclude(response));
      const { label, effect, mayBeForbidden = false } = question;
      return classifyAnswer(answer, { destination, label, effect, mayBeForbidden, nowMs: clock.now() });
    },
  };
}

/** Errors as the list that Salesforce sends; jsforce takes the only one out of it. */
function toAnswer({ status, headers, body }: HttpResponse, conclusion: Conclusion): Answer {
  if (conclusion.kind === 'value') return { status, headers, body: (conclusion.value ?? null) as JsonValue };
  const { data } = conclusion;
  if (Array.isArray(data)) return { status, headers, body: data as JsonValue };
  const isError = typeof data === 'object' && data !== null && 'errorCode' in data && !isMadeUp(data.errorCode);
  return { status, headers, body: isError ? [data as JsonValue] : body };
}

/** jsforce's own word for an answer that is not in Salesforce's shape. */
function isMadeUp(code: unknown): boolean {
  return typeof code === 'string' && code.startsWith('ERROR_HTTP_');
}

/** Session policies, IP ranges and frozen users refuse every session they give (salesforce.md section 2.8). */
export function refusedAgainHint(destination: string): string {
  return `Salesforce gives sessions and refuses them: look at the app's IP relaxation and session policies, and whether the user is frozen; check auth at destinations.${destination}, then resume it.`;
}

function refusedAgain({ destination, clock }: ClientOptions, reason: string): Failure {
  const untilMs = clock.now() + LOOK_AGAIN_MS;
  return { kind: 'paused', reason, untilMs, hint: refusedAgainHint(destination) };
}

/** A request that only reads. */
export function reading(path: string): Pick<Question, 'label' | 'operation' | 'effect'> {
  return {
    label: `GET ${path.split('?')[0]}`,
    operation: (connection) => connection.requestGet(path),
    effect: 'read',
  };
}
