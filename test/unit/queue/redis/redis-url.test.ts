import { expect, test } from '@jest/globals';

import { parseRedisUrl } from '../../../../src/queue/redis/redis-url.ts';

test.each([
  ['redis://cache.internal', { host: 'cache.internal', port: 6379, db: 0 }],
  ['redis://cache.internal:7000/3', { host: 'cache.internal', port: 7000, db: 3 }],
  ['redis://:p%40ss@10.0.0.5', { host: '10.0.0.5', port: 6379, db: 0, password: 'p@ss' }],
  ['redis://hook:pw@[::1]:6380', { host: '::1', port: 6380, db: 0, username: 'hook', password: 'pw' }],
  ['rediss://cache.internal', { host: 'cache.internal', port: 6379, db: 0, tls: {} }],
])('%s', (url, options) => {
  expect(parseRedisUrl(url)).toMatchObject({ kind: 'ok', options });
});

test('a Sentinel is asked where the master is', () => {
  expect(parseRedisUrl('redis+sentinel://hook:pw@s1:26379,s2/mymaster/2')).toEqual({
    kind: 'ok',
    label: 'redis+sentinel://s1:26379,s2:26379/mymaster/2',
    options: {
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_379 },
      ],
      name: 'mymaster',
      db: 2,
      username: 'hook',
      password: 'pw',
    },
  });
});

test('Sentinels have a user and a password of their own', () => {
  const url = 'redis+sentinel://:pw@s1/mymaster?sentinel_password=s%26%3D+%C3%BC&sentinel_user=watcher';
  expect(parseRedisUrl(url)).toMatchObject({
    kind: 'ok',
    label: 'redis+sentinel://s1:26379/mymaster/0',
    options: { password: 'pw', sentinelUsername: 'watcher', sentinelPassword: 's&=+ü' },
  });
});

test('TLS goes to the Sentinels too', () => {
  expect(parseRedisUrl('rediss+sentinel://s1/mymaster')).toMatchObject({
    options: { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true },
  });
});

test.each([
  'http://host',
  'redis://',
  'redis://a,b',
  'redis://host/abc',
  'redis://host:99999',
  'redis+sentinel://s1:26379',
  'redis+sentinel://s1/my%zzmaster',
  'redis://:hunter2%zz@host',
  'redis://user:hunter2@host@other',
  'redis://host?sentinel_password=hunter2',
  'redis+sentinel://s1/mymaster?password=hunter2',
  'redis+sentinel://s1/mymaster?sentinel_password=hunter2%zz',
  'redis+sentinel://s1/mymaster?sentinel_password=',
])('%s is refused with the forms that would be right, and without repeating a password', (url) => {
  const result = parseRedisUrl(url);
  expect(result).toMatchObject({ kind: 'invalid', problem: expect.stringContaining('redis://') });
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

test('the label holds no password', () => {
  expect(parseRedisUrl('redis://hook:hunter2@host/1')).toMatchObject({ label: 'redis://host:6379/1' });
});
