import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findFreePort } from './free-port.ts';
import { waitUntil } from './wait-until.ts';

const run = promisify(execFile);

export interface RedisOptions {
  /** Keeps what it holds through `halt` and `start`; off by default: then it comes back empty. */
  readonly appendOnly?: boolean;
  /** `maxmemory-policy`; `noeviction` unless said otherwise. */
  readonly maxmemoryPolicy?: string;
  readonly password?: string;
  /** Further arguments of redis-server, such as `--rename-command`. */
  readonly args?: readonly string[];
}

export interface TestRedis {
  /** redis://127.0.0.1:<port>, with the password if there is one. */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Down, `hard` as by kill -9; `start` brings it up again on the same port. */
  halt(mode?: 'soft' | 'hard'): Promise<void>;
  start(): Promise<void>;
  /** Stands still: connections stay open, new ones are taken by the kernel, and nothing answers. */
  freeze(): void;
  thaw(): void;
  flushAll(): Promise<void>;
  /** One command through redis-cli, for what a test wants to see from outside. */
  command(...words: readonly string[]): Promise<string>;
  /** Down for good, and the folder removed. */
  stop(): Promise<void>;
}

/** A private redis-server on a free port of 127.0.0.1. It goes when this process ends, however it ends. */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-redis-'));
  const guard = guardAgainstOurDeath(folder);
  const port = await findFreePort();
  let server = await startServer(folder, port, options);
  const auth = options.password === undefined ? [] : ['-a', options.password, '--no-auth-warning'];
  const command = async (...words: readonly string[]): Promise<string> =>
    (await run('redis-cli', ['-p', String(port), ...auth, ...words])).stdout.trim();
  return {
    url: `redis://${options.password === undefined ? '' : `:${options.password}@`}127.0.0.1:${port}`,
    port,
    folder,
    command,
    async halt(mode = 'soft') {
      server.kill(mode === 'hard' ? 'SIGKILL' : 'SIGTERM');
      await exitOf(server);
    },
    async start() {
      server = await startServer(folder, port, options);
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    flushAll: async () => void (await command('FLUSHALL')),
    async stop() {
      guard.stdin.end();
      await exitOf(guard);
    },
  };
}

/** The pipe closes when we are gone, kill -9 included; then the guard takes the server and the folder away. */
function guardAgainstOurDeath(folder: string) {
  const script = 'cat; kill -9 $(cat "$1/pid"); rm -rf "$1"';
  const guard = spawn('sh', ['-c', script, 'guard', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: tmpdir(),
  });
  guard.unref();
  // The pipe is a socket at run time; it must not keep us alive.
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}

async function startServer(folder: string, port: number, options: RedisOptions): Promise<ChildProcess> {
  const { appendOnly = false, maxmemoryPolicy = 'noeviction', password, args = [] } = options;
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...args];
  const persistence = ['--appendonly', appendOnly ? 'yes' : 'no', '--maxmemory-policy', maxmemoryPolicy];
  const secret = password === undefined ? [] : ['--requirepass', password];
  const server = spawn('redis-server', [...settings, ...persistence, ...secret], { stdio: 'ignore', detached: true });
  server.unref();
  writeFileSync(join(folder, 'pid'), String(server.pid));
  await waitUntil(() => answers(port), { what: `redis-server on port ${port}` });
  return server;
}

/** Any answer will do, a refusal for want of a password included; but not that it is still loading. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('PING\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    return !data.toString().startsWith('-LOADING');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  await once(child, 'exit');
}
