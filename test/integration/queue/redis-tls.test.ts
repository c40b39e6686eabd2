import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import type { Bell } from '../../../src/queue/queue.ts';
import { connectRedis, type RedisLink } from '../../../src/queue/redis/redis-link.ts';
import { createRedisQueue } from '../../../src/queue/redis/redis-queue.ts';
import { parseRedisUrl } from '../../../src/queue/redis/redis-url.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { findFreePort } from '../../support/free-port.ts';
import { createLog, type Log } from '../../support/log.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const folder = createTempFolder('redis-tls');
const [key, certificate] = [join(folder.path, 'key.pem'), join(folder.path, 'certificate.pem')];
const trusted = getCACertificates();
let redis: TestRedis;
let url: string;
let link: RedisLink | null = null;

beforeAll(async () => {
  const subject = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  await promisify(execFile)('openssl', ['req', '-x509', ...made, '-out', certificate, ...subject]);
  const port = await findFreePort();
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
  redis = await startRedis({
    password: 'pw',
    args: ['--tls-port', String(port), '--tls-auth-clients', 'no', ...files],
  });
  url = `rediss://:pw@127.0.0.1:${port}`;
});
afterEach(() => {
  link?.close();
  setDefaultCACertificates(trusted);
});
afterAll(async () => {
  await redis.stop();
  folder.remove();
});

function connect(log: Log): RedisLink {
  const target = parseRedisUrl(url);
  if (target.kind !== 'ok') throw new Error(target.problem);
  link = connectRedis({ target, prefix: 'test', logger: log.logger });
  return link;
}

test('a certificate that nobody vouches for is told, and no password is sent', async () => {
  const log = createLog();
  const connected = connect(log);
  const { fields } = await waitUntil(() => log.named('redis.away')[0], { what: 'the outage' });
  expect(fields['reason']).toMatch(/self-signed certificate/);
  expect(connected.available()).toBe(false);
});

test('with a trusted certificate (NODE_EXTRA_CA_CERTS) bells ring through TLS', async () => {
  setDefaultCACertificates([...trusted, readFileSync(certificate, 'utf8')]);
  const log = createLog();
  const connected = connect(log);
  await waitUntil(() => connected.available(), { what: 'the link' });
  const queue = createRedisQueue({ link: connected, destinations: [], clock: systemClock, logger: log.logger });
  const heard: Bell[] = [];
  queue.answer((bell) => void heard.push(bell));
  queue.ring({ kind: 'event' });
  await waitUntil(() => heard.length > 0, { what: 'the bell' });
  expect(queue.dropped()).toBe(0);
  expect(log.lines).toEqual([]);
  await queue.close();
});
