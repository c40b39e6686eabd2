import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JsonObject } from '../../../src/domain/json.ts';
import { SECRETS } from '../../../src/torture/traffic/delivery.ts';
import { createWebhookClient, type WebhookClient } from '../../../src/torture/traffic/post-webhook.ts';
import { findFreePort } from '../../../test/support/free-port.ts';
import {
  runJsonCommand,
  startHookline,
  waitUntilUp,
  type HooklineOptions,
} from '../../../test/support/start-hookline.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { machine } from '../ack/machine.ts';
import { readMemory, type Memory } from '../read-memory.ts';
import { callEnded, deliver } from '../sync/call-ended.ts';
import { readMetrics, sumOf } from './metrics.ts';

/** A simulated CRM, and how requests are counted there. */
export interface BenchedCrm {
  readonly name: string;
  /** The destination as an operator would write it. */
  readonly destination: JsonObject;
  /** API requests so far by class; what does not count against a quota is in `beside`. */
  readonly requests: () => Counts;
  readonly forgetRequests: () => void;
  readonly records: () => { readonly people: number; readonly calls: number; readonly doubles: number };
}

export interface Counts {
  readonly counted: Readonly<Record<string, number>>;
  readonly beside: Readonly<Record<string, number>>;
  /** Refused for being too many. */
  readonly refused: number;
}

export interface Round extends Counts {
  readonly requestsPerCall: number;
  readonly seconds: number;
}

export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly calls: number;
  readonly first: Round;
  readonly sameEvents: Round;
  readonly replayed: Round;
  readonly records: ReturnType<BenchedCrm['records']>;
  readonly attempts: number;
  readonly memory: Memory;
}

interface Bench {
  readonly crm: BenchedCrm;
  readonly client: WebhookClient;
  readonly hookline: HooklineOptions;
  readonly bodies: readonly ReturnType<typeof callEnded>[];
}

const CONNECTIONS = 20;
const TIMEOUT_MS = 30 * 60_000;

/** A burst of calls of callers nobody knows yet, then the same events again, then every run replayed. */
export async function benchCrm(crm: BenchedCrm, calls: number): Promise<Report> {
  const folder = createTempFolder(`bench-${crm.name}`);
  try {
    return await measure(crm, calls, folder.path);
  } finally {
    folder.remove();
  }
}

async function measure(crm: BenchedCrm, calls: number, folder: string): Promise<Report> {
  const hookline = {
    config: writeConfig(crm, folder),
    dataDir: join(folder, 'data'),
    port: await findFreePort(),
    adminPort: await findFreePort(),
  };
  const daemon = startHookline(hookline);
  await waitUntilUp(daemon, hookline);
  const bodies = Array.from({ length: calls }, (_, number) => callEnded(number + 1, Date.now()));
  const bench: Bench = { crm, client: createWebhookClient(hookline.port), hookline, bodies };
  const report = {
    machine: machine(folder),
    calls,
    first: await round(bench, () => deliverAll(bench)),
    sameEvents: await round(bench, () => deliverAll(bench)),
    replayed: await round(bench, () => runJsonCommand(hookline, ['replay', '--state', 'done'])),
    records: crm.records(),
    attempts: sumOf(await readMetrics(hookline), /^hookline_attempts_total\{/),
    memory: readMemory(daemon.pid),
  };
  await daemon.stop('SIGTERM');
  return report;
}

/** Until every run is done. */
async function round(bench: Bench, start: () => Promise<unknown>): Promise<Round> {
  const { crm, bodies } = bench;
  crm.forgetRequests();
  const startedAtMs = performance.now();
  await start();
  await waitUntil(() => isDone(bench), { what: 'every run to be done', timeoutMs: TIMEOUT_MS, everyMs: 1000 });
  const counts = crm.requests();
  const sum = Object.values(counts.counted).reduce((total, count) => total + count, 0);
  return { ...counts, requestsPerCall: sum / bodies.length, seconds: (performance.now() - startedAtMs) / 1000 };
}

async function isDone({ crm, hookline, bodies }: Bench): Promise<boolean> {
  if (crm.records().calls < bodies.length) return false;
  const metrics = await readMetrics(hookline);
  return sumOf(metrics, /^hookline_runs\{state="(?:due|running)"\}/) === 0;
}

async function deliverAll({ client, bodies }: Bench): Promise<void> {
  const queue = bodies.values();
  const connection = async (): Promise<void> => {
    for (const body of queue) await deliver(client, body);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
}

function writeConfig({ name, destination }: BenchedCrm, folder: string): string {
  const file = join(folder, 'hookline.yaml');
  writeFileSync(
    file,
    `server: { rate_limit: { per_address: off } }
sources:
  callab: { platform: callab, secrets: ["${SECRETS.callab}"] }
destinations:
  ${name}: ${JSON.stringify(destination)}
integrations:
  - { name: Keep the CRM in step, trigger: [call.ended], actions: [{ sync: ${name} }] }
`,
  );
  return file;
}
