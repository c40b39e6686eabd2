import { expect, test } from '@jest/globals';

import { toEpochMs } from '../../../src/destinations/to-epoch-ms.ts';
import type { JsonValue } from '../../../src/domain/json.ts';

const NOON = Date.UTC(2026, 10, 20, 12);

test.each<JsonValue>([
  NOON,
  NOON + 0.4,
  String(NOON),
  ` ${NOON} `,
  '2026-11-20T12:00:00Z',
  '2026-11-20T13:00:00+01:00',
])('%j is a time', (raw) => {
  expect(toEpochMs(raw)).toBe(NOON);
});

test.each<JsonValue>([null, true, [], {}, '', 'soon', '2026-02-30', NOON / 1000, String(NOON / 1000)])(
  '%j is none',
  (raw) => {
    expect(toEpochMs(raw)).toBeNull();
  },
);

// A webhook that counted in nanoseconds made the run throw, again and again: no calendar goes that far.
test.each<JsonValue>([NOON * 1000, NOON * 1e6, -1e300, '+012026-01-01T00:00:00Z'])(
  '%j is beyond the calendar',
  (raw) => {
    expect(toEpochMs(raw)).toBeNull();
  },
);
