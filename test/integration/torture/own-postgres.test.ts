import { readFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';

import { giveTo } from '../../../src/torture/stage/give-to.ts';
import { openDisk, type Disk } from '../../../src/torture/stage/disk.ts';
import { readHost } from '../../../src/torture/stage/host.ts';
import { startPostgres, type OwnPostgres } from '../../../src/torture/stage/postgres.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

/*
 * `hookline torture --mode postgres` broke off when "disk full" and "PostgreSQL crash" came at once: the end of the full
 * disk started a server that was just being restarted, and one of the two found the other's lock file.
 */

jest.setTimeout(120_000);

const folder = createTempFolder('own-postgres');
const host = readHost();
let disk: Disk | null = null;
let postgres: OwnPostgres;

beforeAll(async () => {
  if (host.postgres === null) throw new Error('PostgreSQL is not installed');
  const dataFolder = join(folder.path, 'data');
  // It runs as another user and has to get to its own folder below.
  await chmod(folder.path, 0o711);
  disk = await openDisk(host, dataFolder, false);
  await mkdir(dataFolder, { recursive: true });
  await giveTo(host.user, dataFolder);
  postgres = await startPostgres({ programs: host.postgres, folder: folder.path, dataFolder, user: host.user });
});

afterAll(async () => {
  await postgres?.stop('immediate');
  await disk?.close(false);
  folder.remove();
});

/** It is not the processes that are limited here. */
function noPids(): readonly number[] {
  return [];
}

async function answers(): Promise<boolean> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('select 1');
  await client.end();
  return true;
}

test('started by two at once, and while it is still stopping, it comes up', async () => {
  const stopped = postgres.stop('immediate');
  await Promise.all([postgres.start(), postgres.start(), stopped]);
  expect(await answers()).toBe(true);
});

test('a crash on a full disk: it comes up by itself once there is room', async () => {
  // Without root there is no disk to fill.
  if (disk === null) return;
  await postgres.stop('immediate');
  await disk.fill(noPids());
  const started = postgres.start();
  const log = join(folder.path, 'postgres.log');
  const hasFailed = (): boolean => readFileSync(log, 'utf8').includes('No space left on device');
  await waitUntil(hasFailed, { what: 'a start that fails' });
  await disk.free(noPids());
  await started;
  expect(await answers()).toBe(true);
});
