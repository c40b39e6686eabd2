import { expect, test } from '@jest/globals';

import { createLimits } from '../../../src/receive/limits.ts';
import type { ReceivedSource } from '../../../src/receive/received-source.ts';

function source(name: string, rateLimit: ReceivedSource['rateLimit']): ReceivedSource {
  return { name, rateLimit } as ReceivedSource;
}

test('an address over its rate is told when to come again; others are not touched', async () => {
  const limits = createLimits({ count: 2, seconds: 60 });
  expect(await limits.takeForAddress('192.0.2.1')).toBeNull();
  expect(await limits.takeForAddress('192.0.2.1')).toBeNull();
  const wait = await limits.takeForAddress('192.0.2.1');
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(60);
  expect(await limits.takeForAddress('192.0.2.2')).toBeNull();
});

test('addresses of one IPv6 network of 64 bits count as one sender', async () => {
  const limits = createLimits({ count: 1, seconds: 60 });
  expect(await limits.takeForAddress('2001:db8::1')).toBeNull();
  expect(await limits.takeForAddress('2001:db8::2')).not.toBeNull();
  expect(await limits.takeForAddress('2001:db8:0:1::1')).toBeNull();
});

test('off means off', async () => {
  const limits = createLimits(null);
  for (let index = 0; index < 100; index += 1) {
    expect(await limits.takeForAddress('192.0.2.1')).toBeNull();
    expect(await limits.takeForSource(source('a', null))).toBeNull();
  }
});

test('each source has its own count', async () => {
  const limits = createLimits(null);
  const a = source('a', { count: 1, seconds: 60 });
  expect(await limits.takeForSource(a)).toBeNull();
  expect(await limits.takeForSource(a)).not.toBeNull();
  expect(await limits.takeForSource(source('b', { count: 1, seconds: 60 }))).toBeNull();
});

test('quarantine ends at 300 a minute', async () => {
  const limits = createLimits(null);
  for (let index = 0; index < 300; index += 1)
    expect(await limits.takeForQuarantine(source('a', null), 100)).toBeNull();
  expect(await limits.takeForQuarantine(source('a', null), 100)).not.toBeNull();
  expect(await limits.takeForQuarantine(source('b', null), 100)).toBeNull();
});

test('large quarantined bodies use up their share sooner: a stranger must not push real events off the disk', async () => {
  const limits = createLimits(null);
  for (let index = 0; index < 2; index += 1)
    expect(await limits.takeForQuarantine(source('a', null), 5 * 1024 * 1024)).toBeNull();
  expect(await limits.takeForQuarantine(source('a', null), 100)).not.toBeNull();
  expect(await limits.takeForQuarantine(source('b', null), 100)).toBeNull();
});
