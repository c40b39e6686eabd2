/**
 * How many API requests HubSpot is asked per call: this daemon against the HubSpot simulator, which takes 100 requests in
 * 10 seconds and 5 searches a second, as the smallest plan does. A burst of calls of callers nobody knows yet, then the
 * same events again, then every run replayed.
 *
 *   npm run bench:hubspot -- [--calls 10000] [--burst 100] [--latency 50] [--out bench-hubspot.json]
 *
 * Goals: at most 0.04 requests per call, and 0.001 for the same again.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createWebhookClient, type WebhookClient } from '../../src/torture/traffic/post-webhook.ts';
import { SECRETS } from '../../src/torture/traffic/delivery.ts';
import { startHubSpot, type HubSpot } from '../../test/simulators/hubspot/index.ts';
import { findFreePort } from '../../test/support/free-port.ts';
import { runJsonCommand, startHookline, waitUntilUp, type HooklineOptions } from '../../test/support/start-hookline.ts';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import { machine } from './ack/machine.ts';
import { readMemory, type Memory } from './read-memory.ts';
import { callEnded, deliver } from './sync/call-ended.ts';

const CONNECTIONS = 20;
const TIMEOUT_MS = 30 * 60_000;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    burst: { type: 'string', default: '100' },
    latency: { type: 'string', default: '50' },
    out: { type: 'string' },
  },
});
const settings = { calls: Number(values.calls), burst: Number(values.burst), latencyMs: Number(values.latency) };

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

interface Round {
  readonly requests: Readonly<Record<string, number>>;
  readonly requestsPerCall: number;
  readonly refused: number;
  readonly seconds: number;
}

interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly settings: typeof settings;
  readonly first: Round;
  readonly sameEvents: Round;
  readonly replayed: Round;
  readonly records: { readonly contacts: number; readonly calls: number; readonly doubles: number };
  readonly attempts: number;
  readonly memory: Memory;
}

interface Bench {
  readonly hubspot: HubSpot;
  readonly client: WebhookClient;
  readonly hookline: HooklineOptions;
  readonly bodies: readonly ReturnType<typeof callEnded>[];
}

const folder = createTempFolder('bench-hubspot');
const hubspot = await startHubSpot({ burst: settings.burst, searchLagMs: 5_000 });
try {
  const report = await measure();
  print(report);
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await hubspot.close();
  folder.remove();
}

async function measure(): Promise<Report> {
  for (const type of ['calls', 'tasks', 'notes'] as const)
    hubspot.addProperty(type, { name: 'hookline_call_id', hasUniqueValue: true });
  hubspot.addProperty('contacts', { name: 'hookline_person_key', hasUniqueValue: true });
  hubspot.setLatency(settings.latencyMs);
  const hookline = {
    config: writeConfig(),
    dataDir: join(folder.path, 'data'),
    port: await findFreePort(),
    adminPort: await findFreePort(),
  };
  const daemon = startHookline(hookline);
  await waitUntilUp(daemon, hookline);
  const bodies = Array.from({ length: settings.calls }, (_, number) => callEnded(number + 1, Date.now()));
  const bench: Bench = { hubspot, client: createWebhookClient(hookline.port), hookline, bodies };
  const first = await round(bench, () => deliverAll(bench));
  const sameEvents = await round(bench, () => deliverAll(bench));
  const replayed = await round(bench, () => runJsonCommand(hookline, ['replay', '--state', 'done']));
  const report = {
    machine: machine(folder.path),
    settings,
    first,
    sameEvents,
    replayed,
    records: {
      contacts: hubspot.records('contacts').length,
      calls: hubspot.records('calls').length,
      doubles: hubspot.duplicates().length,
    },
    attempts: await attemptsSoFar(bench),
    memory: readMemory(daemon.pid),
  };
  await daemon.stop('SIGTERM');
  return report;
}

/** Until every run is done. */
async function round(bench: Bench, start: () => Promise<unknown>): Promise<Round> {
  bench.hubspot.clearRequests();
  const startedAtMs = performance.now();
  await start();
  await waitUntil(() => isDone(bench), { what: 'every run to be done', timeoutMs: TIMEOUT_MS, everyMs: 1000 });
  const requests = bench.hubspot.counts();
  const sum = Object.values(requests).reduce((total, count) => total + count, 0);
  return {
    requests,
    requestsPerCall: sum / settings.calls,
    refused: bench.hubspot.requests.filter(({ status }) => status === 429).length,
    seconds: (performance.now() - startedAtMs) / 1000,
  };
}

async function isDone({ hookline }: Bench): Promise<boolean> {
  if (hubspot.records('calls').length < settings.calls) return false;
  const metrics = await readMetrics(hookline);
  return sumOf(metrics, /^hookline_runs\{state="(?:due|running)"\}/) === 0;
}

async function attemptsSoFar({ hookline }: Bench): Promise<number> {
  return sumOf(await readMetrics(hookline), /^hookline_attempts_total\{/);
}

async function readMetrics({ adminPort }: HooklineOptions): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
  return answer.text();
}

function sumOf(metrics: string, series: RegExp): number {
  const lines = metrics.split('\n').filter((line) => series.test(line));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function deliverAll({ client, bodies }: Bench): Promise<void> {
  const queue = bodies.values();
  const connection = async (): Promise<void> => {
    for (const body of queue) await deliver(client, body);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
}

function writeConfig(): string {
  const file = join(folder.path, 'hookline.yaml');
  writeFileSync(
    file,
    `server: { rate_limit: { per_address: off } }
sources:
  callab: { platform: callab, secrets: ["${SECRETS.callab}"] }
destinations:
  hubspot: { type: hubspot, access_token: "${hubspot.token}", base_url: "${hubspot.url}", allow_private_networks: true }
integrations:
  - { name: Keep HubSpot in step, trigger: [call.ended], actions: [{ sync: hubspot }] }
`,
  );
  return file;
}

function print({ machine: host, first, sameEvents, replayed, records, attempts, memory }: Report): void {
  const row = (label: string, value: string, goal = ''): void =>
    console.log(`${label.padEnd(44)}${value.padStart(12)}  ${goal}`);
  console.log(`${host['cpu']}, ${host['cores']} cores, Node ${host['node']}; ${settings.calls} calls\n`);
  for (const [name, { requests, requestsPerCall, refused, seconds }, goal] of [
    ['burst of unknown callers', first, '<= 0.04'],
    ['the same events again', sameEvents, '<= 0.001'],
    ['every run replayed', replayed, '<= 0.001'],
  ] as const) {
    row(`${name}: requests per call`, requestsPerCall.toFixed(4), goal);
    row('  by class', JSON.stringify(requests));
    row('  answered 429', String(refused));
    row('  seconds', seconds.toFixed(1));
  }
  row('contacts', String(records.contacts), `= ${settings.calls}`);
  row('calls', String(records.calls), `= ${settings.calls}`);
  row('doubles', String(records.doubles), '= 0');
  row('attempts in all', String(attempts));
  row('RSS MiB, at the end / highest', `${memory.rssMb.toFixed(0)} / ${memory.peakRssMb.toFixed(0)}`);
}
