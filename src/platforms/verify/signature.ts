import { createHash, createHmac, timingSafeEqual, verify } from 'node:crypto';

import type { UnverifiedRequest } from '../platform.ts';
import { MAX_UNPROVED_VALUES, parseJson, withoutBom } from '../read-body.ts';
import { singleHeader } from './headers.ts';
import type { Checked, Draft, Method } from './method.ts';
import type { SignatureScheme } from './scheme.ts';
import type { SigningKey } from './secrets.ts';
import { readSignatureHeader, writeSignatureHeader, type HeaderSignatures } from './signature-header.ts';
import { signedBytes, type SignedPart, type SignedValues } from './signed-string.ts';
import { checkTimestamp, writeTimestamp } from './timestamp.ts';
import { publicUrls } from './public-url.ts';

/** A scheme bound to its keys. `parts` is the parsed `scheme.signed`. */
export interface BoundScheme {
  readonly scheme: SignatureScheme;
  readonly parts: readonly SignedPart[];
  readonly keys: readonly SigningKey[];
}

/** Proof by a signature in a header. */
export function signatureMethod(bound: BoundScheme): Method {
  const { scheme } = bound;
  const kind = scheme.algorithm === 'ed25519' ? 'Ed25519' : `HMAC-${scheme.algorithm.toUpperCase()}`;
  return {
    label: `${kind} ${scheme.headers[0] ?? ''}${coversBody(bound) ? '' : ' (authenticity only: the body is not covered)'}`,
    check: (request, nowMs) => checkSignature(bound, request, nowMs),
    sign: (draft) => signDraft(bound, draft),
  };
}

function coversBody({ scheme, parts }: BoundScheme): boolean {
  return scheme.bodySha256Query || parts.some(({ kind }) => kind === 'body' || kind === 'form');
}

function checkSignature(bound: BoundScheme, request: UnverifiedRequest, nowMs: number): Checked {
  const { scheme } = bound;
  const header = singleHeader(request.headers, scheme.headers);
  if (header === null) return failed('signature_missing');
  if (typeof header === 'object') return failed('signature_repeated');
  const signatures = readSignatureHeader(header, scheme);
  if (signatures === null) return failed('signature_malformed');
  const timestamp = readTimestampText(scheme, request, signatures);
  const cause = timestampCause(bound, timestamp, nowMs) ?? bodyDigestCause(scheme, request);
  if (cause !== null) return failed(cause);
  const live = bound.keys.filter(({ secret }) => secret.expiresAtMs === null || secret.expiresAtMs > nowMs);
  if (live.length === 0) return failed('secrets_expired');
  return matchCandidates({ ...bound, keys: live }, request, { signatures, timestamp: timestamp.text });
}

function failed(cause: string): Checked {
  return { kind: 'failed', cause };
}

interface TimestampText {
  readonly text: string | null;
  readonly repeated: boolean;
}

function readTimestampText(
  scheme: SignatureScheme,
  request: UnverifiedRequest,
  signatures: HeaderSignatures,
): TimestampText {
  if (scheme.timestamp?.header == null) return { text: signatures.timestamp, repeated: false };
  const value = singleHeader(request.headers, [scheme.timestamp.header]);
  return typeof value === 'object' && value !== null
    ? { text: null, repeated: true }
    : { text: value, repeated: false };
}

function timestampCause({ scheme, parts }: BoundScheme, timestamp: TimestampText, nowMs: number): string | null {
  const rule = scheme.timestamp;
  if (rule === null) return null;
  const isSigned = parts.some(({ kind }) => kind === 'timestamp');
  const isChecked = rule.pastS !== null || rule.futureS !== null;
  if (!isSigned && !isChecked) return null;
  return timestamp.repeated ? 'timestamp_repeated' : checkTimestamp(timestamp.text, rule, nowMs);
}

/** Twilio signs only the URL of a JSON callback; the URL carries the digest of the body. */
function bodyDigestCause(scheme: SignatureScheme, request: UnverifiedRequest): string | null {
  if (!scheme.bodySha256Query || isForm(request)) return null;
  const query = request.url.split('?', 2)[1] ?? '';
  const given = new URLSearchParams(query).get('bodySHA256');
  if (given === null) return 'body_digest_missing';
  const digest = createHash('sha256').update(request.body).digest('hex');
  return given.toLowerCase() === digest ? null : 'body_digest_mismatch';
}

