import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import express from 'express';
import helmet from 'helmet';

/** What the admin port shows today. */
export interface AdminDependencies {
  /** What `/readyz` says, in JSON. */
  readonly checkReadiness: () => Promise<{ readonly kind: 'ready' | 'not_ready' }>;
  readonly metrics: { render(): Promise<{ readonly contentType: string; readonly text: string }> };
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

export interface Admin {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts the admin port: `GET /metrics` in Prometheus' text format, `/healthz` and `/readyz` as on the public port, which
 * a worker does not have. Bound to 127.0.0.1 unless ADMIN_HOST says otherwise.
 */
export async function startAdmin({ metrics, checkReadiness, host, port }: AdminDependencies): Promise<Admin> {
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet());
  app.get('/metrics', async (_request, response) => {
    const { contentType, text } = await metrics.render();
    response.setHeader('Content-Type', contentType);
    response.end(text);
  });
  app.get('/healthz', (_request, response) => void response.json({ ok: true }));
  app.get('/readyz', async (_request, response) => {
    const readiness = await checkReadiness();
    response.status(readiness.kind === 'ready' ? 200 : 503).json(readiness);
  });
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }));
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`Cannot listen on ${host}:${port} (ADMIN_HOST, ADMIN_PORT).`, { cause })),
    );
    server.listen(port, host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
