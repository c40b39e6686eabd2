import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { hashText } from '../../shared/hash.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http-client.ts';
import { readRetryAfter } from '../../shared/retry-after.ts';
import type { DestinationDependencies } from '../definition.ts';
import type { Failure, RequestContext } from '../destination.ts';
import { isSuccessStatus, readAnswer, wordsOf } from './answer.ts';
import type { OAuthConfig } from './auth-schema.ts';
import { withHeader, type Authenticator } from './authenticator.ts';
import { asId, asObject } from './read-path.ts';
import { tokenRequest } from './token-request.ts';

/** Under this name in the destination's secret store. */
const SECRET_NAME = 'oauth';
/** A token this near its end may end on the way. */
const EXPIRY_SKEW_MS = 60_000;

interface Tokens {
  readonly accessToken: string;
  /** Null when the server did not say: then it is used until it is refused. */
  readonly expiresAtMs: number | null;
  readonly refreshToken: string | null;
  /** Which configured credentials they stem from: with others in the config, what was kept is worth nothing. */
  readonly seed: string;
}

export interface OAuthOptions {
  readonly config: OAuthConfig;
  readonly dependencies: Pick<DestinationDependencies, 'clock' | 'secrets'>;
  readonly timeoutMs: number;
}

/**
 * OAuth 2 by client credentials, refresh token or JWT bearer. New tokens are on disk before they are used: a server
 * that rotates refresh tokens (GoHighLevel, Pipedrive) has forgotten the old one by then. One refresh at a time in all
 * processes: a second one with the same refresh token would be refused, or revoke everything (field-notes.md C44).
 */
export function createOAuth(options: OAuthOptions): Authenticator {
  const keeper = new TokenKeeper(options);
  const scheme = options.config.scheme;
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

class TokenKeeper {
  readonly #options: OAuthOptions;
  readonly #seed: string;
  #tokens: Tokens | null = null;
  /** Received but not on disk yet: saving failed and is tried again before anything else. */
  #unsaved: Tokens | null = null;
  #loaded = false;
  #refreshing: Promise<Tokens | Failure> | null = null;

  constructor(options: OAuthOptions) {
    this.#options = options;
    const { config } = options;
    this.#seed = hashText(JSON.stringify([config.token_url, identityOf(config)]));
  }

  async usable(context: RequestContext): Promise<Tokens | Failure> {
    if (!this.#loaded) await this.#load();
    const tokens = this.#tokens;
    if (tokens !== null && !this.#isExpiring(tokens)) return tokens;
    return this.#refreshOnce(context, null);
  }

  /** New tokens, unless somebody else has fetched them since the refused one was used. */
  async renewed(refusedToken: string, context: RequestContext): Promise<Tokens | Failure> {
    if (this.#tokens !== null && this.#tokens.accessToken !== refusedToken) return this.#tokens;
    return this.#refreshOnce(context, refusedToken);
  }

  #refreshOnce(context: RequestContext, refusedToken: string | null): Promise<Tokens | Failure> {
    this.#refreshing ??= this.#refreshAlone(context, refusedToken).finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refreshAlone(context: RequestContext, refusedToken: string | null): Promise<Tokens | Failure> {
    const result = await this.#options.dependencies.secrets.alone(async () => {
      if (this.#unsaved !== null) return this.#keep(this.#unsaved);
      // Another process may have fetched new ones since we looked; then the refresh token that we know is spent.
      await this.#load();
      const tokens = this.#tokens;
      const isNews = tokens !== null && tokens.accessToken !== refusedToken && !this.#isExpiring(tokens);
      return isNews ? tokens : this.#refresh(context);
    });
    return result.kind === 'done' ? result.value : { kind: 'retry', reason: 'another worker is fetching a new token' };
  }

  async #refresh(context: RequestContext): Promise<Tokens | Failure> {
    const { config, dependencies, timeoutMs } = this.#options;
    const nowMs = dependencies.clock.now();
    const refreshToken = this.#tokens?.refreshToken ?? null;
    // Asking for a token changes nothing in the CRM: a preview needs one too.
    const sent = await context.send(tokenRequest(config, { refreshToken, nowMs, timeoutMs }), 'read');
    if (sent.kind === 'planned') return { kind: 'retry', reason: 'a token is needed to look' };
    if (sent.kind === 'unknown') return { kind: 'retry', reason: `token endpoint: ${sent.reason}` };
    if (sent.kind !== 'response') return sent;
    const fields = tokenFields(sent.response);
    if (fields === null) return refusalOf(sent.response, nowMs);
    return this.#keep({ ...fields, refreshToken: fields.refreshToken ?? refreshToken, ...this.#expiry(fields, nowMs) });
  }

  #expiry(fields: { readonly expiresInSeconds: number | null }, nowMs: number): Pick<Tokens, 'expiresAtMs' | 'seed'> {
    const { expiresInSeconds } = fields;
    return { expiresAtMs: expiresInSeconds === null ? null : nowMs + expiresInSeconds * 1000, seed: this.#seed };
  }

  async #keep({ accessToken, expiresAtMs, refreshToken, seed }: Tokens): Promise<Tokens> {
    const tokens = { accessToken, expiresAtMs, refreshToken, seed };
    this.#unsaved = tokens;
    await this.#options.dependencies.secrets.save(SECRET_NAME, { ...tokens });
    this.#unsaved = null;
    this.#tokens = tokens;
    return tokens;
  }

  async #load(): Promise<void> {
    const kept = readTokens(await this.#options.dependencies.secrets.load(SECRET_NAME));
    if (kept?.seed === this.#seed) this.#tokens = kept;
    this.#loaded = true;
  }

  #isExpiring({ expiresAtMs }: Tokens): boolean {
    return expiresAtMs !== null && expiresAtMs - EXPIRY_SKEW_MS <= this.#options.dependencies.clock.now();
  }
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

function readTokens(kept: JsonObject | null): Tokens | null {
  if (kept === null) return null;
  const { accessToken, expiresAtMs, refreshToken, seed } = kept;
  if (typeof accessToken !== 'string' || typeof seed !== 'string') return null;
  return {
    accessToken,
    expiresAtMs: typeof expiresAtMs === 'number' ? expiresAtMs : null,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : null,
    seed,
  };
}

interface TokenFields {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresInSeconds: number | null;
}

function tokenFields(response: HttpResponse): TokenFields | null {
  const { body, status } = readAnswer(response);
  const fields = isSuccessStatus(status) ? asObject(body) : null;
  const accessToken = fields?.['access_token'];
  // A token with a line break in it would split a header.
  if (typeof accessToken !== 'string' || !/^[\u0021-\u007e]+$/.test(accessToken)) return null;
  return {
    accessToken,
    refreshToken: asId(fields?.['refresh_token']) ?? null,
    expiresInSeconds: asSeconds(fields?.['expires_in']),
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
