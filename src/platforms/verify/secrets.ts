import { createHash, createPublicKey, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

import type { SignatureScheme } from './scheme.ts';

/** A secret as configured, ready for use. `number` counts from 1, for the record of which one matched. */
export interface Secret {
  readonly number: number;
  readonly value: string;
  /** Epoch milliseconds from which it no longer counts; null: never. */
  readonly expiresAtMs: number | null;
}

export interface SigningKey {
  readonly secret: Secret;
  readonly key: KeyObject;
}

/** Key bytes of a secret, or the reason why it is none. */
export function readKey(value: string, scheme: Pick<SignatureScheme, 'algorithm' | 'secret'>): KeyObject | string {
  if (scheme.algorithm === 'ed25519') return readPublicKey(value);
  if (scheme.secret === 'text') return createSecretKey(Buffer.from(value, 'utf8'));
  if (scheme.secret === 'whsec' && !value.startsWith('whsec_')) return 'must begin with "whsec_".';
  const text = scheme.secret === 'whsec' ? value.slice('whsec_'.length) : value;
  const bytes = decodeBase64(text);
  if (bytes !== null && bytes.length > 0) return createSecretKey(bytes);
  return scheme.secret === 'whsec' ? 'must be base64 after "whsec_".' : 'must be base64, with padding.';
}

/** Strict base64 (standard alphabet, padded); null for anything that would not come out the same again. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** Compares texts of any length in a time that tells nothing about the expected one. */
export function equalSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** DER header of a raw Ed25519 public key (RFC 8410). */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function readPublicKey(value: string): KeyObject | string {
  const bytes = decodeBase64(value);
  if (bytes?.length !== 32) return 'must be an Ed25519 public key: 32 bytes as base64.';
  return createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
}
