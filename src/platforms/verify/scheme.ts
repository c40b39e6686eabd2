/** Where in a header the digest stands. */
export type SignatureFormat =
  /** The header is the digest. */
  | { readonly kind: 'bare' }
  /** `sha256=<digest>`; a bare digest does not pass. */
  | { readonly kind: 'prefixed'; readonly prefix: string }
  /** `t=1795176000,v0=<digest>`, in any order; unknown keys are skipped, repeated ones refused. */
  | { readonly kind: 'pairs'; readonly signature: string; readonly timestamp: string | null }
  /** `v1,<digest> v1,<digest>`: any one of that version is enough (Standard Webhooks). */
  | { readonly kind: 'versioned'; readonly version: string };

export interface TimestampRule {
  /** Null when the timestamp stands in the signature header itself (`pairs`). */
  readonly header: string | null;
  /** `auto`: below 10^11 seconds, else milliseconds. */
  readonly unit: 's' | 'ms' | 'auto';
  /** Seconds a timestamp may be old, and ahead of our clock; both inclusive. Null: not checked. */
  readonly pastS: number | null;
  readonly futureS: number | null;
}

/** How a kind of sender signs, as data. Header names in lower case. */
export interface SignatureScheme {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512' | 'ed25519';
  /** The first is what `send` writes; the others are accepted too. */
  readonly headers: readonly string[];
  readonly format: SignatureFormat;
  readonly encoding: 'hex' | 'base64';
  /** What the configured secret is: key bytes as text, as base64, or `whsec_` and base64. Never guessed from its look. */
  readonly secret: 'text' | 'base64' | 'whsec';
  /** What is signed, such as `{timestamp}.{body}`: see `parseSignedTemplate`. */
  readonly signed: string;
  /** Null when the sender gives no time. Whether it is signed follows from `signed`. */
  readonly timestamp: TimestampRule | null;
  /** Header of `{id}`. */
  readonly idHeader: string | null;
  /** The public URL of `{url}`, as configured at the sender. */
  readonly url: string | null;
  /** Compare the query parameter `bodySHA256` with the body's digest (Twilio, JSON bodies). */
  readonly bodySha256Query: boolean;
  /** Also accept a signature over `JSON.stringify(JSON.parse(body))`; then that text is the event. */
  readonly reserialized: boolean;
}

/** HMAC-SHA256 over the raw body, hex, in one header: what most platforms do. */
export const PLAIN_HMAC: Omit<SignatureScheme, 'headers'> = {
  algorithm: 'sha256',
  format: { kind: 'bare' },
  encoding: 'hex',
  secret: 'text',
  signed: '{body}',
  timestamp: null,
  idHeader: null,
  url: null,
  bodySha256Query: false,
  reserialized: false,
};
