import type { CanonicalEvent, EventIdentity } from '../domain/event.ts';
import type { JsonValue } from '../domain/json.ts';

/** Header lines as they came, in order, names as sent: `[['X-Sig', 'a'], ['x-sig', 'b']]`. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** A webhook request nobody has checked yet. Only `verifyRequest` turns it into a `VerifiedRequest`. */
export interface UnverifiedRequest {
  readonly method: string;
  /** Path and query exactly as received. */
  readonly url: string;
  readonly headers: HeaderLines;
  /** The body as sent, after undoing `Content-Encoding`. */
  readonly body: Buffer;
  /** The body as it was on the wire; the same buffer when it was not compressed. */
  readonly wireBody: Buffer;
  /** Last path segment of `/webhooks/<source>/<token>`, percent-decoded; null when absent. */
  readonly pathToken: string | null;
}

declare const verified: unique symbol;

/** A request whose authenticity was established; only the verifier can make one. */
export interface VerifiedRequest extends UnverifiedRequest {
  readonly [verified]: true;
  /** Which proof held, for the record: `secret 1`, `path token`, `basic`, `unsigned (allowed)`. Never the secret itself. */
  readonly proof: string;
  /** Worth telling the operator: `X-Webhook-Event says call.started, the body says call.ended`. */
  readonly notes: readonly string[];
}

export type Verification =
  | { readonly kind: 'verified'; readonly request: VerifiedRequest }
  /** `cause` is a short stable word for logs and counters (`signature_mismatch`, `timestamp_too_old`); it never leaves the house. */
  | { readonly kind: 'refused'; readonly cause: string };

/** The body of a verified request, read once, for identify and parse alike. */
export type ReadBody =
  | { readonly kind: 'json'; readonly value: JsonValue }
  | { readonly kind: 'form'; readonly value: Readonly<Record<string, string>> }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unparseable'; readonly problem: string };

/** What parsing may know besides the body. All of it is kept in the ledger, so parsing can be repeated later. */
export interface ParseContext {
  readonly headers: HeaderLines;
  /** When it was received, epoch milliseconds. */
  readonly receivedAtMs: number;
  /** SHA-256 of the body, lower-case hex. */
  readonly bodyHash: string;
}

export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly body: Buffer;
}

/** One source as its platform sees it: everything bound, nothing read from outside. */
export interface SourceAdapter {
  /** Proves or refuses authenticity. Pure: bytes, headers, secrets and `nowMs` in, verdict out; never throws. */
  verify(request: UnverifiedRequest, nowMs: number): Verification;
  /** Cheap: what must be known before the 200. */
  identify(body: ReadBody, context: ParseContext): EventIdentity;
  /** The full translation, used when a call is folded. Bodies that cannot be read become type `unknown` with a note. */
  parse(body: ReadBody, context: ParseContext): CanonicalEvent;
  /**
   * What the platform would send for this body (the `send` command, the demo, tests). `path` is `''` or `/<token>`.
   * `body` differs from the given one only where the body itself carries the proof (a JWT, a token field).
   * Throws when it cannot be done: an Ed25519 source holds only the public key.
   */
  sign(body: Buffer, options: { readonly nowMs: number; readonly event?: string }): SignedRequest;
  /** Headers, in lower case, that `identify` and `parse` read: they have to be kept with the event. */
  readonly keptHeaders: readonly string[];
  /** How senders prove themselves, for status output: `HMAC-SHA256 X-Callab-Signature`, `path token`, `NOTHING (allow_unsigned)`. */
  readonly authentication: readonly string[];
  /** What works and is worth a second look, for `hookline check`. */
  readonly warnings: readonly string[];
}
