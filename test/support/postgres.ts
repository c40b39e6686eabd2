import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { findFreePort } from './free-port.ts';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';
const ATTEMPTS_TO_FIND_A_PORT = 5;

/** How PostgreSQL goes down: `fast` ends connections in order, `immediate` is its crash. */
export type StopMode = 'fast' | 'immediate';

export interface TestPostgres {
  /** postgres://… of a database that always exists. */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** A fresh empty database; resolves to its URL. */
  createDatabase(): Promise<string>;
  /** Down and up again on the same port. */
  restart(mode?: StopMode): Promise<void>;
  /** Down, the data stays; `start` brings it up again. */
  halt(mode?: StopMode): Promise<void>;
  start(): Promise<void>;
  /** Every process of it stands still: connections stay open and nothing answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Down for good, and the folder removed. */
  stop(): Promise<void>;
}

/**
 * A private PostgreSQL cluster in a temp folder: 127.0.0.1 on a free port, fsync on. Its databases sort text by the
 * rules of English on purpose: whoever relies on the order of bytes has to say so. It goes when this process ends,
 * however it ends.
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-postgres-'));
  if (isRoot()) chownSync(folder, Number(await idOf('-u')), Number(await idOf('-g')));
  const data = join(folder, 'data');
  const guard = guardAgainstOurDeath(folder, data);
  await asPostgres('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', ...LOCALE]);
  const port = await startOnFreePort(folder, data, settings);
  const start = () => startServer(folder, data, port, settings);
  const halt = (mode: StopMode = 'fast') => asPostgres('pg_ctl', ['-D', data, '-w', '-m', mode, 'stop']);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    url,
    port,
    folder,
    createDatabase: () => createDatabase(url, port),
    async restart(mode) {
      await halt(mode);
      await start();
    },
    halt,
    start,
    freeze: () => signalAll(data, 'SIGSTOP'),
    thaw: () => signalAll(data, 'SIGCONT'),
    async stop() {
      const gone = new Promise<void>((resolve) => guard.once('exit', () => resolve()));
      guard.ref();
      guard.stdin.end();
      await gone;
    },
  };
}

const LOCALE = ['-E', 'UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US'];

/** The oldest version that we support and that is installed. */
function findBin(): string {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).map(Number) : [];
  const version = versions.filter((each) => each >= 15).toSorted((left, right) => left - right)[0];
  if (version === undefined) throw new Error(`There is no PostgreSQL 15 or newer in ${VERSIONS}.`);
  return join(VERSIONS, String(version), 'bin');
}

function isRoot(): boolean {
  return userInfo().uid === 0;
}

async function idOf(what: '-u' | '-g'): Promise<string> {
  return (await run('id', [what, 'postgres'])).stdout.trim();
}

/** PostgreSQL refuses to run as root. */
function commandAsPostgres(program: string, args: readonly string[]): [string, string[]] {
  const path = join(findBin(), program);
  const user = ['--reuid=postgres', '--regid=postgres', '--init-groups'];
  return isRoot() ? ['setpriv', [...user, path, ...args]] : [path, [...args]];
}

async function asPostgres(program: string, args: readonly string[]): Promise<void> {
  const [command, all] = commandAsPostgres(program, args);
  await run(command, all, { cwd: tmpdir() });
}

/** The pipe closes when we are gone, kill -9 included; then the guard takes the server and the folder away. */
function guardAgainstOurDeath(folder: string, data: string) {
  const [command, args] = commandAsPostgres('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop']);
  const thaw = 'for p in $(head -n 1 "$data/postmaster.pid"); do kill -CONT $p $(pgrep -P $p); done';
  const script = `cat; data=$1; folder=$2; shift 2; ${thaw}; "$@"; rm -rf "$folder"`;
  const guard = spawn('sh', ['-c', script, 'guard', data, folder, command, ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: tmpdir(),
  });
  guard.unref();
  // The pipe is a socket at run time; it must not keep us alive.
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}

async function startOnFreePort(folder: string, data: string, settings: Readonly<Record<string, string>>) {
  for (let left = ATTEMPTS_TO_FIND_A_PORT; ; left -= 1) {
    const port = await findFreePort();
    try {
      await startServer(folder, data, port, settings);
      return port;
    } catch (error) {
      // Somebody else took the port meanwhile.
      if (left === 0) throw error;
    }
  }
}

/** The pipes of pg_ctl would stay open in the server; so its output goes to the log. */
async function startServer(
  folder: string,
  data: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: folder, ...DEFAULTS };
  const options = Object.entries({ ...all, ...settings }).map(([name, value]) => `-c ${name}=${value}`);
  const log = join(folder, 'log');
  const args = ['-D', data, '-w', '-l', log, '-o', options.join(' '), 'start'];
  const [command, rest] = commandAsPostgres('pg_ctl', args);
  const child = spawn(command, rest, { stdio: 'ignore', cwd: tmpdir() });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`PostgreSQL does not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
}

const DEFAULTS = { max_connections: '100', shared_buffers: '64MB' };

async function createDatabase(url: string, port: number): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return `postgres://postgres@127.0.0.1:${port}/${name}`;
}

async function signalAll(data: string, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const postmaster = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0] ?? '';
  const { stdout } = await run('pgrep', ['-P', postmaster]);
  for (const pid of [postmaster, ...stdout.trim().split('\n')]) process.kill(Number(pid), signal);
}
