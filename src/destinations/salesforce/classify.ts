import { isSuccessStatus, wordsOf, type Answer } from '../rest/answer.ts';
import type { Failure } from '../destination.ts';
import type { Verdict } from '../session-client.ts';
import { readErrors, type SalesforceError } from './answer.ts';
import { failureOf } from './error-codes.ts';

/** What classifying an answer takes. */
export interface AnswerContext {
  /** Name of the destination, for hints. */
  readonly destination: string;
  /** `POST /composite/sobjects` */
  readonly label: string;
  readonly effect: 'read' | 'write';
  /** Being forbidden it is an answer, too: what it is for can do without. */
  readonly mayBeForbidden: boolean;
  readonly nowMs: number;
}

/** Of what was asked; the asker knows what that was. */
const REFUSALS = [400, 409];
/** There is no such thing for this user; some askers can do without. */
const ABSENT = [403, 404];
/** What Salesforce also says to whom it does not show an object, or does not let make one of its records. */
const ALSO_FORBIDDEN = ['INVALID_TYPE', 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY'];
/** 401s that no new session mends (salesforce.md section 2.8). */
const HOPELESS = ['Connected app is not attached to Agent', 'This session is not valid for use with the REST API'];

/** What an answer means, as far as it means the same for every request (salesforce.md section 4.11). Pure. */
export function classifyAnswer(answer: Answer, context: AnswerContext): Verdict {
  const { status } = answer;
  if (isSuccessStatus(status)) return { kind: 'answer', answer };
  const reason = reasonOf(answer, context);
  if (status === 401) return unauthorised(reason, context);
  if (status === 300) return { kind: 'rejected', reason: `${reason}: several records carry this key` };
  const byCode = readErrors(answer.body)
    .filter(({ code }) => !(context.mayBeForbidden && ALSO_FORBIDDEN.includes(code)))
    .flatMap((error) => failureOf(error, { ...context, reason }) ?? [])
    .find((failure) => !isOfServer(context, status, failure));
  if (byCode !== undefined) return byCode;
  const isForTheAsker = REFUSALS.includes(status) || (ABSENT.includes(status) && context.mayBeForbidden);
  if (isForTheAsker) return { kind: 'answer', answer };
  return byStatus(status, reason, context);
}

/** Salesforce itself stumbled, over no record of ours: nobody who took part is to blame, and a write may have got far. */
function isOfServer({ effect }: AnswerContext, status: number, { kind }: Failure): boolean {
  return status >= 500 && (kind === 'rejected' || (kind === 'retry' && effect === 'write'));
}

function byStatus(status: number, reason: string, context: AnswerContext): Failure {
  if (status === 403) return forbidden(reason, context);
  if (status >= 500 || [408, 420, 429].includes(status)) return broken(reason, context);
  if (status < 400) return elsewhere(reason, context);
  return status === 404 ? noSuchApi(reason, context) : { kind: 'rejected', reason };
}

function unauthorised(reason: string, { destination }: AnswerContext): Verdict {
  if (!HOPELESS.some((words) => reason.includes(words))) return { kind: 'refresh_auth', reason };
  const hint = `The app or the user may not use the REST API. Mend it in Salesforce, then resume ${destination}.`;
  return { kind: 'paused', reason, hint };
}

/** A permission that is missing concerns every call: held until it is given, not thrown away one by one. */
function forbidden(reason: string, { destination }: AnswerContext): Failure {
  return {
    kind: 'paused',
    reason,
    hint: `The user of ${destination} may not do this. Give the permission in Salesforce, then resume the destination.`,
  };
}

/** Requests carry the session, so they are sent nowhere else. */
function elsewhere(reason: string, { destination }: AnswerContext): Failure {
  return {
    kind: 'paused',
    reason,
    hint: `Salesforce leads elsewhere: check login_url at destinations.${destination}.`,
  };
}

/** Every path we ask for is one of the API itself. */
function noSuchApi(reason: string, { destination }: AnswerContext): Failure {
  const hint = `This does not look like Salesforce, or it does not serve this version: check login_url and api_version at destinations.${destination}.`;
  return { kind: 'paused', reason, hint };
}

/** A gateway may have lost the answer of a write that was carried out. */
function broken(reason: string, { effect }: AnswerContext): Failure {
  return effect === 'write' ? { kind: 'unknown', reason } : { kind: 'retry', reason };
}

/** `POST /composite/sobjects → 400: INVALID_FIELD: No such column …` */
export function reasonOf(answer: Answer, { label }: Pick<AnswerContext, 'label'>): string {
  const errors = readErrors(answer.body);
  return `${label} → ${answer.status}: ${errors.length > 0 ? wordsOfErrors(errors) : wordsOf(answer)}`;
}

const MAX_WORDS = 500;

/** `STRING_TOO_LONG: First Name: data value too large (FirstName)` */
export function wordsOfErrors(errors: readonly SalesforceError[]): string {
  const words = errors.map(({ code, message, fields, matches }) => {
    const about = [...fields, ...matches];
    return `${code}: ${message}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
  });
  const text = words.join('; ').replaceAll(/\s+/g, ' ').trim();
  return text.length <= MAX_WORDS ? text : `${text.slice(0, MAX_WORDS)}…`;
}
