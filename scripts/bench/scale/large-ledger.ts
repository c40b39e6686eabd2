import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Database } from '../../../src/ledger/database.ts';
import type { LedgerWithSandbox } from '../../../src/ledger/create-ledger.ts';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import { migrate } from '../../../src/ledger/migrations/migrate.ts';
import { openPostgresDatabase } from '../../../src/ledger/postgres/open-postgres-database.ts';
import { openSqliteDatabase } from '../../../src/ledger/sqlite/open-sqlite-database.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { ledgerFile } from '../../../src/shared/data-directory.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { createTempFolder, type TempFolder } from '../../../test/support/temp-folder.ts';
import { startRestCrmProcess } from '../../../test/support/start-rest-crm.ts';
import { waitUntil } from '../../../test/support/wait-until.ts';
import { median } from '../ack/report.ts';
import { startHookline, type Target } from '../ack/target.ts';
import { load } from '../ack/wrk.ts';
import { writeBodies } from '../ack/write-bodies.ts';
import { startBacking, type Backing, type Mode } from './backing.ts';
import { benchEnvironment, writeBenchConfig } from './bench-config.ts';
import { fillLedger } from './fill-ledger.ts';
import { measureLists, type ListTime } from './lists.ts';

const CONNECTIONS = 50;
const ROUNDS = 3;
const SECONDS = 5;
const BODIES_PER_SECOND = 20_000;
const DUE_RUNS = 100_000;

export interface LargeResult {
  readonly mode: Mode;
  readonly calls: number;
  readonly fillS: number;
  /** Acknowledgements a second through those of a daemon with an empty ledger, median of the rounds. */
  readonly ackRatio: number;
  readonly lists: readonly ListTime[];
  readonly recovery: { readonly dueRuns: number; readonly fromStartS: number; readonly fromReadyS: number };
}

/** One ledger with so many calls against an empty one. */
export async function measureLargeLedger(mode: Mode, calls: number): Promise<LargeResult> {
  const [large, empty] = [await openWorld(mode), await openWorld(mode)];
  try {
    const startedAtMs = performance.now();
    await fill(large, calls);
    const fillS = (performance.now() - startedAtMs) / 1_000;
    const lists = await withLedger(large, (ledger) => measureLists(ledger, calls));
    const recovery = await measureRecovery(large);
    const ackRatio = await measureAckRatio(large, empty);
    return { mode, calls, fillS, ackRatio, lists, recovery };
  } finally {
    await Promise.all([large.close(), empty.close()]);
  }
}

interface World {
  readonly backing: Backing;
  readonly folder: TempFolder;
  close(): Promise<void>;
}

async function openWorld(mode: Mode): Promise<World> {
  const backing = await startBacking(mode);
  const folder = createTempFolder('bench');
  mkdirSync(join(folder.path, 'data'));
  return {
    backing,
    folder,
    async close() {
      await backing.stop();
      folder.remove();
    },
  };
}

async function openDatabase({ backing, folder }: World): Promise<Database> {
  const url = backing.env['DATABASE_URL'];
  const database =
    url === undefined
      ? await openSqliteDatabase(ledgerFile(join(folder.path, 'data')))
      : await openPostgresDatabase(url);
  await migrate(database, systemClock);
  return database;
}

async function fill(world: World, calls: number): Promise<void> {
  const database = await openDatabase(world);
  const onProgress = (done: number): void => console.error(`${done} of ${calls} calls in the ledger`);
  await fillLedger(database, { calls, due: Math.min(DUE_RUNS, calls), onProgress });
  await database.close();
}

async function withLedger<Value>(world: World, use: (ledger: LedgerWithSandbox) => Promise<Value>): Promise<Value> {
  const ledger = createLedger(await openDatabase(world), systemClock, createIds(systemClock));
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}

/** From the start of a worker that finds the runs due to the first request that writes to the CRM. */
async function measureRecovery({ backing, folder }: World): Promise<LargeResult['recovery']> {
  const crm = await startRestCrmProcess({ latencyMs: 20 });
  const config = writeBenchConfig({
    folder: folder.path,
    secret: randomBytes(24).toString('hex'),
    crm: { url: crm.url, maxInFlight: 10 },
  });
  const startedAtMs = performance.now();
  const worker = await startHookline(['--role', 'worker'], {
    ...backing.env,
    ...benchEnvironment(config, folder.path),
  });
  const readyAtMs = performance.now();
  await waitUntil(async () => (await crm.summary()).contacts > 0, {
    what: 'the first write',
    timeoutMs: 60_000,
    everyMs: 5,
  });
  const wroteAtMs = performance.now();
  await worker.stop();
  await crm.stop();
  return {
    dueRuns: DUE_RUNS,
    fromStartS: (wroteAtMs - startedAtMs) / 1_000,
    fromReadyS: (wroteAtMs - readyAtMs) / 1_000,
  };
}

async function measureAckRatio(large: World, empty: World): Promise<number> {
  const secret = randomBytes(24).toString('hex');
  const targets = await Promise.all([large, empty].map((world) => startReceiver(world, secret)));
  const [full, fresh] = targets as [Target, Target];
  let files = 0;
  const run = async (target: Target): Promise<number> => {
    const bodies = join(large.folder.path, 'bodies.txt');
    await writeBodies(bodies, secret, `${(files += 1)}`, SECONDS * BODIES_PER_SECOND);
    return (await load({ url: target.url, bodies, durationS: SECONDS, connections: CONNECTIONS })).perSecond;
  };
  await run(full);
  await run(fresh);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) ratios.push((await run(full)) / (await run(fresh)));
  await Promise.all(targets.map((target) => target.stop()));
  return median(ratios);
}

function startReceiver({ backing, folder }: World, secret: string): Promise<Target> {
  const config = writeBenchConfig({ folder: folder.path, secret, crm: null });
  return startHookline(['--role', 'receiver'], { ...backing.env, ...benchEnvironment(config, folder.path) });
}
