import { toIso } from '../../../shared/clock.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { ALL_SCOPES } from './object-types.ts';
import type { Portal } from './portal.ts';
import { Refusal } from './refusals.ts';

/** What a bearer token may do. */
export interface Token {
  readonly token: string;
  /** `oauth`: it ends, and its answers carry no daily headers. */
  readonly kind: 'service_key' | 'oauth';
  readonly scopes: readonly string[];
  /** Epoch ms; null: never. */
  readonly expiresAtMs: number | null;
}

/** An OAuth app installed in the account. */
interface App {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  refreshToken: string;
  readonly oldRefreshTokens: Set<string>;
  issued: number;
}

const LIFE_SECONDS = 1800;

/** Tokens of the account, and the app that gets new ones. */
export class Access {
  readonly #portal: Portal;
  readonly #tokens = new Map<string, Token>();
  readonly #app: App = {
    clientId: 'client-id',
    clientSecret: 'client-secret',
    scopes: ALL_SCOPES,
    refreshToken: 'refresh-0',
    oldRefreshTokens: new Set(),
    issued: 0,
  };

  constructor(portal: Portal) {
    this.#portal = portal;
    this.add({ token: portal.options.token, kind: 'service_key', scopes: ALL_SCOPES, expiresAtMs: null });
  }

  add(token: Token): void {
    this.#tokens.set(token.token, token);
  }

  /** From now on the token is refused as expired (an OAuth token) or unknown (a service key that was rotated). */
  end(token: string): void {
    const known = this.#tokens.get(token);
    if (known === undefined) return;
    if (known.kind === 'service_key') this.#tokens.delete(token);
    else this.#tokens.set(token, { ...known, expiresAtMs: this.#portal.now() - 1000 });
  }

  /** Every OAuth access token that was issued ends now. */
  endAll(): void {
    for (const { token, kind } of this.#tokens.values()) if (kind === 'oauth') this.end(token);
  }

  /** The refresh token stops working: the app was uninstalled. */
  revokeRefreshToken(): void {
    this.#app.oldRefreshTokens.add(this.#app.refreshToken);
    this.#app.refreshToken = '';
  }

  /** The token of a request; throws 401. */
  authenticate(header: string | undefined): Token {
    const token = this.#tokens.get(/^Bearer (.+)$/.exec(header ?? '')?.[1] ?? '');
    if (token === undefined) {
      throw new Refusal(
        401,
        'INVALID_AUTHENTICATION',
        'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
      );
    }
    const agoMs = this.#portal.now() - (token.expiresAtMs ?? Number.POSITIVE_INFINITY);
    if (agoMs >= 0) {
      const seconds = Math.floor(agoMs / 1000);
      throw new Refusal(
        401,
        'EXPIRED_AUTHENTICATION',
        `The OAuth token used to make this call expired ${seconds} second(s) ago.`,
        { context: { 'expire time': [toIso(this.#portal.now() - agoMs)] } },
      );
    }
    return token;
  }

  /** `grant_type=refresh_token`; errors as RFC 6749 has them, with HubSpot's older fields beside. */
  refresh(form: JsonObject): { readonly status: number; readonly body: JsonObject } {
    const app = this.#app;
    if (form['grant_type'] !== 'refresh_token') return oauthError('unsupported_grant_type', 'BAD_GRANT_TYPE');
    if (form['client_id'] !== app.clientId || form['client_secret'] !== app.clientSecret) {
      return oauthError('invalid_client', 'BAD_CLIENT_ID');
    }
    if (form['refresh_token'] !== app.refreshToken) return oauthError('invalid_grant', 'BAD_REFRESH_TOKEN');
    return { status: 200, body: this.#issue() };
  }

  #issue(): JsonObject {
    const app = this.#app;
    app.issued += 1;
    const token = `access-${app.issued}`;
    if (this.#portal.options.rotatesRefreshTokens) {
      app.oldRefreshTokens.add(app.refreshToken);
      app.refreshToken = `refresh-${app.issued}`;
    }
    this.add({
      token,
      kind: 'oauth',
      scopes: app.scopes,
      expiresAtMs: this.#portal.now() + LIFE_SECONDS * 1000,
    });
    return {
      token_type: 'bearer',
      access_token: token,
      refresh_token: app.refreshToken,
      expires_in: LIFE_SECONDS,
      hub_id: this.#portal.options.portalId,
      user_id: 50_001,
      scopes: app.scopes,
      token_use: 'access_token',
    };
  }

  /** What a token is, as `/oauth/V/token/introspect` tells it. */
  introspect(text: string): JsonObject {
    const token = this.#tokens.get(text);
    if (token === undefined || (token.expiresAtMs ?? Number.POSITIVE_INFINITY) <= this.#portal.now()) {
      return { active: false };
    }
    return {
      active: true,
      token_use: 'access_token',
      hub_id: this.#portal.options.portalId,
      client_id: this.#app.clientId,
      scopes: token.scopes,
    };
  }
}

function oauthError(error: string, status: string): { status: number; body: JsonObject } {
  const description = `${status.toLowerCase().replaceAll('_', ' ')}: missing or invalid`;
  return {
    status: error === 'invalid_client' ? 401 : 400,
    body: { error, error_description: description, status, message: description },
  };
}

/** Throws 403 unless the token has one of the scopes. */
export function checkScopes(token: Token, required: readonly string[]): void {
  if (required.length === 0 || required.some((scope) => token.scopes.includes(scope))) return;
  throw new Refusal(
    403,
    'MISSING_SCOPES',
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    {
      errors: [
        {
          message: 'One or more of the following scopes are required.',
          context: { requiredGranularScopes: [...required] },
        },
      ],
      links: { scopes: 'https://developers.hubspot.com/scopes' },
    },
  );
}
