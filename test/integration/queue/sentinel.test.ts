import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { connectRedis, type RedisLink } from '../../../src/queue/redis/redis-link.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { createLog } from '../../support/log.ts';
import { findFreePort } from '../../support/free-port.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PASSWORD = 'of-the-redis';
const SENTINEL_PASSWORD = 'of-the-sentinel';

interface Sentinel {
  readonly port: number;
  readonly process: ChildProcess;
}

/** Watches `mymaster` at this port; fails over within a second or two. */
async function startSentinel({ folder, port: masterPort }: TestRedis): Promise<Sentinel> {
  const port = await findFreePort();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `requirepass ${SENTINEL_PASSWORD}`,
    `sentinel monitor mymaster 127.0.0.1 ${masterPort} 1`,
    `sentinel auth-pass mymaster ${PASSWORD}`,
    'sentinel down-after-milliseconds mymaster 300',
    'sentinel failover-timeout mymaster 1000',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return { port, process: spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }) };
}

interface Scene {
  readonly master: TestRedis;
  readonly replica: TestRedis;
  readonly link: RedisLink;
}

async function withSentinel(use: (scene: Scene) => Promise<void>): Promise<void> {
  const args = ['--masterauth', PASSWORD];
  const master = await startRedis({ password: PASSWORD, args });
  const of = ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0'];
  const replica = await startRedis({ password: PASSWORD, args: [...args, ...of] });
  const sentinel = await startSentinel(master);
  const url = `redis+sentinel://:${PASSWORD}@127.0.0.1:${sentinel.port}/mymaster?sentinel_password=${SENTINEL_PASSWORD}`;
  const target = parseRedisUrl(url);
  if (target.kind !== 'ok') throw new Error(target.problem);
  const link = connectRedis({ target, prefix: 'test', logger: createLog().logger });
  try {
    await waitUntil(() => link.available(), { what: 'the link' });
    await use({ master, replica, link });
  } finally {
    link.close();
    sentinel.process.kill('SIGKILL');
    await once(sentinel.process, 'exit');
    await Promise.all([master.stop(), replica.stop()]);
  }
}

test('finds the master through a Sentinel, and the new one after a failover', async () => {
  await withSentinel(async ({ master, replica, link }) => {
    expect(await link.ask((commands) => commands.set('{test}:seen', 'yes'))).toMatchObject({ kind: 'ok' });
    expect(await master.command('GET', '{test}:seen')).toBe('yes');
    const isFollowing = async (): Promise<boolean> => (await replica.command('GET', '{test}:seen')) === 'yes';
    await waitUntil(isFollowing, { what: 'the replica to follow' });
    await master.halt('hard');
    const writes = async (): Promise<boolean> =>
      (await link.ask((commands) => commands.set('{test}:seen', 'again'))).kind === 'ok';
    await waitUntil(writes, { what: 'a write to the new master', timeoutMs: 30_000 });
    expect(await replica.command('GET', '{test}:seen')).toBe('again');
  });
}, 60_000);
