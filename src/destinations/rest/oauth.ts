import type { JsonValue } from '../../domain/json.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http-client.ts';
import { readRetryAfter } from '../../shared/retry-after.ts';
import type { DestinationDependencies } from '../definition.ts';
import type { Failure, RequestContext } from '../destination.ts';
import { createTokenKeeper, type FetchedTokens } from '../token-keeper.ts';
import { isSuccessStatus, readAnswer, wordsOf } from './answer.ts';
import type { OAuthConfig } from './auth-schema.ts';
import { withHeader, type Authenticator } from './authenticator.ts';
import { asId, asObject } from './read-path.ts';
import { tokenRequest } from './token-request.ts';

export interface OAuthOptions {
  readonly config: OAuthConfig;
  readonly dependencies: Pick<DestinationDependencies, 'clock' | 'secrets'>;
  readonly timeoutMs: number;
}

const REFUSED_HINT = 'The server gives tokens and does not accept them: check client id, scopes and `base_url`.';

/** OAuth 2 by client credentials, refresh token or JWT bearer. */
export function createOAuth(options: OAuthOptions): Authenticator {
  const { config, dependencies } = options;
  const { scheme } = config;
  const keeper = createTokenKeeper({
    dependencies,
    identity: [config.token_url, identityOf(config)],
    fetch: (refreshToken, context) => fetchTokens(options, refreshToken, context),
    refusedHint: REFUSED_HINT,
  });
  return {
    async authorise(request, context) {
      const tokens = await keeper.usable(context);
      if ('kind' in tokens) return tokens;
      return { kind: 'ok', request: withHeader(request, 'Authorization', `${scheme} ${tokens.accessToken}`) };
    },
    async renew(refused, context) {
      const tokens = await keeper.renewed(usedToken(refused, scheme), context);
      return 'kind' in tokens ? tokens : { kind: 'renewed' };
    },
  };
}

async function fetchTokens(
  { config, dependencies, timeoutMs }: OAuthOptions,
  refreshToken: string | null,
  context: RequestContext,
): Promise<FetchedTokens | Failure> {
  const nowMs = dependencies.clock.now();
  // Asking for a token changes nothing in the CRM: a preview needs one too.
  const sent = await context.send(tokenRequest(config, { refreshToken, nowMs, timeoutMs }), 'read');
  if (sent.kind === 'planned') return { kind: 'retry', reason: 'a token is needed to look' };
  if (sent.kind === 'unknown') return { kind: 'retry', reason: `token endpoint: ${sent.reason}` };
  if (sent.kind !== 'response') return sent;
  return readTokens(sent.response) ?? refusalOf(sent.response, nowMs);
}

function identityOf(config: OAuthConfig): string {
  switch (config.type) {
    case 'oauth2_client_credentials':
      return config.client_id;
    case 'oauth2_refresh_token':
      return config.refresh_token;
    case 'oauth2_jwt_bearer':
      return `${config.issuer} ${config.subject ?? ''}`;
  }
}

function usedToken(request: HttpRequest, scheme: string): string {
  return request.headers['Authorization']?.slice(scheme.length + 1) ?? '';
}

function readTokens(response: HttpResponse): FetchedTokens | null {
  const { body, status } = readAnswer(response);
  const fields = isSuccessStatus(status) ? asObject(body) : null;
  const accessToken = fields?.['access_token'];
  // A token with a line break in it would split a header.
  if (typeof accessToken !== 'string' || !/^[\u0021-\u007e]+$/.test(accessToken)) return null;
  return {
    accessToken,
    refreshToken: asId(fields?.['refresh_token']) ?? null,
    expiresInSeconds: asSeconds(fields?.['expires_in']),
    instanceUrl: null,
  };
}

/** Some servers send the number as a text. */
function asSeconds(value: JsonValue | undefined): number | null {
  const seconds = Number(asId(value));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

/** The token endpoint said no. Overload passes; anything else needs a person. */
function refusalOf(response: HttpResponse, nowMs: number): Failure {
  const reason = `token endpoint answered ${response.status}: ${wordsOf(readAnswer({ ...response, body: withoutTokens(response) }))}`;
  if (response.status === 429 || response.status >= 500) {
    const notBeforeMs = readRetryAfter(response.headers['retry-after'], nowMs);
    return { kind: 'retry', reason, ...(notBeforeMs === undefined ? {} : { notBeforeMs }) };
  }
  return {
    kind: 'paused',
    reason,
    hint: 'Check client id, secret and refresh token under `auth`; a revoked refresh token needs a new authorisation.',
  };
}

/** A success that could not be read may hold tokens, which must not become part of a reason. */
function withoutTokens({ status, body }: HttpResponse): string {
  return status < 300 ? '"no usable access_token in the answer"' : body;
}
