import { expect, test } from '@jest/globals';

import { createHealth } from '../../../src/observability/health.ts';
import { createCheckReadiness } from '../../../src/observability/readiness.ts';

interface Ledger {
  checks: number;
  refuses: boolean;
  checkWritable(): Promise<void>;
}

function createLedger(): Ledger {
  return {
    checks: 0,
    refuses: false,
    async checkWritable() {
      this.checks += 1;
      if (this.refuses) throw new Error('the ledger is away');
    },
  };
}

function createWorld(redis: { up(): boolean } | null = null) {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const health = createHealth(clock);
  const ledger = createLedger();
  return { clock, health, ledger, check: createCheckReadiness({ health, ledger, redis, clock }) };
}

test('ready once started, and only while the ledger can be written', async () => {
  const { clock, health, ledger, check } = createWorld();
  expect(await check()).toEqual({ kind: 'not_ready', reason: 'starting' });
  health.started();
  expect(await check()).toEqual({ kind: 'ready' });
  ledger.refuses = true;
  clock.nowMs = 1_000;
  expect(await check()).toEqual({ kind: 'not_ready', reason: 'ledger cannot be written' });
  ledger.refuses = false;
  clock.nowMs = 2_000;
  expect(await check()).toEqual({ kind: 'ready' });
});

test('the ledger is asked once a second, however often we are asked', async () => {
  const { clock, health, ledger, check } = createWorld();
  health.started();
  for (const nowMs of [0, 10, 999, 1_000, 1_500]) {
    clock.nowMs = nowMs;
    await check();
  }
  expect(ledger.checks).toBe(2);
});

test('a ledger that never answers is one that cannot be written', async () => {
  const { health, ledger, check } = createWorld();
  health.started();
  ledger.checkWritable = () => new Promise(() => undefined);
  expect(await check()).toEqual({ kind: 'not_ready', reason: 'ledger cannot be written' });
});

test('who stops says so at once, without asking anybody', async () => {
  const { health, ledger, check } = createWorld();
  health.started();
  health.stopping();
  expect(await check()).toEqual({ kind: 'not_ready', reason: 'stopping' });
  expect(ledger.checks).toBe(0);
});

test('Redis away is told, and makes nobody unready', async () => {
  let up = true;
  const { health, check } = createWorld({ up: () => up });
  health.started();
  expect(await check()).toEqual({ kind: 'ready', redis: 'up' });
  up = false;
  expect(await check()).toEqual({ kind: 'ready', redis: 'away: workers poll the ledger' });
});
