import { expect, test } from '@jest/globals';

import { createDestinationRuntime, type DestinationRuntime } from '../../../src/sync/destination-runtime.ts';
import { createMemoryLedger, createMemorySandboxStore } from '../../support/memory-crm.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { createSandbox } from '../../support/sync-world.ts';

/*
 * The story: while one request probed a destination that had failed, the others were refused by our own breaker. The rest
 * destination put the request before the reason ("PUT /calls: 5 requests in a row failed"), so the refusal no longer
 * looked like the pause it came from, and was taken for a new word of the destination: the pause was shortened to a
 * second, its reason grew by a prefix each time, and another probe was let in.
 */

function open(): { readonly clock: ManualClock; readonly runtime: DestinationRuntime } {
  const clock = createManualClock();
  const ledger = createMemoryLedger();
  const none = (): void => {};
  const runtime = createDestinationRuntime({
    destination: createSandbox({ sandboxStore: createMemorySandboxStore() }, clock),
    http: { send: async () => ({ kind: 'unknown', reason: 'reset' }) },
    clock,
    after: (delayMs, run) => clock.after(delayMs, run),
    mask: { url: (url) => url, body: (body) => body, text: (text) => text },
    ledger,
    logger: { debug: none, info: none, warn: none, error: none },
    metrics: { requestSent: none },
  });
  return { clock, runtime };
}

test('a refusal of our own changes nothing about the pause it comes from', () => {
  const { clock, runtime } = open();
  runtime.pause({ kind: 'paused', reason: '5 requests in a row failed', untilMs: clock.now() + 60_000 });
  const before = runtime.canRun(clock.now());
  runtime.pause({ kind: 'paused', reason: 'PUT /calls: 5 requests in a row failed', untilMs: clock.now() + 1000 });
  expect(runtime.canRun(clock.now())).toEqual(before);
});
