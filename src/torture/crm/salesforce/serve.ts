import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import type { Account } from './account.ts';
import type { ApiCall, Route } from './api.ts';
import { composite, type RunPart } from './composite-api.ts';
import { graph } from './graph-api.ts';
import { listResources, routeIdentity } from './identity-api.ts';
import { routeOAuth } from './oauth-api.ts';
import { answerRefusal, notFound, Refusal, Unreadable } from './refusals.ts';
import { findRoute, listVersions, OLDEST, readAddress } from './routes.ts';
import { routeSoap } from './soap-login.ts';
import { Transaction } from './transaction.ts';
import { answerSeveral, Several } from './upsert-api.ts';

/** A request line longer than this is refused with 414. */
const MAX_URL = 16_000;

/** The whole API: one request in, one answer out, nothing in between. */
export function serve(account: Account, request: ApiRequest): ApiAnswer {
  const login = routeOAuth(request) ?? routeSoap(request);
  if (login !== undefined) return login(account, request);
  if (isVersionList(request)) return listVersions(account.org.options.latestVersion);
  const { org } = account;
  try {
    org.isAdministrator = account.access.authenticate(request.headers['authorization']);
  } catch (error) {
    return answerError(error, 0);
  }
  const answer = serveSession(account, request);
  org.isAdministrator = false;
  return { ...answer, headers: { ...account.limits.headers(), ...answer.headers } };
}

export function isVersionList({ segments, method }: Pick<ApiRequest, 'segments' | 'method'>): boolean {
  return method === 'GET' && segments.length === 2 && segments[0] === 'services' && segments[1] === 'data';
}

function serveSession(account: Account, request: ApiRequest): ApiAnswer {
  const address = readAddress(request);
  const version = address?.version ?? 0;
  try {
    if (request.url.length > MAX_URL)
      return { status: 414, body: '<h1>Bad Message 414</h1><pre>URI Too Long</pre>', headers: HTML };
    const identity = routeIdentity(request);
    if (identity !== undefined) return identity(account);
    account.limits.take();
    checkVersion(account, version);
    checkBody(request);
    if (address?.rest.length === 0 && request.method === 'GET') return listResources(account, version);
    const route = findWholeRoute(account, request);
    return runInTransaction(account, request, { version, route });
  } catch (error) {
    return answerError(error, version);
  }
}

const HTML = { 'Content-Type': 'text/html' };

function checkVersion({ org }: Account, version: number): void {
  if (version > org.options.latestVersion || version === 0) throw notFound();
  if (version >= OLDEST) return;
  const message = `The API version v${version}.0 is retired.`;
  throw new Refusal(410, { code: 'UNSUPPORTED_API_VERSION', message });
}

function checkBody({ method, headers, text }: ApiRequest): void {
  if (!hasBody(method, headers)) return;
  if (!(headers['content-type'] ?? '').includes('json')) {
    const message = 'The content type of the request is not supported; use application/json.';
    throw new Refusal(415, { code: 'UNSUPPORTED_MEDIA_TYPE', message });
  }
  if (text === undefined) return;
  throw new Unreadable('JSON_PARSER_ERROR', 'The HTTP entity body cannot be read as JSON at [line:1, column:1]');
}

function hasBody(method: string, headers: ApiRequest['headers']): boolean {
  const isSent = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
  return isSent && (method === 'POST' || method === 'PATCH');
}

/** What parts of a composite cannot ask for, and the rest. */
export function findWholeRoute(
  account: Pick<Account, 'limits'> | null,
  request: Pick<ApiRequest, 'segments' | 'method'>,
): Route | undefined {
  const path = readAddress(request)?.rest.join('/');
  if (path === 'limits' && request.method === 'GET') {
    return {
      requestClass: 'limits',
      operation: 'limits',
      run: () => ({ status: 200, body: account?.limits.show() ?? {} }),
    };
  }
  if (path === 'composite' && request.method === 'POST') {
    return { requestClass: 'write', operation: 'composite', run: (call) => composite(call, runPart) };
  }
  if (path === 'composite/graph' && request.method === 'POST') {
    return { requestClass: 'write', operation: 'composite graph', run: (call) => graph(call, runPart) };
  }
  return findRoute(request);
}

const runPart: RunPart = (call) => {
  const address = readAddress(call.request);
  const version = address?.version ?? 0;
  const mark = call.transaction.mark();
  const route = findRoute(call.request);
  try {
    if (route === undefined) throw unrouted(call.request);
    return { answer: route.run({ ...call, version }), operation: route.operation };
  } catch (error) {
    call.transaction.rollback(mark);
    return { answer: answerError(error, version), operation: route?.operation ?? '' };
  }
};

function runInTransaction(
  { org }: Account,
  request: ApiRequest,
  { version, route }: { readonly version: number; readonly route: Route | undefined },
): ApiAnswer {
  if (route === undefined) throw unrouted(request);
  const transaction = new Transaction(org);
  const call: ApiCall = { org, request, version, transaction };
  try {
    return route.run(call);
  } catch (error) {
    transaction.rollback();
    throw error;
  } finally {
    transaction.commit();
  }
}

/** 405 where another method would do. */
function unrouted({ method, segments }: Pick<ApiRequest, 'segments' | 'method'>): Refusal {
  const others = ['GET', 'POST', 'PATCH', 'DELETE'].filter((other) => other !== method);
  const isKnown = others.some((other) => findWholeRoute(null, { method: other, segments }) !== undefined);
  if (!isKnown) return notFound();
  const message = `HTTP Method '${method}' not allowed. Allowed are ${others.join(',')}`;
  return new Refusal(405, { code: 'METHOD_NOT_ALLOWED', message });
}

function answerError(error: unknown, version: number): ApiAnswer {
  if (error instanceof Several) return answerSeveral(error, version);
  if (error instanceof Refusal) return answerRefusal(error);
  throw error;
}
