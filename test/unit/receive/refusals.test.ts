import { expect, test } from '@jest/globals';

import type { NewRefusal } from '../../../src/ledger/ledger.ts';
import { createRefusals, type Refusal } from '../../../src/receive/refusals.ts';
import type { LogFields } from '../../../src/shared/logger.ts';

function setUp(recordRefusal?: () => Promise<void>) {
  const kept: NewRefusal[] = [];
  const counted: (string | null)[] = [];
  const logged: LogFields[] = [];
  let nowMs = 0;
  const ignore = (): void => undefined;
  const refusals = createRefusals({
    clock: { now: () => nowMs },
    metrics: { requestRefused: (source) => void counted.push(source) },
    logger: { debug: ignore, info: ignore, error: ignore, warn: (_event, fields = {}) => void logged.push(fields) },
    ledger: {
      recordRefusal:
        recordRefusal ??
        (async (refusal) => {
          kept.push(refusal);
        }),
    },
  });
  return { refusals, kept, counted, logged, tick: (ms: number) => void (nowMs += ms) };
}

const refusal: Refusal = {
  status: 401,
  cause: 'signature_mismatch',
  sourceName: 'callab',
  known: true,
  address: '192.0.2.1',
  receivedAtMs: 7,
  bodyBytes: 3,
  body: Buffer.from('abc'),
};

test('keeps size and hash of a body, never the body', () => {
  const { refusals, kept, logged } = setUp();
  refusals.record(refusal);
  expect(kept).toEqual([
    {
      receivedAtMs: 7,
      source: 'callab',
      status: 401,
      cause: 'signature_mismatch',
      remoteAddress: '192.0.2.1',
      bodyBytes: 3,
      bodyHash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
  ]);
  expect(JSON.stringify(logged)).not.toContain('abc"');
});

test('counts all, keeps five a second, and says how many were left out', () => {
  const { refusals, kept, counted, logged, tick } = setUp();
  for (let index = 0; index < 1000; index += 1) refusals.record(refusal);
  expect(counted).toHaveLength(1000);
  expect(kept).toHaveLength(5);
  tick(1000);
  refusals.record(refusal);
  expect(kept).toHaveLength(6);
  expect(logged.at(-1)).toMatchObject({ suppressed: 995 });
});

test('guesses at source names share one allowance, so they cannot hide a real source and cannot grow labels', () => {
  const { refusals, kept, counted } = setUp();
  for (let index = 0; index < 100; index += 1)
    refusals.record({ ...refusal, known: false, sourceName: `guess-${index}` });
  expect(kept).toHaveLength(5);
  expect(new Set(counted)).toEqual(new Set([null]));
  refusals.record(refusal);
  expect(kept.at(-1)?.source).toBe('callab');
});

test('cuts names from outside', () => {
  const { refusals, kept } = setUp();
  refusals.record({ ...refusal, known: false, sourceName: 'x'.repeat(5000) });
  expect(kept[0]?.source).toHaveLength(100);
});

test('a ledger that refuses is reported, not thrown', async () => {
  const { refusals, logged } = setUp(() => Promise.reject(new Error('disk full')));
  refusals.record(refusal);
  await Promise.resolve();
  await Promise.resolve();
  expect(logged.at(-1)).toMatchObject({ source: 'callab', cause: 'signature_mismatch', error: new Error('disk full') });
});

test('a large body is not hashed: a stranger cannot spend our time', () => {
  const { refusals, kept } = setUp();
  refusals.record({ ...refusal, body: Buffer.alloc(64 * 1024 + 1) });
  refusals.record({ ...refusal, body: Buffer.alloc(64 * 1024) });
  expect(kept.map(({ bodyHash }) => bodyHash === null)).toEqual([true, false]);
});
