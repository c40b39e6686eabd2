import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { waitUntil } from '../wait.ts';
import { startChild, type Child } from './child.ts';
import { findFreePort } from './free-port.ts';

const START_TIMEOUT_MS = 15_000;

/** A Redis of our own on 127.0.0.1 that keeps nothing on disk: stopped, it forgets. */
export interface OwnRedis {
  readonly url: string;
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  start(): Promise<void>;
  /** FLUSHALL. */
  empty(): Promise<void>;
}

/** Starts one with a password nobody knows. */
export async function startRedis(program: string, folder: string): Promise<OwnRedis> {
  const password = randomBytes(18).toString('hex');
  const port = await findFreePort();
  const home = join(folder, 'redis');
  mkdirSync(home, { mode: 0o700 });
  let server: Child | null = null;
  const ask = (command: string): Promise<string> => askRedis(port, password, command);
  const start = async (): Promise<void> => {
    server = startServer({ program, folder, home, port, password });
    if (!(await waitUntil(async () => (await ask('PING')).includes('PONG'), START_TIMEOUT_MS))) {
      throw new Error(`Redis does not start; see ${join(folder, 'redis.log')}`);
    }
  };
  await start();
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    start,
    stop: async (signal) => void (await server?.stop(signal)),
    empty: async () => void (await ask('FLUSHALL')),
  };
}

interface ServerOptions {
  readonly program: string;
  readonly folder: string;
  readonly home: string;
  readonly port: number;
  readonly password: string;
}

function startServer({ program, folder, home, port, password }: ServerOptions): Child {
  const settings = {
    '--port': String(port),
    '--bind': '127.0.0.1',
    '--dir': home,
    '--save': '',
    '--maxmemory-policy': 'noeviction',
    '--requirepass': password,
  };
  return startChild({
    command: program,
    args: Object.entries(settings).flat(),
    folder: home,
    environment: {},
    logFile: join(folder, 'redis.log'),
  });
}

/** One command in a connection of its own; an empty answer when there is none. */
async function askRedis(port: number, password: string, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.setTimeout(2000, () => socket.destroy(new Error('no answer')));
    socket.write(`AUTH ${password}\r\n${command}\r\n`);
    let text = '';
    while (text.split('\r\n').length < 3) text += String((await once(socket, 'data'))[0]);
    return text;
  } catch {
    return '';
  } finally {
    socket.destroy();
  }
}
