import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Balancer {
  readonly port: number;
  /** Upstreams that get requests now. */
  healthy(): readonly number[];
  stop(): Promise<void>;
}

/** Failed checks in a row until an upstream gets nothing more, as with HAProxy's `fall 2`; one good check brings it back. */
const FALL = 2;
const CHECK_EVERY_MS = 100;

interface Upstream {
  readonly port: number;
  readonly agent: Agent;
  healthy: boolean;
  failed: number;
}

/**
 * A load balancer in front of receivers on 127.0.0.1, as nginx or HAProxy in front of hosts: it asks `/readyz`, keeps
 * its connections to them alive, and never sends a POST twice. What it cannot deliver it answers 502.
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const upstreams = ports.map((port): Upstream => ({
    port,
    agent: new Agent({ keepAlive: true }),
    healthy: false,
    failed: 0,
  }));
  const checks = setInterval(() => upstreams.forEach((upstream) => void check(upstream)), CHECK_EVERY_MS);
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const healthy = upstreams.filter((upstream) => upstream.healthy);
    turn += 1;
    const upstream = healthy[turn % healthy.length];
    if (upstream === undefined) outgoing.writeHead(503).end('no upstream is ready');
    else pass(upstream, incoming, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    healthy: () => upstreams.filter((upstream) => upstream.healthy).map(({ port }) => port),
    async stop() {
      clearInterval(checks);
      for (const { agent } of upstreams) agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function pass({ port, agent }: Upstream, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url: path, headers } = incoming;
  const { connection: _, ...forwarded } = headers;
  const onward = request({ host: '127.0.0.1', port, agent, method, path, headers: forwarded }, (answer) => {
    const { connection: __, 'keep-alive': ___, ...kept } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, kept);
    answer.pipe(outgoing);
  });
  onward.once('error', (error: NodeJS.ErrnoException) => {
    if (!outgoing.headersSent) outgoing.writeHead(502);
    outgoing.end(`${port}: ${error.code} ${error.message}`);
  });
  incoming.pipe(onward);
}

async function check(upstream: Upstream): Promise<void> {
  if (await isReady(upstream.port)) {
    upstream.failed = 0;
    upstream.healthy = true;
    return;
  }
  upstream.failed += 1;
  if (upstream.failed >= FALL) upstream.healthy = false;
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
