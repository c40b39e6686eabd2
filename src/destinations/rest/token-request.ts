import { createSign } from 'node:crypto';

import type { HttpRequest } from '../../shared/http-client.ts';
import type { OAuthConfig } from './auth-schema.ts';

/** RFC 7523 wants short-lived assertions; Salesforce refuses those that end later than in five minutes, by its own clock. */
const ASSERTION_LIFE_SECONDS = 180;

export interface TokenRequestOptions {
  /** The newest refresh token; null for grants that have none. */
  readonly refreshToken: string | null;
  readonly nowMs: number;
  readonly timeoutMs: number;
}

/** The form-encoded request to the token endpoint (RFC 6749 sections 4.4.2 and 6, RFC 7523 section 2.1). */
export function tokenRequest(config: OAuthConfig, options: TokenRequestOptions): HttpRequest {
  const form = new URLSearchParams({ ...grantOf(config, options), ...config.params });
  const headers: Record<string, string> = { 'Content-Type': 'application/x-www-form-urlencoded' };
  if (config.type !== 'oauth2_jwt_bearer') addClient(config, form, headers);
  return { method: 'POST', url: config.token_url, headers, body: form.toString(), timeoutMs: options.timeoutMs };
}

type ClientConfig = Exclude<OAuthConfig, { type: 'oauth2_jwt_bearer' }>;

function addClient(config: ClientConfig, form: URLSearchParams, headers: Record<string, string>): void {
  if (config.client_auth === 'body') {
    form.set('client_id', config.client_id);
    form.set('client_secret', config.client_secret);
    return;
  }
  // RFC 6749 2.3.1: both are form-encoded before they are joined.
  const pair = `${encodeURIComponent(config.client_id)}:${encodeURIComponent(config.client_secret)}`;
  headers['Authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
}

function grantOf(config: OAuthConfig, { refreshToken, nowMs }: TokenRequestOptions): Record<string, string> {
  switch (config.type) {
    case 'oauth2_client_credentials':
      return { grant_type: 'client_credentials', ...(config.scope === undefined ? {} : { scope: config.scope }) };
    case 'oauth2_refresh_token':
      return { grant_type: 'refresh_token', refresh_token: refreshToken ?? config.refresh_token };
    case 'oauth2_jwt_bearer':
      return {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: signAssertion({ ...config, privateKey: config.private_key }, nowMs),
      };
  }
}

export interface AssertionOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly subject?: string | undefined;
  readonly scope?: string | undefined;
  /** RSA, PEM. */
  readonly privateKey: string;
}

/** A signed JWT for the bearer grant of RFC 7523. Throws when the key cannot be read. */
export function signAssertion(
  { issuer, audience, subject, scope, privateKey }: AssertionOptions,
  nowMs: number,
): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    iss: issuer,
    aud: audience,
    sub: subject,
    scope,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_LIFE_SECONDS,
  };
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
