import { createHmac, timingSafeEqual } from 'node:crypto';

import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Path } from '../mapping/path.ts';
import type { UnverifiedRequest } from '../platform.ts';
import { isObject, MAX_UNPROVED_VALUES, parseJson, withoutBom } from '../read-body.ts';
import type { Checked, Draft, Method } from './method.ts';
import { decodeBase64, equalSecret, type Secret } from './secrets.ts';

/** A token beyond this size is not read: its parts are decoded before anything is proved. */
const MAX_JWT_BYTES = 1024 * 1024;

/** The whole body is a JWT, signed HS256 with a secret used as text (Dialpad). Other algorithms are refused. */
export function jwtBodyMethod(secrets: readonly Secret[]): Method {
  return {
    label: 'JWT body HS256',
    check: (request, nowMs) => checkJwt(request, live(secrets, nowMs)),
    sign: (draft) => ({ ...draft, body: toJwt(draft, secrets) }),
  };
}

/** The secret stands in the body (Aircall). It is blotted out of the body that goes on to be kept. */
export function bodyTokenMethod(path: Path, secrets: readonly Secret[]): Method {
  return {
    label: `body field ${path.text}`,
    check: (request, nowMs) => checkBodyToken(request, path, live(secrets, nowMs)),
    sign: (draft) => ({ ...draft, body: withToken(draft.body, path, secrets[0]?.value ?? '') }),
  };
}

function live(secrets: readonly Secret[], nowMs: number): readonly Secret[] {
  return secrets.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs);
}

function checkJwt(request: UnverifiedRequest, secrets: readonly Secret[]): Checked {
  if (request.body.length > MAX_JWT_BYTES) return failed('jwt_too_large');
  const [, header = '', claims = '', signature = ''] =
    /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(request.body.toString('latin1').trim()) ?? [];
  if (header === '') return failed('jwt_malformed');
  const head = decodeJson(header);
  if (head?.['alg'] !== 'HS256') return failed('jwt_algorithm');
  if (decodeJson(claims) === null) return failed('jwt_malformed');
  const given = decodeBase64Url(signature);
  return firstMatch(secrets, ({ value }) => {
    const expected = createHmac('sha256', value).update(`${header}.${claims}`).digest();
    return given?.length === expected.length && timingSafeEqual(given, expected);
  });
}

function checkBodyToken(request: UnverifiedRequest, path: Path, secrets: readonly Secret[]): Checked {
  const body = parseJson(withoutBom(request.body.toString('utf8')), MAX_UNPROVED_VALUES);
  const token = body.kind === 'json' ? path.get(body.value) : null;
  if (typeof token !== 'string') return failed('body_token_missing');
  const checked = firstMatch(secrets, ({ value }) => equalSecret(token, value));
  return checked.kind === 'held' ? { ...checked, body: blotOut(request.body, token) } : checked;
}

/** Every secret is tried: nothing ends early. */
function firstMatch(secrets: readonly Secret[], matches: (secret: Secret) => boolean): Checked {
  if (secrets.length === 0) return failed('secrets_expired');
  const [match] = secrets.filter((secret) => matches(secret));
  return match === undefined ? failed('signature_mismatch') : { kind: 'held', proof: `secret ${match.number}` };
}

function failed(cause: string): Checked {
  return { kind: 'failed', cause };
}

function decodeBase64Url(text: string): Buffer | null {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return decodeBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
}

function decodeJson(segment: string): JsonObject | null {
  const bytes = decodeBase64Url(segment);
  const parsed = bytes === null ? null : parseJson(bytes.toString('utf8'), MAX_UNPROVED_VALUES);
  return parsed?.kind === 'json' && isObject(parsed.value) ? parsed.value : null;
}

function toJwt(draft: Draft, secrets: readonly Secret[]): Buffer {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(draft.body.toString('latin1').trim())) return draft.body;
  const [secret] = live(secrets, draft.nowMs);
  if (secret === undefined) throw new Error('cannot sign: every secret has expired');
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
  const signed = `${header}.${draft.body.toString('base64url')}`;
  return Buffer.from(`${signed}.${createHmac('sha256', secret.value).update(signed).digest('base64url')}`);
}

const BLOT = '[redacted]';

/** Tokens are plain ASCII in practice; one that was escaped in the JSON is found by its value instead. */
function blotOut(body: Buffer, token: string): Buffer {
  const text = withoutBom(body.toString('utf8'));
  const quoted = JSON.stringify(token);
  if (text.includes(quoted)) return Buffer.from(text.replaceAll(quoted, JSON.stringify(BLOT)), 'utf8');
  return Buffer.from(
    JSON.stringify(JSON.parse(text), (_key, value: unknown) => (value === token ? BLOT : value)),
    'utf8',
  );
}

function withToken(body: Buffer, path: Path, token: string): Buffer {
  const parsed = parseJson(body.toString('utf8'));
  if (parsed.kind !== 'json' || path.get(parsed.value) === token) return body;
  return Buffer.from(JSON.stringify(setAt(parsed.value, path.keys, token)), 'utf8');
}

function setAt(value: JsonValue, keys: readonly string[], leaf: string): JsonValue {
  const [key, ...rest] = keys;
  if (key === undefined) return leaf;
  const object = isObject(value) ? value : {};
  return { ...object, [key]: setAt(object[key] ?? {}, rest, leaf) };
}
