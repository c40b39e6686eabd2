import { createSign } from 'node:crypto';

import type { JsonObject } from '../../src/domain/json.ts';

/** A JWT signed RS256, as the JWT bearer flow wants it. */
export function signAssertion(claims: JsonObject, privateKey: string, alg = 'RS256'): string {
  const part = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}
