/**
 * How fast calls reach a CRM: this daemon with its REST destination against the REST simulator, each a process of its own,
 * the simulator answering after 20 ms. First one call at a time, then 10,000 in a burst.
 *
 *   npm run bench:sync -- [--calls 10000] [--idle 200] [--latency 20] [--in-flight 40] [--out bench-sync.json]
 *
 * Each call is one event (Callab `call_ended`) of a new person: a contact is looked for and created, then the call is put.
 * `--in-flight` is the destination's `rate.max_in_flight`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { waitUntilUp } from '../../test/support/start-hookline.ts';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { createWebhookClient } from '../../src/torture/traffic/post-webhook.ts';
import { setStage, type Stage } from './sync/stage.ts';
import { machine } from './ack/machine.ts';
import { readMemory, type Memory } from './read-memory.ts';
import { measureBurst, measureIdle, percentile, type Bench, type Burst } from './sync/measure.ts';

const CONNECTIONS = 50;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    idle: { type: 'string', default: '200' },
    latency: { type: 'string', default: '20' },
    'in-flight': { type: 'string', default: '40' },
    out: { type: 'string' },
  },
});
const settings = {
  calls: Number(values.calls),
  idleCalls: Number(values.idle),
  latencyMs: Number(values.latency),
  maxInFlight: Number(values['in-flight']),
  connections: CONNECTIONS,
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly settings: typeof settings;
  readonly idle: { readonly p50Ms: number; readonly p95Ms: number; readonly worstMs: number };
  readonly burst: Burst;
  readonly memory: { readonly idle: Memory; readonly atTheEnd: Memory };
}

const folder = createTempFolder('bench');
const stage = await setStage({
  folder: folder.path,
  crms: [{ name: 'keyed', callStrategy: 'put' }],
  latencyMs: settings.latencyMs,
  timeout: '10s',
  maxInFlight: settings.maxInFlight,
  retry: '{ attempts: 20, first: 1s, max: 10s }',
});
try {
  const report = await measure(stage, folder.path);
  printReport(report);
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await stage.close();
  folder.remove();
}

async function measure(ready: Stage, dataFolder: string): Promise<Report> {
  const { hookline, crms } = ready;
  const daemon = ready.start();
  await waitUntilUp(daemon, hookline);
  const [crm] = crms;
  if (crm === undefined) throw new Error('there is no CRM to measure against');
  let calls = 0;
  const bench: Bench = { client: createWebhookClient(hookline.port), crm, nextCall: () => (calls += 1) };
  await measureIdle(bench, 20);
  const delays = await measureIdle(bench, settings.idleCalls);
  const idleMemory = readMemory(daemon.pid);
  console.error(`${settings.idleCalls} calls one at a time: done`);
  const onProgress = (line: string): void => console.error(line);
  const burst = await measureBurst(bench, { calls: settings.calls, connections: CONNECTIONS, onProgress });
  return {
    machine: machine(dataFolder),
    settings,
    idle: { p50Ms: percentile(delays, 0.5), p95Ms: percentile(delays, 0.95), worstMs: Math.max(...delays) },
    burst,
    memory: { idle: idleMemory, atTheEnd: readMemory(daemon.pid) },
  };
}

function printReport({ machine: host, idle, burst, memory }: Report): void {
  const row = (label: string, value: string, goal = ''): void =>
    console.log(`${label.padEnd(44)}${value.padStart(12)}  ${goal}`);
  console.log(`${host['cpu']}, ${host['cores']} cores, Node ${host['node']}`);
  console.log(`CRM latency ${settings.latencyMs} ms, ${settings.maxInFlight} requests in flight\n`);
  row('200 to CRM, one call at a time, p50 ms', idle.p50Ms.toFixed(0));
  row('200 to CRM, one call at a time, p95 ms', idle.p95Ms.toFixed(0), '<= 250');
  row('200 to CRM, one call at a time, worst ms', idle.worstMs.toFixed(0));
  row(`burst of ${burst.calls}: acknowledged after s`, burst.acknowledgedS.toFixed(1));
  row(`burst of ${burst.calls}: CRM complete after s`, burst.completeS.toFixed(1));
  row('calls per second until complete', burst.callsPerSecond.toFixed(0));
  row('requests per call', burst.requestsPerCall.toFixed(2));
  row('contacts made by the burst', String(burst.contacts), `= ${burst.calls}`);
  row('RSS MiB, idle', memory.idle.rssMb.toFixed(0));
  row('RSS MiB, at the end', memory.atTheEnd.rssMb.toFixed(0));
  row('RSS MiB, highest', memory.atTheEnd.peakRssMb.toFixed(0));
}
