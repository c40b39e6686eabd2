import type { SignatureFormat, SignatureScheme } from './scheme.ts';
import { decodeBase64 } from './secrets.ts';

/** What a signature header carried: digests to compare with, and the timestamp if it stands there. */
export interface HeaderSignatures {
  readonly digests: readonly Buffer[];
  readonly timestamp: string | null;
}

/** Takes a signature header apart; null when it is not of the scheme's form. */
export function readSignatureHeader(header: string, scheme: SignatureScheme): HeaderSignatures | null {
  const texts = splitHeader(header, scheme.format);
  if (texts === null) return null;
  const digests = texts.digests.map((text) => decodeDigest(text, scheme)).filter((digest) => digest !== null);
  return digests.length === 0 ? null : { digests, timestamp: texts.timestamp };
}

/** Writes a signature header as the sender would. */
export function writeSignatureHeader(digest: Buffer, timestamp: string | null, scheme: SignatureScheme): string {
  const text = digest.toString(scheme.encoding);
  switch (scheme.format.kind) {
    case 'bare':
      return text;
    case 'prefixed':
      return `${scheme.format.prefix}${text}`;
    case 'versioned':
      return `${scheme.format.version},${text}`;
    case 'pairs': {
      const time = scheme.format.timestamp === null ? '' : `${scheme.format.timestamp}=${timestamp ?? ''},`;
      return `${time}${scheme.format.signature}=${text}`;
    }
  }
}

interface HeaderTexts {
  readonly digests: readonly string[];
  readonly timestamp: string | null;
}

function splitHeader(header: string, format: SignatureFormat): HeaderTexts | null {
  switch (format.kind) {
    case 'bare':
      return { digests: [header], timestamp: null };
    case 'prefixed':
      return header.startsWith(format.prefix)
        ? { digests: [header.slice(format.prefix.length)], timestamp: null }
        : null;
    case 'versioned':
      return { digests: splitVersions(header, format.version), timestamp: null };
    case 'pairs':
      return splitPairs(header, format);
  }
}

function splitVersions(header: string, version: string): readonly string[] {
  const entries = header.split(' ').filter((entry) => entry.startsWith(`${version},`));
  return entries.map((entry) => entry.slice(version.length + 1));
}

function splitPairs(header: string, format: Extract<SignatureFormat, { kind: 'pairs' }>): HeaderTexts | null {
  const pairs = header.split(',').map(splitPair);
  const signatures = pairs.filter(({ key }) => key === format.signature);
  const timestamps = pairs.filter(({ key }) => key === format.timestamp);
  if (signatures.length !== 1 || timestamps.length > 1) return null;
  return { digests: signatures.map(({ value }) => value), timestamp: timestamps[0]?.value ?? null };
}

/** Base64 may hold `=` itself: the first one divides. */
function splitPair(pair: string): { readonly key: string; readonly value: string } {
  const at = pair.indexOf('=');
  return at < 0 ? { key: pair.trim(), value: '' } : { key: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim() };
}

const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64, ed25519: 64 } as const;

/** `Buffer.from(text, 'hex')` stops silently at the first bad character, so the form is checked first. */
function decodeDigest(text: string, { algorithm, encoding }: SignatureScheme): Buffer | null {
  const isHex = encoding === 'hex' && /^(?:[0-9a-f]{2})+$/i.test(text);
  const bytes = encoding === 'base64' ? decodeBase64(text) : isHex ? Buffer.from(text, 'hex') : null;
  return bytes?.length === DIGEST_BYTES[algorithm] ? bytes : null;
}
