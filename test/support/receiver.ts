import { createHmac } from 'node:crypto';
import { connect } from 'node:net';

import type { Ledger } from '../../src/ledger/ledger.ts';
import { createHealth, type Health } from '../../src/observability/health.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createEndpoint, type EndpointDependencies } from '../../src/receive/endpoint.ts';
import { startReceiver, type Receiver } from '../../src/receive/start-receiver.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';

export const SECRET = 'whsec_test_secret';

type Overrides = Partial<Omit<EndpointDependencies, 'ledger' | 'sources'>>;
export interface TestReceiverOptions extends Overrides {
  readonly sources: EndpointDependencies['sources'];
  readonly ledger: Pick<Ledger, 'recordEvent' | 'recordRefusal'>;
  readonly port?: number;
  readonly graceMs?: number;
}

export interface TestReceiver extends Receiver {
  readonly url: string;
  readonly health: Health;
  /** Everything logged, debug included. */
  readonly lines: readonly string[];
  /** How often the doorbell rang. */
  rings(): number;
  metricsText(): Promise<string>;
}

/** The real endpoint on a free port of 127.0.0.1, with everything but the ledger and the sources at its usual setting. */
export async function startTestReceiver(options: TestReceiverOptions): Promise<TestReceiver> {
  const lines: string[] = [];
  let rings = 0;
  const clock = options.clock ?? systemClock;
  const metrics = createMetrics({ version: '0', role: 'receiver', mode: 'test' }, clock);
  const health = createHealth(clock);
  health.started();
  const handler = createEndpoint({
    trustedProxies: [],
    ratePerAddress: null,
    queue: { ring: () => void (rings += 1) },
    clock,
    hostClock: clock,
    ids: createIds(clock),
    logger: createLogger({ level: 'debug', format: 'json', write: (line) => void lines.push(line) }),
    metrics,
    health,
    checkReadiness: () => Promise.resolve(health.readiness()),
    ledgerTimeoutMs: 3000,
    bodyTimeoutMs: 10_000,
    ...options,
  });
  const receiver = await startReceiver({
    handler,
    host: '127.0.0.1',
    port: options.port ?? 0,
    graceMs: options.graceMs ?? 10_000,
  });
  return {
    ...receiver,
    url: `http://127.0.0.1:${receiver.port}`,
    health,
    lines,
    rings: () => rings,
    metricsText: async () => (await metrics.render()).text,
  };
}

/** The signature Callab and most others send: HMAC-SHA256, hex. */
export function hmac(body: string | Buffer, secret = SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** Sends bytes as they are and resolves with everything that came back until the other side closed. */
export function exchange(port: number, chunks: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    for (const chunk of chunks) socket.write(chunk);
  });
}
