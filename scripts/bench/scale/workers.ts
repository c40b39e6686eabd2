import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { startRestCrmProcess, type RestCrmProcess } from '../../../test/support/start-rest-crm.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { startHookline, type Target } from '../ack/target.ts';
import type { Backing } from './backing.ts';
import { benchEnvironment, writeBenchConfig } from './bench-config.ts';
import { limitCpu } from './cpu-share.ts';

/** Far more than the workers reach: what is measured is them, not the CRM's budget. */
const MAX_IN_FLIGHT = 100;
const CRM_LATENCY_MS = 20;
const SENDERS = 20;
const TIMEOUT_MS = 15 * 60_000;

export interface SyncSettings {
  readonly workers: number;
  /** For each worker. */
  readonly calls: number;
  /** Of one core, for each worker. */
  readonly cpuShare: number;
}

export interface SyncResult {
  readonly mode: string;
  readonly workers: number;
  readonly callsPerSecond: number;
  readonly cpuMsPerCall: number;
  /** Of the CPU the workers were allowed: what is left over they waited, for the CRM or for somebody else. */
  readonly shareUsed: number;
  readonly contacts: number;
}

/** A burst of calls of as many new people, until all are in the CRM; one receiver takes them in, the workers do the rest. */
export async function measureSync(backing: Backing, folder: string, settings: SyncSettings): Promise<SyncResult> {
  const secret = randomBytes(24).toString('hex');
  const crm = await startRestCrmProcess({ latencyMs: CRM_LATENCY_MS });
  const config = writeBenchConfig({ folder, secret, crm: { url: crm.url, maxInFlight: MAX_IN_FLIGHT } });
  const env = { ...backing.env, ...benchEnvironment(config, folder) };
  mkdirSync(join(folder, 'data'), { recursive: true });
  const receiver = await startHookline(['--role', 'receiver'], env);
  const workers: Target[] = [];
  for (let number = 0; number < settings.workers; number += 1)
    workers.push(await startHookline(['--role', 'worker'], env));
  try {
    const send = (first: number, count: number) => sendCalls({ url: receiver.url, secret }, first, count);
    // Compiled code and open connections first, then the limit and the burst.
    const warmUpCalls = WARM_UP_CALLS * settings.workers;
    const calls = settings.calls * settings.workers;
    await send(0, warmUpCalls);
    await untilInCrm(crm, warmUpCalls);
    const shares = workers.map(({ pid }) => limitCpu(pid, settings.cpuShare));
    const cpuMs = (): number => workers.reduce((sum, worker) => sum + worker.cpuMs(), 0);
    const [startedAtMs, before] = [performance.now(), cpuMs()];
    await send(warmUpCalls, calls);
    await untilInCrm(crm, warmUpCalls + calls);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const usedMs = cpuMs() - before;
    const { contacts } = await crm.summary();
    await Promise.all(workers.map((worker) => worker.stop()));
    for (const share of shares) share.remove();
    return {
      mode: backing.mode,
      workers: settings.workers,
      callsPerSecond: calls / seconds,
      cpuMsPerCall: usedMs / calls,
      shareUsed: usedMs / 1_000 / seconds / (settings.cpuShare * settings.workers),
      contacts,
    };
  } finally {
    await Promise.all([receiver, ...workers].map((target) => target.stop()));
    await crm.stop();
  }
}

/** For each worker: one that has compiled less than another would count as slower. */
const WARM_UP_CALLS = 400;

async function untilInCrm(crm: RestCrmProcess, calls: number): Promise<void> {
  await waitUntil(async () => (await crm.summary()).calls >= calls, {
    what: `${calls} calls in the CRM`,
    timeoutMs: TIMEOUT_MS,
    everyMs: 50,
  });
}

async function sendCalls(
  to: { readonly url: string; readonly secret: string },
  first: number,
  count: number,
): Promise<void> {
  let next = first;
  const sender = async (): Promise<void> => {
    while (next < first + count) await sendCall(to, next++);
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

async function sendCall(
  { url, secret }: { readonly url: string; readonly secret: string },
  number: number,
): Promise<void> {
  const body = JSON.stringify({
    event: 'call_ended',
    timestamp: '2026-11-20T12:00:00.000Z',
    contact: { phone: `+1202${5_000_000 + number}` },
    call: {
      id: `call_${number}`,
      status: 'completed',
      duration: 180,
      start_time: '2026-11-20T11:56:00.000Z',
      end_time: '2026-11-20T11:59:00.000Z',
    },
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-callab-signature': signature };
  const response = await fetch(url, { method: 'POST', headers, body });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`The receiver answered ${response.status}.`);
}
