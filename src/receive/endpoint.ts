import type { RequestListener } from 'node:http';

import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';

import type { Ledger } from '../ledger/ledger.ts';
import type { Health } from '../observability/health.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Cidr } from '../shared/ip.ts';
import { refusedAnswer } from './answer.ts';
import { createFindAddress } from './client-address.ts';
import { createInflateBody } from './inflate-body.ts';
import type { SharedCounters } from './limiter.ts';
import { createLimits } from './limits.ts';
import type { ReceiveDependencies } from './receive-webhook.ts';
import type { Rate, ReceivedSource } from './received-source.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { sendAnswer } from './send-answer.ts';
import { createWebhookHandler, type HandleWebhook } from './webhook-handler.ts';
import { readPlainWebhookPath } from './webhook-path.ts';

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

/**
 * The public port: `POST /webhooks/<source>[/<token>]`, `GET /healthz`, `GET /readyz`, and nothing else. A webhook whose
 * path needs no decoding does not pass through Express, which cost more than all we do for it (docs/decisions/0013).
 */
export function createEndpoint(dependencies: EndpointDependencies): RequestListener {
  const handleWebhook = createWebhookHandler(
    {
      ...dependencies,
      sources: new Map(dependencies.sources.map((source) => [source.name, source])),
      findAddress: createFindAddress(dependencies.trustedProxies),
      limits: createLimits(dependencies.ratePerAddress, dependencies.counters),
      inflateBody: createInflateBody(),
      refusals: afterTheAnswer(createRefusals(dependencies)),
    },
    dependencies.bodyTimeoutMs,
  );
  const app = createApp(dependencies, handleWebhook);
  return (request, response) => {
    const path = request.method === 'POST' ? readPlainWebhookPath(request.url ?? '') : null;
    if (path === null) app(request, response);
    else void handleWebhook(path, request, response);
  };
}

/** Everything else, and webhooks whose path is spelled in another way. */
function createApp({ checkReadiness, logger }: EndpointDependencies, handleWebhook: HandleWebhook): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.post('/webhooks/:source{/:token}', (request, response) => {
    const { source, token = null } = request.params;
    return handleWebhook({ source, token }, request, response);
  });
  // Senders are machines and get JSON with the two headers that matter for it (send-answer.ts); helmet's dozen is for
  // browsers, costs on every request, and so stands behind the webhook route.
  app.use(helmet());
  app.all('/webhooks/:source{/:token}', (_request, response) => {
    response.setHeader('Allow', 'POST');
    sendAnswer(response, refusedAnswer(405));
  });
  app.get('/healthz', (_request, response) => void response.json({ ok: true }));
  app.get('/readyz', async (_request, response) => {
    const readiness = await checkReadiness();
    response.status(readiness.kind === 'ready' ? 200 : 503).json(readiness);
  });
  app.use((_request, response) => sendAnswer(response, refusedAnswer(404)));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    // Express throws for paths that cannot be percent-decoded.
    logger.debug('receive.bad_path', { error });
    sendAnswer(response, refusedAnswer(404));
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
