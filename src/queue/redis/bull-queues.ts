import { setTimeout as wait } from 'node:timers/promises';

import { Queue } from 'bullmq';

import type { BellData } from './bell-names.ts';
import type { RedisLink } from './redis-link.ts';

/** The sending ends of BullMQ's queues, made when they are needed first. */
export interface BullQueues {
  get(name: string): Promise<Queue<BellData>>;
  close(): Promise<void>;
}

/** A Redis that hangs closes nothing. */
const CLOSED_WITHIN_MS = 2_000;
/** BullMQ tells what happened in a stream that nobody of ours reads. */
const TOLD_EVENTS = 100;

/** Creates no queue yet; see `BullQueues`. */
export function createBullQueues({ commands, prefix }: Pick<RedisLink, 'commands' | 'prefix'>): BullQueues {
  const queues = new Map<string, Promise<Queue<BellData>>>();

  async function open(name: string): Promise<Queue<BellData>> {
    const queue = new Queue<BellData>(name, {
      connection: commands,
      prefix,
      streams: { events: { maxLen: TOLD_EVENTS } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    // Outages are told by the link.
    queue.on('error', () => undefined);
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      // A queue that lost its connection while it began stays broken for good.
      queues.delete(name);
      throw error;
    }
  }

  return {
    get(name) {
      const queue = queues.get(name) ?? open(name);
      queues.set(name, queue);
      return queue;
    },
    async close() {
      const closed = Promise.allSettled([...queues.values()].map(async (queue) => (await queue).close()));
      await Promise.race([closed, wait(CLOSED_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
