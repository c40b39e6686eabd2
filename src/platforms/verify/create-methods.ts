import type { ConfigIssue } from '../../shared/config-issue.ts';
import type { SecretUse } from '../definition.ts';
import { compilePath } from '../mapping/path.ts';
import type { CommonSourceConfig } from '../source-keys.ts';
import { bodyTokenMethod, jwtBodyMethod } from './body-methods.ts';
import type { Method } from './method.ts';
import type { SignatureScheme } from './scheme.ts';
import { readKey, type Secret, type SigningKey } from './secrets.ts';
import { parseSignedTemplate } from './signed-string.ts';
import { signatureMethod, type BoundScheme } from './signature.ts';
import { noProofMethod, pathTokenMethod, staticAuthMethod } from './static-methods.ts';

interface Reports {
  readonly issues: ConfigIssue[];
  readonly path: ConfigIssue['path'];
}

/**
 * The ways in which requests of a source prove themselves; all of them have to hold. Default deny: a source without any
 * is an error unless the operator wrote `allow_unsigned: true`. An address list alone counts as authentication.
 */
export function createMethods(
  config: CommonSourceConfig,
  secretUse: SecretUse | null,
  reports: Reports,
): readonly Method[] {
  const methods = [
    ...secretMethods(config, secretUse, reports),
    ...(config.token === undefined ? [] : [pathTokenMethod(config.token)]),
    ...(config.auth === undefined ? [] : [staticAuthMethod(config.auth)]),
    ...(config.allow_ips.length === 0 ? [] : [noProofMethod('address list', 'address list')]),
  ];
  if (config.allow_unsigned !== true) {
    if (methods.length === 0) reports.issues.push({ path: reports.path, message: nothingConfigured(secretUse) });
    return methods;
  }
  if (methods.length === 0) return [noProofMethod('NOTHING (allow_unsigned)', 'unsigned (allowed)')];
  const others = methods.map(({ label }) => label).join(', ');
  reports.issues.push({
    path: [...reports.path, 'allow_unsigned'],
    message: `stands beside ${others}, which would still be required. Remove one or the other.`,
  });
  return methods;
}

function nothingConfigured(secretUse: SecretUse | null): string {
  const ways = secretUse === null ? 'token, auth or allow_ips' : 'secrets, token, auth or allow_ips';
  return `anybody could send to this source. Add ${ways}, or, if that is meant, allow_unsigned: true.`;
}

function secretMethods(config: CommonSourceConfig, secretUse: SecretUse | null, reports: Reports): readonly Method[] {
  const secrets = (config.secrets ?? []).map((secret, index): Secret => ({ ...secret, number: index + 1 }));
  if (secrets.length === 0) {
    // Elsewhere the scheme comes with the platform; here the operator described it and believes it is checked.
    const isDescribed = config.platform === 'custom' && secretUse !== null;
    if (isDescribed) report(reports, [], 'describes how requests are signed, but has no secrets. Add secrets.');
    return [];
  }
  if (secretUse !== null) return methodsOf(secretUse, secrets, reports);
  report(reports, ['secrets'], 'nothing says what they sign. Add signature, jwt_body or body_token.');
  return [];
}

function methodsOf(secretUse: SecretUse, secrets: readonly Secret[], reports: Reports): readonly Method[] {
  switch (secretUse.kind) {
    case 'signature':
      return boundMethods(secretUse.scheme, secrets, reports);
    case 'jwt_body':
      return [jwtBodyMethod(secrets)];
    case 'body_token': {
      const path = compilePath(secretUse.path);
      if (typeof path !== 'string') return [bodyTokenMethod(path, secrets)];
      report(reports, ['body_token'], path);
      return [];
    }
  }
}

function report({ issues, path }: Reports, place: readonly string[], message: string): void {
  issues.push({ path: [...path, ...place], message });
}

function boundMethods(
  scheme: SignatureScheme,
  secrets: readonly Secret[],
  { issues, path }: Reports,
): readonly Method[] {
  const keys: SigningKey[] = [];
  for (const [index, secret] of secrets.entries()) {
    const key = readKey(secret.value, scheme);
    // The message must not repeat the secret.
    if (typeof key === 'string') issues.push({ path: [...path, 'secrets', index], message: `this secret ${key}` });
    else keys.push({ secret, key });
  }
  const parts = parseSignedTemplate(scheme.signed);
  if (typeof parts === 'string') {
    issues.push({ path: [...path, 'signature', 'signed'], message: parts });
    return [];
  }
  const bound = { scheme, parts, keys };
  issues.push(...missingParts(bound).map((message) => ({ path: [...path, 'signature'], message })));
  return [signatureMethod(bound)];
}

/** Placeholders without a source would make every request fail. */
function missingParts({ scheme, parts }: BoundScheme): readonly string[] {
  const used = new Set(parts.map(({ kind }) => kind));
  return [
    ...(used.has('timestamp') && scheme.timestamp === null
      ? ['signs {timestamp}: say where it stands under timestamp.']
      : []),
    ...(isTimestampNowhere(scheme) ? ['timestamp names no header, and format has no pairs.timestamp.'] : []),
    ...(used.has('id') && scheme.idHeader === null ? ['signs {id}: name its header as id_header.'] : []),
    ...(used.has('url') && scheme.url === null ? ['signs {url}: give the public URL as url.'] : []),
  ];
}

function isTimestampNowhere({ timestamp, format }: SignatureScheme): boolean {
  return timestamp?.header === null && !(format.kind === 'pairs' && format.timestamp !== null);
}
