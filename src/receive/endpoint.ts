import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';

import type { Ledger } from '../ledger/ledger.ts';
import type { Health } from '../observability/health.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { HeaderLines } from '../platforms/platform.ts';
import type { Cidr } from '../shared/ip.ts';
import { refusedAnswer, type Answer } from './answer.ts';
import { createFindAddress } from './client-address.ts';
import { createInflateBody } from './inflate-body.ts';
import type { SharedCounters } from './limiter.ts';
import { createLimits } from './limits.ts';
import { createBodyBudget, readRequestBody } from './read-request-body.ts';
import { receiveWebhook, type IncomingWebhook, type ReceiveDependencies } from './receive-webhook.ts';
import type { Rate, ReceivedSource } from './received-source.ts';
import { createRefusals, type Refusals } from './refusals.ts';

export interface EndpointDependencies extends Omit<
  ReceiveDependencies,
  'limits' | 'inflateBody' | 'refusals' | 'sources' | 'health' | 'findAddress'
> {
  readonly sources: readonly ReceivedSource[];
  /** Networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly Cidr[];
  /** Requests from one client address; null: no limit. */
  readonly ratePerAddress: Rate | null;
  /** Counts requests together with other receivers; without it, each process counts for itself. */
  readonly counters?: SharedCounters | undefined;
  readonly ledger: Pick<Ledger, 'recordEvent' | 'recordRefusal'>;
  readonly metrics: Pick<Metrics, 'eventAnswered' | 'acknowledged' | 'requestRefused'>;
  readonly health: Pick<Health, 'ledgerAccepted' | 'ledgerRefused'>;
  /** What `/readyz` says, in JSON. */
  readonly checkReadiness: () => Promise<{ readonly kind: 'ready' | 'not_ready' }>;
  /** A body has to arrive within this time. */
  readonly bodyTimeoutMs: number;
}

/** 503 inside 4 s (design.md section 4): what is left pays for the way there and back. */
export const RECEIVE_TIMEOUTS = { ledgerTimeoutMs: 3000, bodyTimeoutMs: 10_000 };

/** All requests together may hold so many bytes of body that is not verified yet. */
const MAX_BODY_BYTES_IN_FLIGHT = 256 * 1024 * 1024;

/** The public port: `POST /webhooks/<source>[/<token>]`, `GET /healthz`, `GET /readyz`, and nothing else. */
export function createEndpoint(dependencies: EndpointDependencies): Express {
  const receive: ReceiveDependencies = {
    ...dependencies,
    sources: new Map(dependencies.sources.map((source) => [source.name, source])),
    findAddress: createFindAddress(dependencies.trustedProxies),
    limits: createLimits(dependencies.ratePerAddress, dependencies.counters),
    inflateBody: createInflateBody(),
    refusals: afterTheAnswer(createRefusals(dependencies)),
  };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.post('/webhooks/:source{/:token}', createWebhookHandler(receive, dependencies.bodyTimeoutMs));
  // Senders are machines and get JSON with the two headers that matter for it (see `send`); helmet's dozen is for
  // browsers, costs on every request, and so stands behind the webhook route.
  app.use(helmet());
  app.all('/webhooks/:source{/:token}', (_request, response) => {
    response.setHeader('Allow', 'POST');
    send(response, refusedAnswer(405));
  });
  app.get('/healthz', (_request, response) => void response.json({ ok: true }));
  app.get('/readyz', async (_request, response) => {
    const readiness = await dependencies.checkReadiness();
    response.status(readiness.kind === 'ready' ? 200 : 503).json(readiness);
  });
  app.use((_request, response) => send(response, refusedAnswer(404)));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    // Express throws for paths that cannot be percent-decoded.
    dependencies.logger.debug('receive.bad_path', { error });
    send(response, refusedAnswer(404));
  });
  return app;
}

/**
 * Writing a refusal down takes time, and whether it is written down depends on whether the source exists: done before
 * the answer, the delay told strangers which names are sources (trap 23).
 */
function afterTheAnswer(refusals: Refusals): Refusals {
  return { record: (refusal) => void setImmediate(() => refusals.record(refusal)) };
}

function createWebhookHandler(dependencies: ReceiveDependencies, timeoutMs: number) {
  const budget = createBodyBudget(MAX_BODY_BYTES_IN_FLIGHT);
  return async (request: Request, response: Response): Promise<void> => {
    const share = budget.open();
    const incoming = readIncoming(request, (maxBytes) => readRequestBody(request, { maxBytes, timeoutMs, share }));
    try {
      const answer = await receiveWebhook(dependencies, incoming);
      if (answer !== null) send(response, answer);
    } catch (error) {
      // Nothing was acknowledged, so the sender comes back.
      dependencies.logger.error('receive.failed', { source: incoming.source, error });
      send(response, refusedAnswer(503));
    } finally {
      share.release();
    }
  };
}

function readIncoming(request: Request, readBody: IncomingWebhook['readBody']): IncomingWebhook {
  const { source, token } = request.params as { source: string; token?: string };
  return {
    method: request.method,
    url: request.url,
    source,
    pathToken: token ?? null,
    headers: headerLines(request),
    socketAddress: request.socket.remoteAddress ?? '',
    readBody,
  };
}

/** Node joins repeated lines with a comma; a proof that stands there twice has to stay visible as two (trap 21). */
function headerLines({ rawHeaders }: IncomingMessage): HeaderLines {
  const lines: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    lines.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return lines;
}

/** Nothing to sniff, nothing to cache: what an answer to a machine needs of helmet's headers. */
const ANSWER_HEADERS = {
  'Content-Type': 'application/json',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

/** Plain Node instead of `response.json`: no second serialising, no ETag, no content negotiation on the hot path. */
function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const headers: OutgoingHttpHeaders = { ...ANSWER_HEADERS, 'Content-Length': answer.body.length };
  if (answer.retryAfterSeconds !== undefined) headers['Retry-After'] = answer.retryAfterSeconds;
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}
