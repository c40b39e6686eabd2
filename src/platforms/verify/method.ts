import type { SignedRequest, UnverifiedRequest } from '../platform.ts';

/** What one way of proving oneself found. */
export type Checked =
  | {
      readonly kind: 'held';
      /** For the record: `secret 2`, `path token`. */
      readonly proof: string;
      readonly notes?: readonly string[];
      /** What to go on with where that is not the body as sent. */
      readonly body?: Buffer;
    }
  | { readonly kind: 'failed'; readonly cause: string };

/** A request under way to a source; each method adds its part. */
export interface Draft extends SignedRequest {
  readonly nowMs: number;
}

/** One way of proving who sent a request, bound to its secrets. */
export interface Method {
  /** For status output: `HMAC-SHA256 x-callab-signature`. */
  readonly label: string;
  /** Pure and constant in time with regard to secrets; never throws. */
  check(request: UnverifiedRequest, nowMs: number): Checked;
  /** Adds what the platform would add. */
  sign(draft: Draft): Draft;
}
