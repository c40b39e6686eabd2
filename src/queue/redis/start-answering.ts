import { Worker, type Job } from 'bullmq';

import type { Logger } from '../../shared/logger.ts';
import type { Bell } from '../queue.ts';
import { bellOf, type BellData } from './bell-names.ts';
import type { RedisLink } from './redis-link.ts';

export interface AnsweringOptions {
  readonly link: RedisLink;
  readonly logger: Logger;
  /** BullMQ queues to listen at. */
  readonly names: readonly string[];
  readonly onBell: (bell: Bell) => void | Promise<void>;
  /** Gives a bell back that was taken and not answered to its end. */
  readonly ringAgain: (bell: Bell) => void;
}

export interface Answering {
  /** Takes no bell any more; those under way go back. */
  stop(): void;
  /** Stops, and resolves when BullMQ is done with it, or after a while that is long enough. */
  closed(): Promise<void>;
}

/** The bell of a worker that was killed rings again for another one after this long; the sweepers are faster. */
const LOCK_MS = 10_000;
const CLOSED_WITHIN_MS = 2_000;

const SETTINGS = {
  concurrency: 1,
  lockDuration: LOCK_MS,
  stalledInterval: LOCK_MS,
  runRetryDelay: 1_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
};

/** Listens at every queue, one bell at a time each. */
export function startAnswering({ link, logger, names, onBell, ringAgain }: AnsweringOptions): Answering {
  const stopped = Promise.withResolvers<'stopped'>();
  const connection = link.openPatient();
  const answer = async (job: Job<BellData>): Promise<void> => {
    // From here on a ring is a new bell: what it means may have come after our look at the ledger.
    await job.removeDeduplicationKey();
    const bell = bellOf(job.data);
    const ended = await Promise.race([onBell(bell), stopped.promise]);
    if (ended === 'stopped') ringAgain(bell);
  };
  const workers = names.map((name) => {
    const worker = new Worker<BellData>(name, answer, { connection, prefix: link.prefix, ...SETTINGS });
    // Outages are told by the link. What is left: a bell that was emptied away while it was being answered.
    worker.on('error', (error) => logger.debug('queue.bell_lost', { queue: name, reason: error.message }));
    return worker;
  });
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    stopped.resolve('stopped');
    // BullMQ waits for an answer before it closes, without an end when there is nobody to give one.
    const { kind } = await link.ask((redis) => redis.ping());
    const all = Promise.allSettled(workers.map((worker) => worker.close(kind === 'away')));
    await Promise.race([all, after(CLOSED_WITHIN_MS)]);
  };
  return {
    stop() {
      closing ??= close();
    },
    closed: () => (closing ??= close()),
  };
}

function after(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs).unref();
  });
}
