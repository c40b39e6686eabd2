import { readRetryAfter } from '../../shared/retry-after.ts';
import { isSuccessStatus, wordsOf, type Answer } from '../rest/answer.ts';
import type { Failure } from '../destination.ts';
import type { Verdict } from '../session-client.ts';
import { readError, type HubSpotError } from './answer.ts';

/** What classifying an answer takes. */
export interface AnswerContext {
  /** Name of the destination, for hints. */
  readonly destination: string;
  /** `POST /crm/objects/2026-03/calls/batch/upsert` */
  readonly label: string;
  readonly effect: 'read' | 'write';
  /** Being forbidden it is an answer, too: what it is for can do without. */
  readonly mayBeForbidden: boolean;
  readonly nowMs: number;
  /** When the account's day ends; null while its time zone is not known. */
  readonly midnightMs: number | null;
}

/** Of what was asked; the caller knows what that was. */
const REFUSALS = [400, 404, 409];
/** A lock lasts two seconds (hubspot.md section 8.3). */
const LOCK_MS = 2_000;
/** A migration to another data centre that does not say how long it takes. */
const MIGRATION_MS = 3_600_000;
/** The day's quota is used up, and when the account's day ends is not known. */
const UNKNOWN_DAY_MS = 3_600_000;

/** What an answer means, as far as it means the same for every request (hubspot.md sections 8 and 9). Pure. */
export function classifyAnswer(answer: Answer, context: AnswerContext): Verdict {
  const { status } = answer;
  const isForTheAsker = REFUSALS.includes(status) || (status === 403 && context.mayBeForbidden);
  if (isSuccessStatus(status) || isForTheAsker) return { kind: 'answer', answer };
  const reason = reasonOf(answer, context);
  if (status === 401) return { kind: 'refresh_auth', reason };
  const failure = BY_STATUS[status]?.(answer, reason, context);
  if (failure !== undefined) return failure;
  return status >= 500 ? broken(answer, reason, context) : { kind: 'rejected', reason };
}

type Classify = (answer: Answer, reason: string, context: AnswerContext) => Failure;

const BY_STATUS: Readonly<Record<number, Classify>> = {
  403: missingPermission,
  408: broken,
  423: (_answer, reason, { nowMs }) => ({ kind: 'retry', reason, notBeforeMs: nowMs + LOCK_MS }),
  429: overLimit,
  477: (answer, reason, context) => {
    return { kind: 'paused', reason, untilMs: waitOf(answer, context) ?? context.nowMs + MIGRATION_MS };
  },
};

/** `POST … → 400: VALIDATION_ERROR: Property values were not valid (correlation id …)`. */
export function reasonOf(answer: Answer, { label }: Pick<AnswerContext, 'label'>): string {
  return `${label} → ${answer.status}: ${wordsOfError(readError(answer.body)) ?? wordsOf(answer)}`;
}

/** Null when the error says nothing in HubSpot's own shape (an HTML page of some edge). */
export function wordsOfError({ message, category, correlationId }: HubSpotError): string | null {
  if (message === '') return null;
  const words = message.length > MAX_WORDS ? `${message.slice(0, MAX_WORDS)}…` : message;
  const id = correlationId === null ? '' : ` (correlation id ${correlationId})`;
  return `${category === '' ? '' : `${category}: `}${words}${id}`;
}

const MAX_WORDS = 500;

/** A scope that is missing concerns every call: held until it is given, not thrown away one by one. */
function missingPermission({ body }: Answer, reason: string, { destination }: AnswerContext): Failure {
  const { scopes } = readError(body);
  const needed = scopes.length === 0 ? '' : ` It needs one of: ${scopes.join(', ')}.`;
  return {
    kind: 'paused',
    reason,
    hint: `The token of ${destination} may not do this.${needed} Add the scope in HubSpot, then resume the destination.`,
  };
}

function overLimit(answer: Answer, reason: string, context: AnswerContext): Failure {
  const { nowMs, midnightMs } = context;
  const waitMs = waitOf(answer, context);
  if (readError(answer.body).policy === 'DAILY') {
    const untilMs = midnightMs ?? waitMs ?? nowMs + UNKNOWN_DAY_MS;
    return {
      kind: 'paused',
      reason,
      untilMs,
      hint: "The account's daily quota is used up; it goes on by itself after midnight.",
    };
  }
  return { kind: 'retry', reason, notBeforeMs: waitMs ?? nowMs + silenceFor(answer) };
}

/** How long a 429 that names no time asks for silence. */
export function silenceFor({ body }: Pick<Answer, 'body'>): number {
  return readError(body).policy === 'TEN_SECONDLY_ROLLING' ? 10_000 : 1_000;
}

/** A gateway may have lost the answer of a write that was carried out. */
function broken(answer: Answer, reason: string, context: AnswerContext): Failure {
  const notBeforeMs = waitOf(answer, context);
  if (context.effect === 'write') return { kind: 'unknown', reason };
  return { kind: 'retry', reason, ...(notBeforeMs === undefined ? {} : { notBeforeMs }) };
}

function waitOf({ headers }: Answer, { nowMs }: AnswerContext): number | undefined {
  return readRetryAfter(headers['retry-after'], nowMs);
}
