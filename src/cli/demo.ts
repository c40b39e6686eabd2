import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { loadConfig } from '../config/load.ts';
import { startDaemon, type Daemon } from '../daemon.ts';
import type { DaemonServices } from '../daemon/services.ts';
import type { LedgerStats } from '../ledger/ledger.ts';
import { createLogger } from '../observability/logger.ts';
import { SANDBOX, type DemoCrm, type DemoCrmName } from './demo/crm.ts';
import { demoConfig } from './demo/deliveries.ts';
import { startDemoHubSpot } from './demo/hubspot.ts';
import { printDemo } from './demo/print-demo.ts';
import { startDemoSalesforce } from './demo/salesforce.ts';
import { sendDeliveries } from './demo/send-deliveries.ts';
import { CommandFailure } from './failure.ts';
import { invalidConfig } from './ledger-access.ts';
import { hookline, print } from './output.ts';
import { getStarted, runUntilStopped } from './start.ts';

const PATIENCE_MS = 30_000;

const SEND = 'send callab config/samples/callab/call_ended.json';

export interface DemoOptions {
  readonly once?: boolean;
  readonly crm: DemoCrmName;
}

const STARTS: Readonly<Record<DemoCrmName, () => Promise<DemoCrm>>> = {
  sandbox: () => Promise.resolve(SANDBOX),
  hubspot: startDemoHubSpot,
  salesforce: startDemoSalesforce,
};

/** `hookline demo`: the main job, end to end, in a fresh folder. */
export async function demo(options: DemoOptions): Promise<void> {
  const crm = await STARTS[options.crm]();
  try {
    await runDemo(crm, options.once === true);
  } finally {
    await crm.close();
  }
}

async function runDemo(crm: DemoCrm, once: boolean): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookline-demo-'));
  const { daemon, services } = await startDemoDaemon(folder, crm);
  try {
    print(`A daemon is running on http://127.0.0.1:${daemon.port}`);
    print(`with a fresh ledger in ${folder}\n`);
    await crm.prepare(services);
    const sent = await sendDeliveries(daemon.port, services.compiled.sources, services.clock);
    await untilQuiet(services);
    const isRight = await printDemo(services, crm, sent);
    if (once && !isRight) throw new CommandFailure(`The demo did not end as it should. Its ledger is in ${folder}`);
    if (!once) {
      printNextSteps(folder, daemon, crm);
      await runUntilStopped(daemon);
      print('\nStopped.');
    }
  } finally {
    await daemon.stop();
  }
}

async function startDemoDaemon(folder: string, crm: DemoCrm): Promise<{ daemon: Daemon; services: DaemonServices }> {
  const file = path.join(folder, 'hookline.yaml');
  writeFileSync(file, demoConfig(crm));
  const result = loadConfig(file, { variable: () => undefined });
  if (result.kind === 'invalid') throw invalidConfig(result.problems);
  const mode = { kind: 'embedded', dataDir: folder } as const;
  const started = await startDaemon({
    loaded: result.loaded,
    role: 'all',
    mode,
    drainSeconds: 0,
    host: '127.0.0.1',
    port: 0,
    adminHost: '127.0.0.1',
    adminPort: 0,
    logger: createLogger({ level: 'error', format: 'pretty' }),
  });
  return getStarted(started, mode);
}

async function untilQuiet({ ledger, clock }: DaemonServices): Promise<void> {
  const deadlineMs = clock.now() + PATIENCE_MS;
  while (!isQuiet(await ledger.stats())) {
    if (clock.now() > deadlineMs) throw new CommandFailure('The daemon did not finish its work in 30 seconds.');
    await wait(20);
  }
}

function isQuiet({ oldestPendingEventMs, runs }: LedgerStats): boolean {
  return oldestPendingEventMs === null && runs.due === 0 && runs.running === 0;
}

function printNextSteps(folder: string, daemon: Daemon, { commands }: DemoCrm): void {
  print('\nLook around from a second terminal:\n');
  const environment = { HOOKLINE_CONFIG: `${folder}/hookline.yaml`, DATA_DIR: folder, PORT: daemon.port };
  for (const [name, value] of Object.entries(environment)) print(`  export ${name}=${value}`);
  for (const command of ['calls', 'calls show call_5b81e2', ...commands, 'events refused', SEND])
    print(`  ${hookline(command)}`);
  print(`\nMetrics: http://127.0.0.1:${daemon.adminPort}/metrics   Ctrl-C stops the daemon.`);
}
