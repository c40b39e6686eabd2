import { setTimeout as pause } from 'node:timers/promises';

import type { Random } from '../../test/support/random.ts';
import type { RestCrmProcess } from '../../test/support/start-rest-crm.ts';

export interface Mischief {
  /** Leaves the CRM as it is: chaos goes on, no more slow moments and withheld answers. */
  stop(): Promise<void>;
}

const EVERY_MS = 250;
const SLOW_MS = 300;
const REQUESTS_BETWEEN = 15;

/**
 * Makes a CRM fail and lie. A share of all requests goes wrong (`chaos`: 503, 429 with Retry-After, resets before and
 * after the work, 502 HTML after the work, bodies cut in the middle, errors that come as 200); besides, answers are
 * withheld after the work was done, and come slowly for a while.
 */
export async function startMischief(crm: RestCrmProcess, random: Random, rate: number): Promise<Mischief> {
  await crm.steer('chaos', { rate, seed: random.int(1, 1_000_000) });
  const controller = new AbortController();
  const running = misbehave(crm, random, controller.signal);
  return {
    async stop() {
      controller.abort();
      await running;
      await crm.steer('latency', { latency_ms: 0 });
    },
  };
}

async function misbehave(crm: RestCrmProcess, random: Random, signal: AbortSignal): Promise<void> {
  let withheldAt = 0;
  while (!signal.aborted) {
    await crm.steer('latency', { latency_ms: random.chance(0.3) ? SLOW_MS : random.int(0, 10) });
    const { requests } = await crm.summary();
    // Not while nobody asks: a heap of withheld answers would meet every probe of a daemon that holds its runs.
    if (requests >= withheldAt + REQUESTS_BETWEEN && random.chance(0.5)) {
      await crm.steer('fail', { fault: { kind: 'commit_then_hang' } });
      withheldAt = requests;
    }
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
