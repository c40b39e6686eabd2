import { Agent, request } from 'node:http';

export interface WebhookClient {
  readonly port: number;
  readonly agent: Agent;
}

export interface WebhookRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Callab gives up after five seconds (reference/providers.md 1.1). */
const TIMEOUT_MS = 5000;

/** A client with connections that are kept and used again. */
export function createWebhookClient(port: number): WebhookClient {
  return { port, agent: new Agent({ keepAlive: true }) };
}

/** Posts one webhook; resolves to the status, or to null when no whole answer came. Never throws. */
export function postWebhook(client: WebhookClient, { path, headers, body }: WebhookRequest): Promise<number | null> {
  return new Promise((resolve) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: client.port,
        agent: client.agent,
        method: 'POST',
        path,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        timeout: TIMEOUT_MS,
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.complete ? (answer.statusCode ?? null) : null));
        answer.once('error', () => resolve(null));
      },
    );
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', () => resolve(null));
    outgoing.end(body);
  });
}
