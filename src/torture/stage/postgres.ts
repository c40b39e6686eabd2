import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { waitUntil } from '../wait.ts';
import { startChild, type Child } from './child.ts';
import { findFreePort } from './free-port.ts';
import { giveTo } from './give-to.ts';

const run = promisify(execFile);
const START_TIMEOUT_MS = 60_000;
const RESTART_MS = 300;
const CONNECTIONS = 100;

export interface PostgresOptions {
  /** With `initdb` and `postgres`. */
  readonly programs: string;
  /** Ours; for logs. */
  readonly folder: string;
  /** Where the tables go; the write-ahead log stays in `folder`. */
  readonly dataFolder: string;
  /** Whom root becomes. */
  readonly user: string | undefined;
}

/** A PostgreSQL of our own on 127.0.0.1, kept alive as what runs servers would: one that ends by itself is started again. */
export interface OwnPostgres {
  readonly url: string;
  /** `immediate` is a crash, `fast` ends connections in order; it stays so until `start`. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** Resolves when it takes connections; throws when it does not come up. */
  start(): Promise<void>;
}

/** Makes a cluster with a password nobody knows and starts it. */
export async function startPostgres(options: PostgresOptions): Promise<OwnPostgres> {
  const password = randomBytes(18).toString('hex');
  const home = join(options.folder, 'postgres');
  mkdirSync(home, { mode: 0o700 });
  await giveTo(options.user, home);
  await initialise(options, home, password);
  const port = await findFreePort();
  const server = keepAlive(() => startServer(options, home, port));
  const start = async (): Promise<void> => {
    server.start();
    if (await waitUntil(() => isReady(options, port), START_TIMEOUT_MS)) return;
    throw new Error(`PostgreSQL does not start; see ${join(options.folder, 'postgres.log')}`);
  };
  await start();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    start,
    // https://www.postgresql.org/docs/15/server-shutdown.html
    stop: (mode) => server.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
  };
}

/** On a full disk it cannot start, and ends itself when its own log does not fit: both are what restarts are for. */
function keepAlive(startOnce: () => Child) {
  let child: Child | null = null;
  let isWanted = false;
  const launch = (): void => {
    const mine = startOnce();
    child = mine;
    const again = (): void => {
      if (isWanted && child === mine) launch();
    };
    void mine.exited.then(() => setTimeout(again, RESTART_MS));
  };
  return {
    start(): void {
      isWanted = true;
      // One that is ending is followed by the next when it has ended.
      if (child === null || child.hasExited()) launch();
    },
    async stop(signal: NodeJS.Signals): Promise<void> {
      isWanted = false;
      await child?.stop(signal);
    },
  };
}

async function initialise(options: PostgresOptions, home: string, password: string): Promise<void> {
  const { programs, folder, dataFolder, user } = options;
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  await giveTo(user, passwordFile);
  const settings = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-locale'];
  const args = ['-D', join(dataFolder, 'data'), `--waldir=${join(home, 'wal')}`, '--no-sync', ...settings];
  const child = startChild({
    command: join(programs, 'initdb'),
    args,
    folder: home,
    environment: {},
    logFile: join(folder, 'postgres.log'),
    ...(user === undefined ? {} : { user }),
  });
  const exit = await child.exited;
  rmSync(passwordFile);
  if (exit.code !== 0) throw new Error(`initdb failed; see ${join(folder, 'postgres.log')}`);
}

function startServer({ programs, folder, dataFolder, user }: PostgresOptions, home: string, port: number): Child {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: home,
    max_connections: String(CONNECTIONS),
    // Small, so that the write-ahead log does not outgrow a small machine.
    max_wal_size: '256MB',
  };
  return startChild({
    command: join(programs, 'postgres'),
    args: [
      '-D',
      join(dataFolder, 'data'),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    folder: home,
    environment: {},
    logFile: join(folder, 'postgres.log'),
    deathSignal: 'QUIT',
    ...(user === undefined ? {} : { user }),
  });
}

async function isReady({ programs }: PostgresOptions, port: number): Promise<boolean> {
  try {
    await run(join(programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]);
    return true;
  } catch {
    return false;
  }
}