interface Claim {
  readonly signatures: HeaderSignatures;
  readonly timestamp: string | null;
}

/** Tries the bytes as sent, then the compressed bytes, then (only where configured) the re-serialised body. */
function matchCandidates(bound: BoundScheme, request: UnverifiedRequest, claim: Claim): Checked {
  const sent = matchBody(bound, request, request.body, claim);
  if (sent !== null) return { kind: 'held', proof: sent };
  if (request.wireBody !== request.body) {
    const wire = matchBody(bound, request, request.wireBody, claim);
    if (wire !== null) return { kind: 'held', proof: wire, notes: ['the signature covers the compressed body'] };
  }
  const again = bound.scheme.reserialized ? reserialize(request.body) : null;
  const proof = again === null ? null : matchBody(bound, request, again, claim);
  if (again === null || proof === null) return failed('signature_mismatch');
  return {
    kind: 'held',
    proof,
    body: again,
    notes: ['the signature covers the re-serialised body, not the bytes sent'],
  };
}

function reserialize(body: Buffer): Buffer | null {
  const text = withoutBom(body.toString('utf8'));
  // Judged by the limits first: this runs for anybody's request.
  if (parseJson(text, MAX_UNPROVED_VALUES).kind !== 'json') return null;
  return Buffer.from(JSON.stringify(JSON.parse(text)), 'utf8');
}

/** `secret 2` when a signature fits, else null. Every key meets every signature: nothing ends early. */
function matchBody(bound: BoundScheme, request: UnverifiedRequest, body: Buffer, claim: Claim): string | null {
  let match: string | null = null;
  for (const values of signedValues(bound.scheme, request, body, claim.timestamp)) {
    const bytes = signedBytes(bound.parts, values);
    if (bytes === null) continue;
    for (const key of bound.keys) {
      for (const digest of claim.signatures.digests) {
        if (fits(bound.scheme, key, bytes, digest)) match ??= `secret ${key.secret.number}`;
      }
    }
  }
  return match;
}

function signedValues(
  scheme: SignatureScheme,
  request: UnverifiedRequest,
  body: Buffer,
  timestamp: string | null,
): readonly SignedValues[] {
  const id = scheme.idHeader === null ? null : singleHeader(request.headers, [scheme.idHeader]);
  const common = { body, timestamp, id: typeof id === 'string' ? id : null, isForm: () => isForm(request) };
  if (scheme.url === null) return [{ ...common, url: null }];
  return publicUrls(scheme.url, request.url).map((url) => ({ ...common, url }));
}

function isForm(request: Pick<UnverifiedRequest, 'headers'>): boolean {
  const contentType = singleHeader(request.headers, ['content-type']);
  return typeof contentType === 'string' && /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType);
}

function fits(scheme: SignatureScheme, { key }: SigningKey, bytes: Buffer, digest: Buffer): boolean {
  if (scheme.algorithm === 'ed25519') return verify(null, bytes, key, digest);
  return timingSafeEqual(createHmac(scheme.algorithm, key).update(bytes).digest(), digest);
}

function signDraft({ scheme, parts, keys }: BoundScheme, draft: Draft): Draft {
  if (scheme.algorithm === 'ed25519') throw new Error('cannot sign: an Ed25519 source holds only the public key');
  const timestamp = scheme.timestamp === null ? null : writeTimestamp(draft.nowMs, scheme.timestamp.unit);
  const headers: Record<string, string> = { ...draft.headers };
  if (scheme.timestamp?.header != null && timestamp !== null) headers[scheme.timestamp.header] = timestamp;
  const id = `msg_${createHash('sha256').update(draft.body).digest('hex').slice(0, 24)}`;
  if (scheme.idHeader !== null) headers[scheme.idHeader] = id;
  const values = {
    body: draft.body,
    timestamp,
    id,
    url: scheme.url,
    isForm: () => isForm({ headers: Object.entries(draft.headers) }),
  };
  const bytes = signedBytes(parts, values);
  const live = keys.find(({ secret }) => secret.expiresAtMs === null || secret.expiresAtMs > draft.nowMs);
  if (bytes === null || live === undefined)
    throw new Error('cannot sign: every secret has expired, or the body lacks a signed value');
  const digest = createHmac(scheme.algorithm, live.key).update(bytes).digest();
  headers[scheme.headers[0] ?? ''] = writeSignatureHeader(digest, timestamp, scheme);
  return { ...draft, headers };
}
