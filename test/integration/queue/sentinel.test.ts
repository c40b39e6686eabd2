import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { connectRedis } from '../../../src/queue/redis/redis-link.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { createLog } from '../../support/log.ts';
import { findFreePort } from '../../support/free-port.ts';
import { startRedis } from '../../support/redis.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Watches `mymaster` at this port. */
async function startSentinel(folder: string, masterPort: number): Promise<{ port: number; process: ChildProcess }> {
  const port = await findFreePort();
  const file = join(folder, 'sentinel.conf');
  writeFileSync(file, `port ${port}\ndir ${folder}\nsentinel monitor mymaster 127.0.0.1 ${masterPort} 1\n`);
  return { port, process: spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }) };
}

test('finds the master through a Sentinel', async () => {
  const redis = await startRedis();
  const sentinel = await startSentinel(redis.folder, redis.port);
  const target = parseRedisUrl(`redis+sentinel://127.0.0.1:${sentinel.port}/mymaster`);
  if (target.kind !== 'ok') throw new Error(target.problem);
  const link = connectRedis({ target, prefix: 'test', logger: createLog().logger });
  try {
    await waitUntil(() => link.available(), { what: 'the link' });
    expect(await link.ask((commands) => commands.set('{test}:seen', 'yes'))).toMatchObject({ kind: 'ok' });
    expect(await redis.command('GET', '{test}:seen')).toBe('yes');
  } finally {
    link.close();
    sentinel.process.kill('SIGKILL');
    await once(sentinel.process, 'exit');
    await redis.stop();
  }
});
