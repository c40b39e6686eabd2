import { createRandom } from '../../random.ts';
import type { ApiAnswer, ApiRequest, Fault } from '../simulator.ts';
import type { RequestClass } from './api.ts';
import { routeIdentity } from './identity-api.ts';
import { overLimit, type Limit } from './limits.ts';
import { routeOAuth } from './oauth-api.ts';
import { answerRefusal, Refusal } from './refusals.ts';
import { findWholeRoute, isVersionList } from './serve.ts';
import { routeSoap } from './soap-login.ts';

/** Ways in which Salesforce fails; for `fail({fault: …})`. What the simulator itself offers (`drop`, `cut_body`, …) goes too. */
export const FAULTS = {
  /** 403, nothing done. */
  limited: (limit: Limit): Fault => answer(answerRefusal(overLimit(limit))),
  /** 401, the session ended between two requests. */
  expired: (): Fault => refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
  /** 502, 503, …: the edge answers in HTML, nothing done. */
  html: (status: number): Fault => answer(htmlAnswer(status)),
  /** The same after the work was done. */
  committedHtml: (status: number): Fault => ({ kind: 'commit_then_answer', answer: htmlAnswer(status) }),
  /** 503 as the API itself says it. */
  unavailable: (): Fault =>
    refusal(503, 'SERVER_UNAVAILABLE', 'We were unable to process your request; the server is too busy.'),
  /** 500 and a number to call support with. */
  unexpected: (): Fault =>
    refusal(500, 'UNKNOWN_EXCEPTION', 'An unexpected error occurred. Please include this ErrorId: 1234567890'),
  /** Any other refusal of a whole request. */
  refusal,
} as const;

/** For `failRows`. */
export const ROW_FAULTS = {
  /** Somebody else holds the record or its parent for longer than ten seconds. */
  locked: {
    code: 'UNABLE_TO_LOCK_ROW',
    message: 'unable to obtain exclusive access to this record or 1 records',
  },
  /** A flow of the org fails. */
  flow: {
    code: 'CANNOT_EXECUTE_FLOW_TRIGGER',
    message: "We can't save this record because the flow failed. Error details: UNABLE_TO_LOCK_ROW",
  },
} as const;

function refusal(status: number, code: string, message: string): Fault {
  return answer(answerRefusal(new Refusal(status, { code, message })));
}

function answer(made: ApiAnswer): Fault {
  return { kind: 'answer', answer: made };
}

function htmlAnswer(status: number): ApiAnswer {
  return {
    status,
    body: `<!DOCTYPE html><html><head><title>${status}</title></head><body>Service not available</body></html>`,
    headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  };
}

/** What a request is for; undefined when the API knows no such path. */
export function requestClassOf(request: Pick<ApiRequest, 'segments' | 'method' | 'body'>): RequestClass | undefined {
  if (routeOAuth(request) !== undefined || routeSoap(request) !== undefined) return 'token';
  if (isVersionList(request) || routeIdentity(request) !== undefined) return 'read';
  const route = findWholeRoute(null, request);
  return route?.operation === 'composite' && onlyReads(request) ? 'query' : route?.requestClass;
}

function onlyReads({ body }: Pick<ApiRequest, 'body'>): boolean {
  const parts = body['compositeRequest'];
  return Array.isArray(parts) && parts.every((part: { readonly method?: unknown } | null) => part?.method === 'GET');
}

/** For `fail({when: …})`: requests of this class or of this operation (`collections create`, `Task upsert`). */
export function requestsOf(wanted: {
  readonly requestClass?: RequestClass;
  readonly operation?: string;
}): (request: ApiRequest) => boolean {
  return (request) =>
    (wanted.requestClass === undefined || wanted.requestClass === requestClassOf(request)) &&
    (wanted.operation === undefined || wanted.operation === findWholeRoute(null, request)?.operation);
}

const LIMITED = FAULTS.limited('concurrent');

const MOODS: readonly Fault[] = [
  FAULTS.html(503),
  FAULTS.committedHtml(502),
  LIMITED,
  FAULTS.unavailable(),
  FAULTS.unexpected(),
  { kind: 'drop' },
  { kind: 'commit_then_drop' },
  { kind: 'cut_body' },
];

/** For `setChaos`: a share of all requests goes wrong in every passing way; the same seed gives the same sequence. */
export function createSalesforceChaos(rate: number, seed: number): (request: ApiRequest) => Fault | undefined {
  const random = createRandom(seed);
  return (request) => {
    const fault = random.chance(rate) ? random.pick(MOODS) : undefined;
    // Logins are no API requests.
    return fault === LIMITED && requestClassOf(request) === 'token' ? undefined : fault;
  };
}
