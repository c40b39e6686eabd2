import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import { checkScopes, type Token } from './access.ts';
import type { Account } from './account.ts';
import type { Route } from './api.ts';
import { answerLimited } from './limits.ts';
import { routeOAuth } from './oauth-api.ts';
import { answerRefusal, Refusal } from './refusals.ts';
import { findRoute, readAddress } from './routes.ts';

/** A URL longer than this is refused with 414. */
const MAX_URL = 12_000;

/** The whole API: one request in, one answer out, nothing in between. */
export function serve(api: Account, request: ApiRequest): ApiAnswer {
  try {
    const oauth = routeOAuth(request);
    if (oauth !== undefined) return oauth(api, request);
    const token = api.access.authenticate(request.headers['authorization']);
    const route = findRoute(request);
    if (route === undefined)
      return { status: 404, body: '<html><body><h1>404 Not Found</h1></body></html>', headers: HTML };
    return withHeaders(runRoute(api, route, token, request), api.limits.headers(token, route.requestClass));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return answerRefusal(error, api.portal.nextCorrelationId());
  }
}

const HTML = { 'Content-Type': 'text/html' };

function runRoute(api: Account, route: Route, token: Token, request: ApiRequest): ApiAnswer {
  const { portal } = api;
  const policy = api.limits.take(token, route.requestClass);
  if (policy !== undefined) {
    return answerLimited(policy, portal.nextCorrelationId(), portal.options.retryAfterOn429);
  }
  try {
    if (request.path.length + request.query.toString().length > MAX_URL)
      throw new Refusal(414, 'URI_TOO_LONG', 'URI Too Long');
    checkScopes(token, route.scopes);
    return route.run({ portal, request, version: readAddress(request)?.version ?? '' });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return answerRefusal(error, portal.nextCorrelationId());
  }
}

function withHeaders(answer: ApiAnswer, headers: Readonly<Record<string, string>>): ApiAnswer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}
