import { expect, test } from '@jest/globals';

import { LEDGER_REFUSAL_MS, createHealth } from '../../../src/observability/health.ts';

test('ready only between start and stop', () => {
  const health = createHealth({ now: () => 0 });
  expect(health.readiness()).toEqual({ kind: 'not_ready', reason: 'starting' });
  health.started();
  expect(health.readiness()).toEqual({ kind: 'ready' });
  health.stopping();
  expect(health.readiness()).toEqual({ kind: 'not_ready', reason: 'stopping' });
});

test('a ledger that refuses takes readiness away until it accepts again or the time has passed', () => {
  let nowMs = 1000;
  const health = createHealth({ now: () => nowMs });
  health.started();
  health.ledgerRefused();
  expect(health.readiness().kind).toBe('not_ready');
  health.ledgerAccepted();
  expect(health.readiness().kind).toBe('ready');
  health.ledgerRefused();
  nowMs += LEDGER_REFUSAL_MS - 1;
  expect(health.readiness().kind).toBe('not_ready');
  nowMs += 1;
  expect(health.readiness().kind).toBe('ready');
});
