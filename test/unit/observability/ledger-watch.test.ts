import { expect, test } from '@jest/globals';

import { createLedgerWatch } from '../../../src/observability/ledger-watch.ts';
import type { LogFields } from '../../../src/shared/logger.ts';
import { createManualTime } from '../../support/manual-time.ts';

const FULL = { code: 'SQLITE_FULL', reason: 'database or disk is full' };

function setUp() {
  const time = createManualTime(1_000_000);
  const lines: { event: string; fields: LogFields }[] = [];
  const codes: string[] = [];
  const keep = (event: string, fields: LogFields = {}): void => void lines.push({ event, fields });
  const watch = createLedgerWatch({
    clock: time.clock,
    after: time.after,
    logger: { debug: keep, info: keep, warn: keep, error: keep },
    metrics: { ledgerFailed: (code) => void codes.push(code) },
  });
  return { watch, time, lines, codes, events: () => lines.map(({ event }) => event) };
}

test('an outage is one line when it begins, one every 30 s with the count, one when it is over', async () => {
  const { watch, time, lines, codes, events } = setUp();
  for (let second = 0; second < 65; second += 1) {
    for (let index = 0; index < 10; index += 1) watch.failed('recordEvent', FULL);
    await time.advance(1_000);
  }
  expect(events()).toEqual(['ledger.unavailable', 'ledger.unavailable', 'ledger.unavailable']);
  expect(lines.map(({ fields }) => fields['failures'])).toEqual([1, 301, 601]);
  expect(lines[0]?.fields).toMatchObject({ ...FULL, use: 'recordEvent', hint: expect.stringContaining('503') });
  expect(codes).toHaveLength(650);
  expect(watch.failing()).toBe(true);
  watch.worked('recordEvent', true);
  expect(watch.failing()).toBe(false);
  await time.advance(2_000);
  expect(lines.at(-1)).toEqual({ event: 'ledger.available', fields: { failures: 650, seconds: 67 } });
});

test('a disk that takes one write and refuses the next is one outage', async () => {
  const { watch, time, events } = setUp();
  for (let index = 0; index < 20; index += 1) {
    watch.failed('recordEvent', FULL);
    watch.worked('saveStep', true);
    await time.advance(500);
  }
  expect(events()).toEqual(['ledger.unavailable']);
  await time.advance(2_000);
  expect(events()).toEqual(['ledger.unavailable', 'ledger.available']);
});

test('a use that is not tried again does not keep an outage open for ever', async () => {
  const { watch, time } = setUp();
  watch.failed('prune', FULL);
  watch.worked('hasPendingEvents', false);
  expect(watch.failing()).toBe(true);
  await time.advance(60_000);
  watch.worked('hasPendingEvents', false);
  expect(watch.failing()).toBe(false);
});

test('reading well says nothing about writing; what failed has to work again', () => {
  const { watch } = setUp();
  watch.failed('foldPending', FULL);
  watch.worked('hasPendingEvents', false);
  expect(watch.failing()).toBe(true);
  watch.worked('foldPending', false);
  expect(watch.failing()).toBe(false);
});
