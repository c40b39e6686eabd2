import { writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, expect, jest, test } from '@jest/globals';

import type { Ledger } from '../../src/ledger/ledger.ts';
import { openPostgresLedger } from '../../src/ledger/postgres/open-postgres-ledger.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { openDisk, type Disk } from '../../src/torture/stage/disk.ts';
import { giveTo } from '../../src/torture/stage/give-to.ts';
import { readHost } from '../../src/torture/stage/host.ts';
import { startPostgres } from '../../src/torture/stage/postgres.ts';
import { findFreePort } from '../support/free-port.ts';
import { hmac, SECRET } from '../support/receiver.ts';
import { startHookline, waitUntilUp, type HooklineOptions } from '../support/start-hookline.ts';
import type { RunningProcess } from '../support/start-process.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { openLedger, waitUntilQuiet } from '../support/watch-ledger.ts';
import { waitUntil } from '../support/wait-until.ts';

// The whole daemon on a disk that is full: what senders, Prometheus and the log are told, and that nobody has to help.

jest.setTimeout(120_000);

const host = readHost();
/** So many of these fill what a file system has left in its last blocks. */
const BODY_BYTES = 100_000;

interface Scene {
  readonly disk: Disk;
  readonly daemon: RunningProcess;
  readonly options: HooklineOptions;
  readonly openLedger: () => Promise<Ledger>;
}

const endings: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

function createFolder(): TempFolder {
  const folder = createTempFolder('disk-full');
  endings.push(() => folder.remove());
  return folder;
}

/** Null where this machine has no disk that could be filled. */
async function setUp(mode: 'embedded' | 'postgres'): Promise<Scene | null> {
  const folder = createFolder();
  // PostgreSQL runs as another user and has to get to its own folder below.
  await chmod(folder.path, 0o711);
  const dataFolder = join(folder.path, 'data');
  const disk = await openDisk(host, dataFolder, mode === 'embedded');
  if (disk === null || (mode === 'postgres' && host.postgres === null)) return null;
  endings.push(() => disk.close(false));
  const databaseUrl = mode === 'postgres' ? await startDatabase(folder.path, dataFolder) : null;
  const config = join(folder.path, 'hookline.yaml');
  writeFileSync(config, CONFIG);
  const [port, adminPort] = [await findFreePort(), await findFreePort()];
  const variables = { DRAIN_SECONDS: '0', ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }) };
  const options = { config, dataDir: dataFolder, port, adminPort, variables };
  const daemon = startHookline(options);
  endings.push(() => daemon.stop('SIGKILL'));
  await waitUntilUp(daemon, options);
  return { disk, daemon, options, openLedger: () => openBeside(dataFolder, databaseUrl) };
}

async function startDatabase(folder: string, dataFolder: string): Promise<string> {
  await mkdir(dataFolder, { recursive: true });
  await giveTo(host.user, dataFolder);
  const postgres = await startPostgres({ programs: host.postgres ?? '', folder, dataFolder, user: host.user });
  endings.push(() => postgres.stop('immediate'));
  return postgres.url;
}

function openBeside(dataFolder: string, url: string | null): Promise<Ledger> {
  if (url === null) return openLedger(dataFolder);
  return openPostgresLedger({ url, clock: systemClock, ids: createIds(systemClock) });
}

const CONFIG = `sources: { callab: { platform: callab, secrets: ["${SECRET}"] } }
destinations: { sandbox: { type: sandbox } }
integrations: [{ name: Fill the sandbox, actions: [{ sync: sandbox }] }]
`;

function bodyOf(callId: string): string {
  return JSON.stringify({
    event: 'call_ended',
    timestamp: '2026-11-20T11:58:02Z',
    contact: { id: 'cont_1', phone: '+12025550143' },
    call: { id: callId, status: 'completed', duration: 60, end_time: '2026-11-20T11:58:02Z' },
    transcript: 'x'.repeat(BODY_BYTES),
  });
}

async function post({ options }: Scene, callId: string): Promise<number> {
  const body = bodyOf(callId);
  const headers = { 'content-type': 'application/json', 'x-callab-signature': hmac(body) };
  const url = `http://127.0.0.1:${options.port}/webhooks/callab`;
  const response = await fetch(url, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

async function failing({ options }: Scene): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${options.adminPort}/metrics`)).text();
  return Number(/^hookline_ledger_failing (\d)/m.exec(text)?.[1]);
}

async function readyz({ options }: Scene): Promise<number> {
  return (await fetch(`http://127.0.0.1:${options.port}/readyz`)).status;
}

test.each(['embedded', 'postgres'] as const)(
  '%s: a full disk is 503, loud and measured; what was acknowledged is kept, and all goes on once there is room',
  async (mode) => {
    const scene = await setUp(mode);
    if (scene === null) return console.warn(`${mode} was not tested: there is no disk to fill (it needs root)`);
    const { disk, daemon } = scene;
    const pids = (): readonly number[] => [daemon.pid];
    const acknowledged: string[] = [];
    let number = 0;
    const postNext = async (): Promise<number> => {
      const callId = `call_${(number += 1)}`;
      const status = await post(scene, callId);
      if (status === 200) acknowledged.push(callId);
      else expect(status).toBe(503);
      return status;
    };
    expect(await postNext()).toBe(200);
    expect(await failing(scene)).toBe(0);

    await disk.fill(pids());
    await waitUntil(async () => (await postNext()) === 503, { what: 'a 503' });
    await waitUntil(async () => (await failing(scene)) === 1, { what: 'the metric' });
    await waitUntil(async () => (await postNext(), (await readyz(scene)) === 503), { what: 'a daemon not ready' });
    expect(daemon.stdout()).toMatch(/"level":"error".*"event":"ledger\.unavailable"/);

    await disk.free(pids());
    await waitUntil(async () => (await postNext()) === 200, { what: 'a 200', timeoutMs: 30_000 });
    await waitUntil(async () => (await postNext(), (await failing(scene)) === 0), { what: 'the metric to fall' });
    await waitUntil(async () => (await readyz(scene)) === 200, { what: 'a daemon that is ready' });
    await waitUntil(() => daemon.stdout().includes('"ledger.available"'), { what: 'the word that it works again' });

    const ledger = await scene.openLedger();
    expect(await waitUntilQuiet(ledger, 60_000)).toBe(true);
    const { rows } = await ledger.listCalls({ limit: 500 });
    expect(rows.map(({ call }) => call.provider_call_id)).toEqual(expect.arrayContaining(acknowledged));
    expect((await ledger.stats()).runs).toMatchObject({ done: rows.length, dead: 0, held: 0 });
    await ledger.close();
    expect(await daemon.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  },
);
