import { waitUntil } from '../../../test/support/wait-until.ts';
import type { RestCrmProcess } from '../../../test/support/start-rest-crm.ts';
import type { WebhookClient } from '../../../src/torture/traffic/post-webhook.ts';
import { callEnded, deliver } from './call-ended.ts';

export interface Bench {
  readonly client: WebhookClient;
  readonly crm: Pick<RestCrmProcess, 'summary'>;
  /** Grows with every call, so that no two are of one person. */
  readonly nextCall: () => number;
}

/**
 * From the 200 to the call in the CRM, one call at a time with nothing else to do; milliseconds, one per call. The CRM is
 * asked every millisecond, so that figures may be a few milliseconds too high, never too low.
 */
export async function measureIdle({ client, crm, nextCall }: Bench, calls: number): Promise<number[]> {
  const delays: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const before = (await crm.summary()).calls;
    await deliver(client, callEnded(nextCall(), Date.now()));
    const answeredAtMs = performance.now();
    await waitUntil(async () => (await crm.summary()).calls > before, { what: 'the call in the CRM', everyMs: 1 });
    delays.push(performance.now() - answeredAtMs);
  }
  return delays;
}

export interface Burst {
  readonly calls: number;
  /** From the first webhook to the last 200. */
  readonly acknowledgedS: number;
  /** From the first webhook until every call stands in the CRM. */
  readonly completeS: number;
  readonly callsPerSecond: number;
  readonly requestsPerCall: number;
  /** Contacts that came of it: one per call, or something is doubled or missing. */
  readonly contacts: number;
}

export interface BurstOptions {
  readonly calls: number;
  readonly connections: number;
  readonly onProgress: (line: string) => void;
}

const BURST_TIMEOUT_MS = 30 * 60_000;

/** All calls at once, as fast as they are acknowledged, then until the CRM is complete. */
export async function measureBurst(bench: Bench, { calls, connections, onProgress }: BurstOptions): Promise<Burst> {
  const before = await bench.crm.summary();
  const startedAtMs = performance.now();
  await deliverAll(bench, calls, connections);
  const acknowledgedS = (performance.now() - startedAtMs) / 1000;
  onProgress(`${calls} calls acknowledged in ${acknowledgedS.toFixed(1)} s, waiting for the CRM`);
  const target = before.calls + calls;
  await waitUntil(async () => (await bench.crm.summary()).calls >= target, {
    what: `${calls} calls in the CRM`,
    timeoutMs: BURST_TIMEOUT_MS,
    everyMs: 100,
  });
  const completeS = (performance.now() - startedAtMs) / 1000;
  const after = await bench.crm.summary();
  return {
    calls,
    acknowledgedS,
    completeS,
    callsPerSecond: calls / completeS,
    requestsPerCall: (after.requests - before.requests) / calls,
    contacts: after.contacts - before.contacts,
  };
}

async function deliverAll({ client, nextCall }: Bench, calls: number, connections: number): Promise<void> {
  let left = calls;
  const connection = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await deliver(client, callEnded(nextCall(), Date.now()));
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
}

/** The value below which `share` of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
