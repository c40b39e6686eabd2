import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import type { Account } from './account.ts';
import { textOf } from '../json-text.ts';

/** `/oauth/v1/token`, `/oauth/v3/token`, `/oauth/2026-03/token`; form bodies, no bearer token. */
export function routeOAuth({
  segments,
  method,
}: Pick<ApiRequest, 'segments' | 'method'>): ((api: Account, request: ApiRequest) => ApiAnswer) | undefined {
  const [api, version = '', ...rest] = segments;
  if (api !== 'oauth' || method !== 'POST' || !/^(v1|v3|2026-\d\d)$/.test(version)) return undefined;
  return ROUTES[rest.join('/')];
}

const ROUTES: Readonly<Record<string, (api: Account, request: ApiRequest) => ApiAnswer>> = {
  token: refresh,
  'token/introspect': ({ access }, { body }) => ({ status: 200, body: access.introspect(textOf(body['token'])) }),
  'token/revoke': ({ access }) => {
    access.revokeRefreshToken();
    return { status: 204 };
  },
};

function refresh({ access, limits }: Account, { headers, body }: ApiRequest): ApiAnswer {
  if (!limits.takeTokenRequest()) {
    return {
      status: 429,
      body: { error: 'temporarily_unavailable', error_description: 'too many requests', message: 'too many requests' },
      headers: { 'Retry-After': '10' },
    };
  }
  if (!(headers['content-type'] ?? '').includes('x-www-form-urlencoded')) {
    return { status: 415, body: { error: 'invalid_request', error_description: 'the body must be a form' } };
  }
  return access.refresh(body);
}
