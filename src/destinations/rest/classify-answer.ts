import type { Failure } from '../destination.ts';
import { readRetryAfter } from '../../shared/retry-after.ts';
import { answerScope, isSuccessStatus, wordsOf, type Answer } from './answer.ts';
import type { Test } from './compiler.ts';
import type { ErrorRuleConfig, RestConfig } from './schema.ts';

/** What a request was sent for. `create` may find that the record exists; `read` and `update` that it does not any more. */
export type Purpose = 'search' | 'read' | 'create' | 'update';

/** A look has no fate: whatever became of it, it can be repeated. */
export function isLook(purpose: Purpose): boolean {
  return purpose === 'search' || purpose === 'read';
}

export interface CompiledErrorRule {
  readonly statuses: readonly number[] | null;
  readonly body: Test | null;
  readonly verdict: ErrorRuleConfig['do'];
  readonly afterMs: number | null;
}

/** What classifying one answer takes. */
export interface AnswerContext {
  readonly label: string;
  readonly purpose: Purpose;
  readonly success: Test | null;
  /** Null: no answer means "exists already". */
  readonly conflict: Test | null;
  readonly rules: readonly CompiledErrorRule[];
  readonly retryAfter: RestConfig['retry_after'];
  readonly nowMs: number;
  readonly destination: string;
}

export type Verdict =
  | { readonly kind: 'success'; readonly answer: Answer }
  | { readonly kind: 'conflict'; readonly answer: Answer }
  | { readonly kind: 'refresh_auth'; readonly reason: string }
  | Failure;

/** What an answer means: the operator's rules first, then `success`, then a table by status. Pure. */
export function classifyAnswer(answer: Answer, context: AnswerContext): Verdict {
  const isSuccess = isSuccessStatus(answer.status) && context.success?.(answerScope(answer)) !== false;
  const rule = context.rules.find((candidate) => applies(candidate, answer, isSuccess));
  if (rule !== undefined) return byRule(rule, answer, context);
  if (isSuccess) return { kind: 'success', answer };
  if (context.purpose === 'create' && context.conflict?.(answerScope(answer)) === true)
    return { kind: 'conflict', answer };
  return byStatus(answer, context);
}

/** A rule without a status is about failures only: words in a good answer are somebody's data. */
function applies({ statuses, body }: CompiledErrorRule, answer: Answer, isSuccess: boolean): boolean {
  if (statuses === null ? isSuccess : !statuses.includes(answer.status)) return false;
  return body === null || body(answerScope(answer));
}

function byRule(rule: CompiledErrorRule, answer: Answer, context: AnswerContext): Verdict {
  const reason = reasonOf(answer, context);
  switch (rule.verdict) {
    case 'retry':
    case 'pause':
      return waiting(rule.verdict, reason, waitOf(answer, context) ?? ownWait(rule, context));
    case 'refresh_auth':
      return { kind: 'refresh_auth', reason };
    case 'conflict':
      return context.purpose === 'create' ? { kind: 'conflict', answer } : { kind: 'rejected', reason };
    case 'permanent':
      return { kind: 'rejected', reason };
  }
}

function ownWait({ afterMs }: CompiledErrorRule, { nowMs }: AnswerContext): number | undefined {
  return afterMs === null ? undefined : nowMs + afterMs;
}

function waiting(verdict: 'retry' | 'pause', reason: string, atMs: number | undefined): Failure {
  if (verdict === 'retry') return { kind: 'retry', reason, ...(atMs === undefined ? {} : { notBeforeMs: atMs }) };
  return { kind: 'paused', reason, ...(atMs === undefined ? {} : { untilMs: atMs }) };
}

function byStatus(answer: Answer, context: AnswerContext): Verdict {
  const { status } = answer;
  const reason = reasonOf(answer, context);
  if (status === 401) return { kind: 'refresh_auth', reason };
  if (isGone(status, context)) return { kind: 'gone', reason };
  if (isPassing(answer)) return passing(answer, context);
  const hint = hintFor(answer, context);
  return { kind: 'rejected', reason, ...(hint === undefined ? {} : { hint }) };
}

function isPassing({ status }: Answer): boolean {
  return [408, 425, 429].includes(status) || status >= 500;
}

/** A create under a person's path that is answered 404 says that the person is gone; the caller decides which it was. */
function isGone(status: number, { purpose, label }: AnswerContext): boolean {
  if (status !== 404 && status !== 410) return false;
  return purpose === 'update' || purpose === 'read' || (purpose === 'create' && /\{\{[^}]*\bcontact_id\b/.test(label));
}

/**
 * 429 and 425 were turned away unread (RFC 6585, RFC 8470), and a server that says when to come back did nothing
 * either. After any other of these a gateway may have lost the answer of a write that was carried out.
 */
function passing(answer: Answer, context: AnswerContext): Failure {
  const reason = reasonOf(answer, context);
  const notBeforeMs = waitOf(answer, context);
  const turnedAway =
    answer.status === 425 || answer.status === 429 || (answer.status === 503 && notBeforeMs !== undefined);
  if (!isLook(context.purpose) && !turnedAway) return { kind: 'unknown', reason };
  return waiting('retry', reason, notBeforeMs);
}

function waitOf({ headers }: Answer, { nowMs, retryAfter }: AnswerContext): number | undefined {
  const own = retryAfter === undefined ? undefined : headers[retryAfter.header.toLowerCase()];
  return readRetryAfter(headers['retry-after'], nowMs) ?? readRetryAfter(own, nowMs, retryAfter?.unit);
}

/** `POST /contacts → 422: phone is not valid`. */
function reasonOf(answer: Answer, { label }: AnswerContext): string {
  return `${label} → ${answer.status}: ${wordsOf(answer)}`;
}

function hintFor({ status, headers }: Answer, { destination }: AnswerContext): string | undefined {
  const where = `destinations.${destination}`;
  if (status >= 300 && status < 400) {
    return `Redirects are not followed. Write the final address in ${where}.base_url${locationHint(headers['location'])}.`;
  }
  const hints: Readonly<Record<number, string>> = {
    400: 'The CRM refused a value: change or drop the field it names.',
    403: `The credentials of ${destination} may not do this: give them the permission.`,
    404: `Check ${where}.base_url and this path.`,
    405: `Check the method of this request in ${where}.`,
    409: `It exists already. Write conflict.id or a lookup in ${where}, so that it can be found.`,
    415: `Check encoding and headers of this request in ${where}.`,
    422: 'The CRM refused a value: change or drop the field it names.',
  };
  return hints[status];
}

function locationHint(location: string | undefined): string {
  if (location === undefined || !URL.canParse(location)) return '';
  return ` (it points to ${new URL(location).origin})`;
}
