import { expect, test } from '@jest/globals';

import { headerValue, headerValues, keptHeaders } from '../../../src/receive/kept-headers.ts';

test('keeps the usual headers and those the platform reads, whatever their case', () => {
  const lines = [
    ['Host', 'hooks.example.com'],
    ['Content-Type', 'application/json'],
    ['USER-AGENT', 'Callab'],
    ['X-Webhook-Event', 'call.ended'],
    ['X-Else', 'no'],
  ] as const;
  expect(keptHeaders(lines, ['x-webhook-event'])).toEqual([
    ['Content-Type', 'application/json'],
    ['USER-AGENT', 'Callab'],
    ['X-Webhook-Event', 'call.ended'],
  ]);
});

test('never keeps a proof, even if a platform names it', () => {
  const lines = [
    ['Authorization', 'Bearer abc'],
    ['Cookie', 'session=abc'],
    ['X-Callab-Signature', 'abc'],
    ['X-Vapi-Secret', 'abc'],
  ] as const;
  expect(
    keptHeaders(
      lines,
      lines.map(([name]) => name.toLowerCase()),
    ),
  ).toEqual([]);
});

test('bounds lines and lengths', () => {
  const lines = Array.from({ length: 100 }, () => ['User-Agent', 'x'.repeat(5000)] as const);
  const kept = keptHeaders(lines, []);
  expect(kept).toHaveLength(30);
  expect(kept[0]?.[1]).toHaveLength(1000);
});

test('finds headers by name, in order', () => {
  const lines = [
    ['X-Forwarded-For', 'a'],
    ['x-forwarded-for', 'b'],
  ] as const;
  expect(headerValue(lines, 'x-forwarded-for')).toBe('a');
  expect(headerValues(lines, 'x-forwarded-for')).toEqual(['a', 'b']);
  expect(headerValue(lines, 'x-else')).toBeNull();
});
