import { createRandom } from '../../random.ts';
import type { ApiRequest, Fault } from '../simulator.ts';
import type { RequestClass } from './api.ts';
import { answerLimited, type Policy } from './limits.ts';
import { routeOAuth } from './oauth-api.ts';
import { answerRefusal, Refusal } from './refusals.ts';
import { findRoute } from './routes.ts';

const ID = '00000000-0000-4000-8000-fa0000000000';

/** Ways in which HubSpot fails; for `fail({fault: …})`. What the simulator itself offers (`drop`, `cut_body`, …) goes too. */
export const FAULTS = {
  /** 429, nothing done. */
  limited: (policy: Policy, retryAfter = false): Fault => answer(answerLimited(policy, ID, retryAfter)),
  /** 401, the access token ended between two requests. */
  expired: (): Fault =>
    answer(
      answerRefusal(
        new Refusal(401, 'EXPIRED_AUTHENTICATION', 'The OAuth token used to make this call expired 2 second(s) ago.'),
        ID,
      ),
    ),
  /** 502, 503, 504, 521…: the edge answers in HTML, nothing done. */
  html: (status: number): Fault => answer(htmlAnswer(status)),
  /** The same after the work was done. */
  committedHtml: (status: number): Fault => ({ kind: 'commit_then_answer', answer: htmlAnswer(status) }),
  /** 423: a lock, which lasts two seconds. */
  locked: (): Fault => answer(answerRefusal(new Refusal(423, 'LOCKED', 'The resource is locked.'), ID)),
  /** 477: the account moves to another data centre. */
  migrating: (retryAfterSeconds: number): Fault =>
    answer({
      ...answerRefusal(new Refusal(477, 'MIGRATION_IN_PROGRESS', 'The account is being migrated.'), ID),
      headers: { 'Retry-After': String(retryAfterSeconds) },
    }),
} as const;

function answer(made: Extract<Fault, { kind: 'answer' }>['answer']): Fault {
  return { kind: 'answer', answer: made };
}

function htmlAnswer(status: number): Extract<Fault, { kind: 'answer' }>['answer'] {
  return {
    status,
    body: `<!DOCTYPE html><html><head><title>${status}</title></head><body>error code: ${status}</body></html>`,
    headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  };
}

/** What a request is for; undefined when the API knows no such path. */
export function requestClassOf(request: Pick<ApiRequest, 'segments' | 'method'>): RequestClass | undefined {
  return routeOAuth(request) === undefined ? findRoute(request)?.requestClass : 'oauth';
}

/** For `fail({when: …})`: requests of this class or of this operation (`contacts batch/upsert`). */
export function requestsOf(wanted: {
  readonly requestClass?: RequestClass;
  readonly operation?: string;
}): (request: ApiRequest) => boolean {
  return (request) =>
    (wanted.requestClass === undefined || wanted.requestClass === requestClassOf(request)) &&
    (wanted.operation === undefined || wanted.operation === findRoute(request)?.operation);
}

const MOODS: readonly Fault[] = [
  FAULTS.html(503),
  FAULTS.committedHtml(502),
  FAULTS.limited('TEN_SECONDLY_ROLLING'),
  FAULTS.limited('SECONDLY', true),
  FAULTS.locked(),
  { kind: 'drop' },
  { kind: 'commit_then_drop' },
  { kind: 'cut_body' },
];

/** For `setChaos`: a share of all requests goes wrong in every passing way; the same seed gives the same sequence. */
export function createHubSpotChaos(rate: number, seed: number): (request: ApiRequest) => Fault | undefined {
  const random = createRandom(seed);
  return () => (random.chance(rate) ? random.pick(MOODS) : undefined);
}
