import type { RequestContext } from '../../src/destinations/destination.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from '../../src/shared/http-client.ts';

export interface RecordedRequest {
  readonly effect: 'read' | 'write';
  readonly request: HttpRequest;
}

export interface TestContext extends RequestContext {
  /** Everything that was sent or, in a preview, would have been. */
  readonly sent: readonly RecordedRequest[];
}

/** A request context without budget and breaker: what a destination does on its own. */
export function createTestContext(http: HttpClient, mode: 'live' | 'preview' = 'live'): TestContext {
  const sent: RecordedRequest[] = [];
  return {
    sent,
    signal: new AbortController().signal,
    async send(request, effect) {
      sent.push({ effect, request });
      if (mode === 'preview' && effect === 'write') return { kind: 'planned' };
      return toSent(await http.send(request));
    },
  };
}

function toSent(outcome: HttpOutcome): Awaited<ReturnType<RequestContext['send']>> {
  if (outcome.kind === 'response') return outcome;
  const { reason } = outcome;
  return outcome.kind === 'unknown' ? { kind: 'unknown', reason } : { kind: 'retry', reason };
}
