import { createHttpClient } from '../shared/http-client.ts';
import type { Environment } from '../config/environment.ts';
import { CommandFailure } from './failure.ts';
import { print } from './output.ts';

/** To listen there is to listen on 127.0.0.1 too. */
const EVERYWHERE = new Set(['0.0.0.0', '::']);

/** `hookline health`: asks `/readyz` of the daemon on this machine, on the admin port: that is what every role has. */
export async function health({ adminHost, adminPort }: Environment): Promise<void> {
  const host = EVERYWHERE.has(adminHost) ? '127.0.0.1' : adminHost;
  const http = createHttpClient({ allowPrivateNetworks: true });
  const outcome = await http.send({
    method: 'GET',
    url: `http://${host.includes(':') ? `[${host}]` : host}:${adminPort}/readyz`,
    headers: {},
    body: null,
    timeoutMs: 3000,
  });
  if (outcome.kind !== 'response')
    throw new CommandFailure(`No answer from port ${adminPort} (ADMIN_PORT): ${outcome.reason}`);
  if (outcome.response.status !== 200)
    throw new CommandFailure(`Not ready: ${outcome.response.status} ${outcome.response.body}`);
  print('ready');
}
