import type { Exchange, ExchangePart, Failure, RequestContext } from '../../src/destinations/destination.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from '../../src/shared/http-client.ts';

export interface RecordedRequest {
  readonly effect: 'read' | 'write';
  readonly request: HttpRequest;
}

export interface TestContext extends RequestContext {
  /** Everything that was sent or, in a preview, would have been. */
  readonly sent: readonly RecordedRequest[];
  /** Shared requests it took part in, with its own part. */
  readonly kept: readonly { readonly exchange: Exchange; readonly part: ExchangePart }[];
}

/** A request context without budget and breaker: what a destination does on its own. */
export function createTestContext(http: HttpClient, mode: 'live' | 'preview' = 'live'): TestContext {
  const sent: RecordedRequest[] = [];
  const kept: { exchange: Exchange; part: ExchangePart }[] = [];
  return {
    mode,
    sent,
    kept,
    urgency: 'first',
    signal: new AbortController().signal,
    async send(request, effect) {
      sent.push({ effect, request });
      if (mode === 'preview' && effect === 'write') return { kind: 'planned' };
      const outcome = await http.send(request);
      return outcome.kind === 'response' ? outcome : toFailure(outcome);
    },
    async sendShared(build, effect) {
      const request = await build();
      if (request === null) return { kind: 'empty' };
      sent.push({ effect, request });
      const outcome = await http.send(request);
      const exchange = { request, effect, startedAtMs: 0, durationMs: 0, waitedMs: 0, outcome };
      if (outcome.kind === 'response') return { kind: 'response', response: outcome.response, exchange };
      return { kind: 'failed', failure: toFailure(outcome), exchange };
    },
    keep: (exchange, part) => void kept.push({ exchange, part }),
    stillHeld: () => Promise.resolve(true),
  };
}

function toFailure({ kind, reason }: Exclude<HttpOutcome, { kind: 'response' }>): Failure {
  return kind === 'unknown' ? { kind, reason } : { kind: 'retry', reason };
}
