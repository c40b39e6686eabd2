import { setTimeout as pause } from 'node:timers/promises';

import type { JsonObject } from '../../src/domain/json.ts';
import type { Random } from '../../test/support/random.ts';
import type { RestCrmProcess } from '../../test/support/start-rest-crm.ts';

export interface Mischief {
  /** Leaves the CRM as it is: chaos goes on, no more slow moments and withheld answers. */
  stop(): Promise<void>;
}

const EVERY_MS = 250;
const SLOW_MS = 300;

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
  while (!signal.aborted) {
    await crm.steer('latency', { latency_ms: random.chance(0.3) ? SLOW_MS : random.int(0, 10) });
    if (random.chance(0.5)) await crm.steer('fail', withholdAnswer(random));
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function withholdAnswer(random: Random): JsonObject {
  return {
    fault: { kind: 'commit_then_hang' },
    method: random.pick(['POST', 'POST', 'PUT', 'PATCH', 'GET']),
    kind: random.pick(['contacts', 'calls', 'tasks']),
  };
}
