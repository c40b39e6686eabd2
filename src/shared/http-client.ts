/** One HTTP request; the body is already encoded. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For the whole exchange: connect, send, and read the answer to its end. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated lines joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded text, at most the client's limit. */
  readonly body: string;
}

/**
 * The fate of a request. `not_sent`: the other side cannot have acted (DNS, refused, TLS, address not allowed).
 * `unknown`: it may have (timeout, reset, cut or oversized answer).
 */
export type HttpOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'not_sent'; readonly reason: string; readonly refused?: boolean }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Sends one request, never follows redirects, never retries, never throws. */
export interface HttpClient {
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpOutcome>;
}
