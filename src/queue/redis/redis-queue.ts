import type { JobsOptions } from 'bullmq';

import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { createInProcessQueue } from '../in-process.ts';
import type { Bell, Queue } from '../queue.ts';
import { coalesce } from './coalesce.ts';
import { DEDUPLICATION_ID, nameOf, queueNames, type BellData } from './bell-names.ts';
import { createBullQueues, type BullQueues } from './bull-queues.ts';
import { createPlans } from './plans.ts';
import type { RedisLink } from './redis-link.ts';
import { startAnswering, type Answering } from './start-answering.ts';

export interface RedisQueueOptions {
  readonly link: RedisLink;
  /** Those of the config; each has a queue of its own. Bells of any other one share a queue. */
  readonly destinations: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RedisQueue extends Queue {
  /** Bells that Redis did not take: the sweepers found their work instead. */
  dropped(): number;
  /** Ends the queues of BullMQ; the link stays open. */
  close(): Promise<void>;
}

/** A waiting bell stands for all that ring meanwhile, but not longer than this: the worker that took it may have died. */
const BELL_LASTS_MS = 5_000;
/** Between two bells of one name from one process. */
const GAP_MS = 20;

/**
 * The doorbell between processes: BullMQ, one queue for events and one per destination. A job holds the name of a
 * destination and nothing else, and is removed when it is done. While Redis is away a bell rings in this process only:
 * the workers' sweepers find everything else.
 */
export function createRedisQueue(options: RedisQueueOptions): RedisQueue {
  const { link, clock, logger, destinations } = options;
  const local = createInProcessQueue(clock);
  const queues = createBullQueues(link);
  const bells = createBells(options, queues, local);
  const answerings = new Set<Answering>();
  return {
    ring(bell, atMs) {
      if (!link.available()) bells.drop(bell, atMs);
      else if (atMs === undefined || atMs <= clock.now()) bells.ringNow(bell);
      else void bells.ringLater(bell, atMs);
    },
    answer(onBell) {
      const stopLocal = local.answer(onBell);
      const names = queueNames(destinations);
      const answering = startAnswering({ link, logger, names, onBell, ringAgain: bells.ringNow });
      answerings.add(answering);
      return () => {
        stopLocal();
        answering.stop();
      };
    },
    dropped: bells.dropped,
    async close() {
      await Promise.all([...answerings].map((answering) => answering.closed()));
      await queues.close();
    },
  };
}

interface Bells {
  readonly ringNow: (bell: Bell) => void;
  readonly ringLater: (bell: Bell, atMs: number) => Promise<void>;
  /** Rings where Redis is not needed. */
  readonly drop: (bell: Bell, atMs?: number) => void;
  readonly dropped: () => number;
}

function createBells({ link, clock, destinations }: RedisQueueOptions, queues: BullQueues, local: Queue): Bells {
  const plans = createPlans(clock);
  const senders = new Map<string, () => void>();
  let dropped = 0;
  const drop = (bell: Bell, atMs?: number): void => {
    dropped += 1;
    local.ring(bell, atMs);
  };
  const send = async (bell: Bell, job: JobsOptions): Promise<boolean> => {
    const data: BellData = bell.kind === 'event' ? {} : { destination: bell.destination };
    const sent = await link.ask(async () => (await queues.get(nameOf(bell, destinations))).add('bell', data, job));
    return sent.kind === 'ok';
  };
  const sendNow = async (bell: Bell): Promise<void> => {
    const deduplication = { id: DEDUPLICATION_ID, ttl: BELL_LASTS_MS };
    if (!(await send(bell, { deduplication }))) drop(bell);
  };
  return {
    ringNow(bell) {
      const key = bell.kind === 'event' ? '' : bell.destination;
      const sender = senders.get(key) ?? coalesce(() => sendNow(bell), GAP_MS);
      senders.set(key, sender);
      sender();
    },
    async ringLater(bell, atMs) {
      const plan = plans.take(nameOf(bell, destinations), atMs);
      if (plan === null) return;
      if (!(await send(bell, { jobId: `at-${plan.atMs}`, delay: plan.delayMs }))) drop(bell, atMs);
    },
    drop,
    dropped: () => dropped,
  };
}
