import type { JsonObject } from '../../../domain/json.ts';
import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import type { Account } from './account.ts';
import { textOf } from '../json-text.ts';
import { checkAssertion } from './jwt-bearer.ts';

/** What a grant came to: nothing to say, or why it is refused. */
type Verdict =
  { readonly kind: 'granted' } | { readonly kind: 'refused'; readonly error: string; readonly why: string };

const GRANTED: Verdict = { kind: 'granted' };

function refused(error: string, why: string): Verdict {
  return { kind: 'refused', error, why };
}

/** `/services/oauth2/token`, `/services/oauth2/revoke`; form bodies, no session. */
export function routeOAuth({
  segments,
  method,
}: Pick<ApiRequest, 'segments' | 'method'>): ((account: Account, request: ApiRequest) => ApiAnswer) | undefined {
  if (method !== 'POST' || segments[0] !== 'services' || segments[1] !== 'oauth2') return undefined;
  if (segments[2] === 'token') return token;
  return segments[2] === 'revoke' ? revoke : undefined;
}

function token(account: Account, { headers, body }: ApiRequest): ApiAnswer {
  if (!(headers['content-type'] ?? '').includes('x-www-form-urlencoded')) {
    return answerError('unsupported_grant_type', 'grant type not supported');
  }
  const grant = GRANTS[textOf(body['grant_type'])];
  if (grant === undefined) return answerError('unsupported_grant_type', 'grant type not supported');
  const verdict = grant(account, body);
  if (verdict.kind === 'refused') return answerError(verdict.error, verdict.why);
  const session = account.access.open();
  if (session === null) return answerError('invalid_grant', 'login rate exceeded');
  const isRefresh = body['grant_type'] === 'refresh_token';
  return { status: 200, body: answerToken(account, session, isRefresh ? account.access.rotate() : null) };
}

function answerToken({ org, address }: Account, session: string, refreshToken: string | null): JsonObject {
  const url = address();
  return {
    access_token: session,
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    signature: Buffer.from(`${session}${org.now()}`).toString('base64').slice(0, 44),
    scope: 'api refresh_token',
    instance_url: url,
    id: `${url}/id/${org.id}/${org.userId}`,
    token_type: 'Bearer',
    issued_at: String(org.now()),
  };
}

function revoke({ access }: Account, { body }: ApiRequest): ApiAnswer {
  const revoked = textOf(body['token']);
  if (access.isRefreshToken(revoked)) access.revokeRefreshToken();
  access.end(revoked);
  return { status: 200 };
}

const GRANTS: Readonly<Record<string, (account: Account, form: JsonObject) => Verdict>> = {
  client_credentials: (account, form) => {
    if (account.org.options.isLoginHost) return refused('invalid_grant', 'request not supported on this domain');
    return checkClient(account, form);
  },
  refresh_token: (account, form) => {
    const client = checkClient(account, form, form['client_secret'] !== undefined);
    if (client.kind === 'refused') return client;
    const isCurrent = account.access.isRefreshToken(textOf(form['refresh_token']));
    return isCurrent ? GRANTED : refused('invalid_grant', 'expired access/refresh token');
  },
  password: (account, form) => {
    const client = checkClient(account, form);
    if (client.kind === 'refused') return client;
    const isUser = isLogin(account, textOf(form['username']), textOf(form['password']));
    return isUser ? GRANTED : refused('invalid_grant', 'authentication failure');
  },
  'urn:ietf:params:oauth:grant-type:jwt-bearer': (account, form) => {
    const problem = checkAssertion(account, textOf(form['assertion']));
    return problem === null ? GRANTED : refused(problem.error, problem.why);
  },
  authorization_code: (account, form) => {
    const client = checkClient(account, form);
    return client.kind === 'refused' ? client : refused('invalid_grant', 'invalid authorization code');
  },
};

function checkClient({ access }: Account, form: JsonObject, needsSecret = true): Verdict {
  if (form['client_id'] !== access.clientId) return refused('invalid_client_id', 'client identifier invalid');
  if (needsSecret && form['client_secret'] !== access.clientSecret) {
    return refused('invalid_client', 'invalid client credentials');
  }
  return GRANTED;
}

/** The password counts only with the security token behind it. */
export function isLogin({ access, org }: Account, username: string, password: string): boolean {
  return org.options.allowsPasswords && username === access.username && password === access.password;
}

function answerError(error: string, why: string): ApiAnswer {
  return { status: 400, body: { error, error_description: why } };
}
