import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { addSeconds, parseInstant, parseTime } from '../../../src/shared/time.ts';

const nowMs = 1_795_176_000_000;

describe('times as platforms write them', () => {
  test.each([
    ['2026-11-20T11:58:02Z', '2026-11-20T11:58:02.000Z'],
    ['2026-11-20T11:58:02.789Z', '2026-11-20T11:58:02.789Z'],
    ['2026-11-20T10:30:00.076316Z', '2026-11-20T10:30:00.076Z'],
    ['2026-11-20T12:10:46+01:00', '2026-11-20T11:10:46.000Z'],
    ['2026-11-20T03:15:00.252-08:00', '2026-11-20T11:15:00.252Z'],
    ['2026-11-20T11:58:02', '2026-11-20T11:58:02.000Z'],
    ['2026-11-20 11:58:02', '2026-11-20T11:58:02.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['Fri, 20 Nov 2026 11:01:05 +0000', '2026-11-20T11:01:05.000Z'],
    [1_795_176_000, '2026-11-20T12:00:00.000Z'],
    ['1795176000', '2026-11-20T12:00:00.000Z'],
    [1_795_176_000_123, '2026-11-20T12:00:00.123Z'],
    ['1795176000123456', '2026-11-20T12:00:00.123Z'],
    [1_795_176_000.5, '2026-11-20T12:00:00.500Z'],
  ])('%p', (raw, iso) => {
    expect(parseTime(raw, { nowMs })).toBe(iso);
  });

  test('a time without zone is read in the zone the sender names', () => {
    expect(parseTime('2026-07-01T12:00:00', { nowMs, zone: 'Europe/Berlin' })).toBe('2026-07-01T10:00:00.000Z');
    expect(parseTime('2026-07-01T12:00:00Z', { nowMs, zone: 'Europe/Berlin' })).toBe('2026-07-01T12:00:00.000Z');
  });

  test.each([
    null,
    '',
    'soon',
    '12:00',
    '1999-12-31T23:59:59Z',
    '2026-11-21T12:00:01Z',
    '2026-13-01T00:00:00Z',
    0,
    -5,
    Number.NaN,
    {},
    true,
  ])('%p is not believed', (raw) => {
    expect(parseTime(raw, { nowMs })).toBeNull();
  });

  test('a day ahead is still believed', () => {
    expect(parseTime('2026-11-21T12:00:00Z', { nowMs })).toBe('2026-11-21T12:00:00.000Z');
  });
});

test('seconds are added to a time', () => {
  expect(addSeconds('2026-11-20T11:30:00.000Z', 145)).toBe('2026-11-20T11:32:25.000Z');
  expect(addSeconds('2026-11-20T11:30:00.000Z', 0.0015)).toBe('2026-11-20T11:30:00.002Z');
});

test('an instant in a configuration may lie anywhere in time', () => {
  expect(parseInstant('2099-01-01T00:00:00Z')).toBe(4_070_908_800_000);
  expect(parseInstant('next week')).toBeNull();
});

test('anything gives null or a UTC time that reads as itself', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.integer(), fc.date().map(String)), (raw) => {
      const iso = parseTime(raw, { nowMs });
      if (iso !== null) expect(parseTime(iso, { nowMs })).toBe(iso);
    }),
  );
});
