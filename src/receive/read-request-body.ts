import type { IncomingMessage } from 'node:http';

export type BodyOutcome =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'too_large'; readonly bytes: number }
  /** The sender stopped sending for good, or sends too slowly. */
  | { readonly kind: 'timed_out'; readonly bytes: number }
  /** All requests together hold as much memory as they may. */
  | { readonly kind: 'overloaded'; readonly bytes: number }
  /** The sender hung up: nobody is left to answer. */
  | { readonly kind: 'aborted'; readonly bytes: number };

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly share: BodyShare;
}

/** Memory that bodies of all requests together may take. */
export interface BodyBudget {
  open(): BodyShare;
}

/** What one body takes of the budget. */
export interface BodyShare {
  /** False when the budget is used up. */
  take(bytes: number): boolean;
  /** Gives everything back. */
  release(): void;
}

/** Most webhooks are smaller; their memory is bounded by the number of connections alone. */
const UNCOUNTED_BYTES = 16 * 1024;

/**
 * Unsigned senders can open many connections with large bodies; this bounds what they can make us hold. The first part
 * of each body is not counted: whoever uses up the budget keeps out large bodies, not the everyday ones.
 */
export function createBodyBudget(maxBytes: number): BodyBudget {
  let used = 0;
  return {
    open() {
      let taken = 0;
      let counted = 0;
      return {
        take(bytes) {
          const more = Math.max(0, taken + bytes - UNCOUNTED_BYTES) - counted;
          if (more > 0 && used + more > maxBytes) return false;
          taken += bytes;
          counted += more;
          used += more;
          return true;
        },
        release() {
          used -= counted;
          counted = 0;
        },
      };
    },
  };
}

/**
 * Reads a body while counting: `Content-Length` is only the sender's word and chunked bodies have none (trap 15).
 * Beyond the limit the rest is discarded, not cut off, so that the sender gets to read the answer; the server's
 * `requestTimeout` ends those that never stop. The caller releases the share.
 */
export function readRequestBody(request: IncomingMessage, limits: BodyLimits): Promise<BodyOutcome> {
  if (request.destroyed) return Promise.resolve({ kind: 'aborted', bytes: 0 });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let finished = false;
    // The listeners stay: taking them off costs more than they do, and an error that nobody hears would end the process.
    const finish = (outcome: BodyOutcome): void => {
      finished = true;
      clearTimeout(timer);
      // The rest of a refused body may keep coming for a while, and its share of the memory is given back.
      if (outcome.kind !== 'body') chunks.length = 0;
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      if (finished) return;
      if (bytes + chunk.length > limits.maxBytes) return finish({ kind: 'too_large', bytes: bytes + chunk.length });
      if (!limits.share.take(chunk.length)) return finish({ kind: 'overloaded', bytes });
      bytes += chunk.length;
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      if (!finished) finish({ kind: 'body', bytes: joined(chunks, bytes) });
    };
    const onAbort = (): void => {
      if (!finished) finish({ kind: 'aborted', bytes });
    };
    const timer = setTimeout(() => finish({ kind: 'timed_out', bytes }), limits.timeoutMs);
    request.on('data', onData).on('end', onEnd).on('error', onAbort).on('close', onAbort);
  });
}

function joined(chunks: readonly Buffer[], bytes: number): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, bytes);
}
