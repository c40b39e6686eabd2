import { expect, test } from '@jest/globals';

import { keepLease } from '../../../src/integrations/lease.ts';
import type { ClaimedRun } from '../../../src/ledger/ledger.ts';
import { createLog } from '../../support/log.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const LEASE_MS = 15_000;

function open(renewLease: () => Promise<boolean>) {
  const clock = createManualClock();
  const asked: number[] = [];
  const ledger = {
    async renewLease(_run: string, _owner: string, untilMs: number): Promise<boolean> {
      asked.push(untilMs);
      return renewLease();
    },
  };
  const run = { id: 'run_1', leaseUntilMs: clock.now() + LEASE_MS } as ClaimedRun;
  const lease = keepLease({ ledger, clock, logger: createLog().logger, owner: 'own_1', leaseMs: LEASE_MS }, run);
  return { clock, asked, lease };
}

test('a fresh lease holds without a question; when its time is short it is renewed first', async () => {
  const { clock, asked, lease } = open(() => Promise.resolve(true));
  clock.advance(LEASE_MS / 2);
  expect(await lease.stillHeld()).toBe(true);
  expect(asked).toEqual([]);
  clock.advance(LEASE_MS / 4);
  expect(await lease.stillHeld()).toBe(true);
  expect(asked).toEqual([clock.now() + LEASE_MS]);
  lease.stop();
});

test('after a long sleep: still good when nobody took it, lost for ever when somebody did', async () => {
  const kept = open(() => Promise.resolve(true));
  kept.clock.advance(60_000);
  expect(await kept.lease.stillHeld()).toBe(true);
  kept.lease.stop();

  const taken = open(() => Promise.resolve(false));
  taken.clock.advance(60_000);
  expect(await taken.lease.stillHeld()).toBe(false);
  expect(taken.lease.lost.aborted).toBe(true);
  expect(await taken.lease.stillHeld()).toBe(false);
  expect(taken.asked).toHaveLength(1);
  taken.lease.stop();
});

test('while the ledger is away it holds as long as nobody else can have it, and no longer', async () => {
  const { clock, lease } = open(() => Promise.reject(new Error('the ledger is away')));
  clock.advance(LEASE_MS - 1);
  expect(await lease.stillHeld()).toBe(true);
  clock.advance(1);
  expect(await lease.stillHeld()).toBe(false);
  expect(lease.lost.aborted).toBe(false);
  lease.stop();
});
