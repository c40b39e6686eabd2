import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { CompiledConfig } from '../../config/compile.ts';
import type { Clock } from '../../shared/clock.ts';
import { createHttpClient } from '../../shared/http-client.ts';
import { DELIVERIES, type DemoDelivery } from './deliveries.ts';

const SAMPLES = path.join(import.meta.dirname, '../../../config/samples');

export interface Sent {
  readonly delivery: DemoDelivery;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly isDuplicate: boolean;
}

/** Posts every delivery of the demo over HTTP, one after the other, signed as its platform would. */
export async function sendDeliveries(
  port: number,
  sources: CompiledConfig['sources'],
  clock: Clock,
): Promise<readonly Sent[]> {
  const http = createHttpClient({ allowPrivateNetworks: true });
  const sent: Sent[] = [];
  try {
    for (const delivery of DELIVERIES) {
      const request = prepare(delivery, sources, clock);
      const url = `http://127.0.0.1:${port}/webhooks/${delivery.source}${request.path}`;
      const { headers, body } = request;
      const outcome = await http.send({ method: 'POST', url, headers, body, timeoutMs: 10_000 });
      const answer = outcome.kind === 'response' ? outcome.response : { status: 0, body: '' };
      sent.push({ delivery, status: answer.status, isDuplicate: answer.body.includes('"duplicate":true') });
    }
  } finally {
    http.close();
  }
  return sent;
}

function prepare({ source: name, file, forged }: DemoDelivery, sources: CompiledConfig['sources'], clock: Clock) {
  const source = sources.get(name);
  if (source === undefined) throw new Error(`the demo config has no source "${name}"`);
  const signed = source.adapter.sign(readFileSync(path.join(SAMPLES, file)), { nowMs: clock.now() });
  if (forged === undefined) return signed;
  // What an attacker who knows everything but the secret would send: one byte of the body is another.
  return { ...signed, body: Buffer.from(signed.body.toString('utf8').replace('completed', 'Completed')) };
}
