import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

import type { JsonObject } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import type { Account } from './account.ts';

/** Login hosts that an assertion may name beside the org's own. */
const AUDIENCES = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const MAX_LIFE_SECONDS = 300;

let privateKey: string | null = null;

/** PEM; made once, because it takes a tenth of a second and more. */
export function getPrivateKey(): string {
  privateKey ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
  return privateKey;
}

interface Problem {
  readonly error: string;
  readonly why: string;
}

/** RS256 by the key of the app, `iss` the client, `sub` the user, `aud` the login host, `exp` within minutes. */
export function checkAssertion(account: Account, assertion: string): Problem | null {
  const parts = assertion.split('.');
  const [head = '', claims = '', signature = ''] = parts;
  const header = readPart(head);
  const said = readPart(claims);
  if (parts.length !== 3 || header === null || said === null) return grantProblem('invalid assertion');
  if (said['iss'] !== account.access.clientId) {
    return { error: 'invalid_client_id', why: 'client identifier invalid' };
  }
  if (header['alg'] !== 'RS256') return grantProblem('invalid assertion');
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    createPublicKey(getPrivateKey()),
    Buffer.from(signature, 'base64url'),
  );
  return isSigned ? checkClaims(account, said) : grantProblem('invalid assertion');
}

function checkClaims({ access, org, address }: Account, said: JsonObject): Problem | null {
  if (![...AUDIENCES, address()].includes(textOf(said['aud']).replace(/\/$/, ''))) {
    return grantProblem('audience is invalid');
  }
  const secondsLeft = Number(said['exp']) - org.now() / 1000;
  if (!(secondsLeft > 0 && secondsLeft <= MAX_LIFE_SECONDS)) return grantProblem('expired authorization code');
  return said['sub'] === access.username ? null : grantProblem("user hasn't approved this consumer");
}

function grantProblem(why: string): Problem {
  return { error: 'invalid_grant', why };
}

function readPart(part: string): JsonObject | null {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as JsonObject;
  } catch {
    return null;
  }
}
