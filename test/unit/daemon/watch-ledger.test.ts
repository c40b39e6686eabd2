import { expect, test } from '@jest/globals';

import { watchLedger } from '../../../src/daemon/watch-ledger.ts';
import type { LedgerWithSandbox } from '../../../src/ledger/create-ledger.ts';
import { LedgerUnavailableError } from '../../../src/ledger/ledger-unavailable-error.ts';

function setUp(methods: Partial<LedgerWithSandbox>) {
  const told: unknown[][] = [];
  const ledger = watchLedger(methods as LedgerWithSandbox, {
    failed: (...given) => void told.push(['failed', ...given]),
    worked: (...given) => void told.push(['worked', ...given]),
    failing: () => false,
  });
  return { ledger, told };
}

test('the watch learns what was tried and how it went; the caller gets what the ledger gave', async () => {
  const full = new LedgerUnavailableError('SQLITE_FULL', 'disk is full');
  const { ledger, told } = setUp({
    hasPendingEvents: async () => true,
    renewLease: async () => Promise.reject(full),
    saveStep: async () => undefined,
  });
  expect(await ledger.hasPendingEvents()).toBe(true);
  await expect(ledger.renewLease('run_1', 'own_1', 5)).rejects.toBe(full);
  await ledger.saveStep('run_1', 'own_1', 1, 0, {});
  expect(told).toEqual([
    ['worked', 'hasPendingEvents', false],
    ['failed', 'renewLease', { code: 'SQLITE_FULL', reason: 'disk is full' }],
    ['worked', 'saveStep', true],
  ]);
});

test('a fault of the caller is no outage', async () => {
  const { ledger, told } = setUp({ stats: async () => Promise.reject(new Error('no such column')) });
  await expect(ledger.stats()).rejects.toThrow('no such column');
  expect(told).toEqual([]);
});
