import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceiverOptions {
  readonly handler: RequestListener;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Requests in flight may finish for this long after `stop`. */
  readonly graceMs?: number;
}

export interface Receiver {
  readonly port: number;
  /** Requests being answered right now; the worker rests while there are any. */
  inFlight(): number;
  /** From now on every answer ends its connection: the pools of load balancers empty while these find out. */
  drain(): void;
  /** Takes no new connections, answers what is in flight, closes the rest. */
  stop(): Promise<void>;
}

const SERVER_SETTINGS = {
  // Longer than the 60 s of common load balancers: the side that closes first must not be the one that may get a request.
  keepAliveTimeout: 65_000,
  // Senders have all their headers at once; who sends them by drops is holding a connection open (slowloris).
  headersTimeout: 10_000,
  // A whole request, body included; also ends senders that go on after a 413.
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
};

const MAX_CONNECTIONS = 10_000;
/** After the drain, for webhooks under way. */
export const RECEIVE_GRACE_MS = 10_000;
const CLOSING_INTERVAL_MS = 20;

/** Listens; rejects when the port is taken. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  let inFlight = 0;
  let draining = false;
  const server = createServer(SERVER_SETTINGS, (request, response) => {
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    if (draining) response.shouldKeepAlive = false;
    options.handler(request, response);
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    inFlight: () => inFlight,
    drain() {
      draining = true;
    },
    stop() {
      draining = true;
      return close(server, options.graceMs ?? RECEIVE_GRACE_MS);
    },
  };
}

function listen(server: Server, { host, port }: ReceiverOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`Cannot listen on ${host}:${port} (HOST, PORT).`, { cause })));
    server.listen(port, host, () => resolve());
  });
}

/** `server.close` leaves connections alone that are busy now and idle in a moment, so it is asked again and again. */
function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const closing = setInterval(() => server.closeIdleConnections(), CLOSING_INTERVAL_MS);
    const patience = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(closing);
      clearTimeout(patience);
      resolve();
    });
  });
}
