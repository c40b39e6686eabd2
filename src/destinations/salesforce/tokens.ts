import type { OAuth2 } from 'jsforce';

import type { JsonValue } from '../../domain/json.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Failure, RequestContext } from '../destination.ts';
import { asId, asObject } from '../rest/read-path.ts';
import { signAssertion } from '../rest/token-request.ts';
import type { FetchedTokens } from '../token-keeper.ts';
import { openLogin, type Conclusion, type Dialogue, type LoginOptions } from './jsforce.ts';
import type { SalesforceAuth, SalesforceConfig } from './schema.ts';

export interface TokenOptions {
  readonly config: Pick<SalesforceConfig, 'login_url' | 'auth' | 'api_version' | 'timeout' | 'allow_private_networks'>;
  readonly clock: Clock;
}

/** One request to the org's login, by whatever flow is configured. `refreshToken`: the newest; null: the configured one. */
export async function fetchTokens(
  options: TokenOptions,
  refreshToken: string | null,
  context: RequestContext,
): Promise<FetchedTokens | Failure> {
  const dialogue = await openFlow(options, refreshToken);
  if (dialogue === null) return UNREADABLE_KEY;
  // Asking for a token changes nothing in the org: a preview needs one too.
  const sent = await context.send(dialogue.request, 'read');
  if (sent.kind === 'planned') return { kind: 'retry', reason: 'a token is needed to look' };
  if (sent.kind === 'unknown') return { kind: 'retry', reason: `login: ${sent.reason}` };
  if (sent.kind !== 'response') return sent;
  const { status } = sent.response;
  if (status === 429 || status >= 500) {
    // SOAP answers a refused password with 500 and a fault.
    const isFault = sent.response.body.includes('faultstring');
    if (!isFault) return { kind: 'retry', reason: `login → ${status}` };
  }
  const conclusion = await dialogue.conclude(sent.response);
  return conclusion.kind === 'value'
    ? readTokens(conclusion.value, options)
    : refusal(conclusion, status, options.clock);
}

const UNREADABLE_KEY: Failure = {
  kind: 'paused',
  reason: 'login: private_key cannot be used to sign',
  hint: 'auth.private_key must be an unencrypted RSA key in PEM, with its line breaks: ${file:/run/secrets/key.pem} keeps them.',
};

/** Null: the private key cannot be read. */
async function openFlow({ config, clock }: TokenOptions, refreshToken: string | null): Promise<Dialogue | null> {
  const { auth, login_url: loginUrl, api_version: version, timeout: timeoutMs } = config;
  const at: LoginOptions = { loginUrl, version, timeoutMs, ...clientOf(auth) };
  switch (auth.flow) {
    case 'client_credentials':
      return openLogin(at, (oauth2) => oauth2.requestToken({ grant_type: 'client_credentials' }));
    case 'jwt_bearer': {
      const grant = assertionOf(auth, loginUrl, clock);
      return grant === null ? null : openLogin(at, (oauth2) => oauth2.requestToken(grant));
    }
    case 'refresh_token':
      return openLogin(at, (oauth2) => oauth2.refreshToken(refreshToken ?? auth.refresh_token));
    case 'username_password':
      return openPassword(auth, at);
  }
}

function clientOf(auth: SalesforceAuth): Pick<LoginOptions, 'clientId' | 'clientSecret'> {
  const secret = 'client_secret' in auth ? auth.client_secret : undefined;
  return {
    ...(auth.client_id === undefined ? {} : { clientId: auth.client_id }),
    ...(secret === undefined ? {} : { clientSecret: secret }),
  };
}

function assertionOf(
  auth: Extract<SalesforceAuth, { flow: 'jwt_bearer' }>,
  loginUrl: string,
  clock: Clock,
): Parameters<OAuth2['requestToken']>[0] | null {
  const { client_id: issuer, username: subject, private_key: privateKey } = auth;
  const audience = auth.audience ?? audienceOf(loginUrl);
  try {
    const assertion = signAssertion({ issuer, subject, audience, privateKey }, clock.now());
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  } catch {
    // The error may show parts of the key.
    return null;
  }
}

/** Salesforce wants the name of its login hosts, whichever host is asked; sandboxes tell by their names. */
function audienceOf(loginUrl: string): string {
  const isSandbox = /(?:^test\.salesforce\.com$|\.sandbox\.)/.test(new URL(loginUrl).hostname);
  return isSandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}

/** From this version on there is no SOAP login (salesforce.md section 2.2). */
const LAST_SOAP_LOGIN = '64.0';

function openPassword(
  {
    username,
    password,
    security_token: token,
    client_id: clientId,
  }: Extract<SalesforceAuth, { flow: 'username_password' }>,
  at: LoginOptions,
): Promise<Dialogue> {
  const secret = `${password}${token}`;
  if (clientId !== undefined) return openLogin(at, (oauth2) => oauth2.authenticate(username, secret));
  return openLogin({ ...at, version: LAST_SOAP_LOGIN }, async (_oauth2, connection) => {
    await connection.loginBySoap(username, secret);
    return { access_token: connection.accessToken, instance_url: connection.instanceUrl };
  });
}

function readTokens(value: unknown, { config, clock }: TokenOptions): FetchedTokens | Failure {
  const fields = asObject((value ?? null) as JsonValue);
  const accessToken = fields?.['access_token'];
  const instanceUrl = originOf(fields?.['instance_url'], config.allow_private_networks);
  // A token with a line break in it would split a header.
  if (typeof accessToken !== 'string' || !/^[\u0021-\u007e]+$/.test(accessToken) || instanceUrl === null) {
    const reason = 'login: the answer holds no usable access_token and instance_url';
    return passing(reason, 'Check login_url: this does not look like Salesforce.', clock);
  }
  const refreshToken = asId(fields?.['refresh_token']) ?? null;
  return { accessToken, refreshToken, expiresInSeconds: null, instanceUrl };
}

/** Tokens go nowhere unencrypted, unless the operator asked for a local address. */
function originOf(url: JsonValue | undefined, mayBePlain: boolean): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && mayBePlain) ? origin : null;
}

/** What an operator can do about it, by OAuth's own codes. */
const HINTS: Readonly<Record<string, string>> = {
  invalid_client: 'Check client_secret.',
  invalid_client_id: 'Check client_id.',
  invalid_grant:
    'Check user and password, or the refresh token; the app may also lack a run-as user, or the user may not be approved for it.',
  unsupported_grant_type: 'Allow this flow in the External Client App.',
};

/** Said where nobody knows whether it is for ever: a page of maintenance, `unknown_error: retry your request`. */
function passing(reason: string, hint: string, clock: Clock): Failure {
  return { kind: 'paused', reason, hint, untilMs: clock.now() + LOOK_AGAIN_MS };
}

const LOOK_AGAIN_MS = 60_000;

/** Salesforce's words name no secret; an answer that is no JSON may be anything. */
function refusal({ code, message }: Extract<Conclusion, { kind: 'error' }>, status: number, clock: Clock): Failure {
  const words = code.startsWith('ERROR_HTTP') ? '' : `: ${code}: ${message.slice(0, 200)}`;
  const reason = `login → ${status}${words}`;
  const hint = HINTS[code];
  return hint === undefined ? passing(reason, 'Check `auth` and login_url.', clock) : { kind: 'paused', reason, hint };
}
