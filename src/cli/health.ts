import { createHttpClient } from '../shared/http-client.ts';
import { CommandFailure } from './failure.ts';
import { print } from './output.ts';

/** `hookline health`: asks `/readyz` of the daemon on this machine. */
export async function health(port: number): Promise<void> {
  const http = createHttpClient({ allowPrivateNetworks: true });
  const outcome = await http.send({
    method: 'GET',
    url: `http://127.0.0.1:${port}/readyz`,
    headers: {},
    body: null,
    timeoutMs: 3000,
  });
  if (outcome.kind !== 'response') throw new CommandFailure(`No answer from port ${port}: ${outcome.reason}`);
  if (outcome.response.status !== 200)
    throw new CommandFailure(`Not ready: ${outcome.response.status} ${outcome.response.body}`);
  print('ready');
}
