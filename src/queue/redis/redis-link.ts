import { createHash } from 'node:crypto';

import { Redis } from 'ioredis';

import type { Logger } from '../../shared/logger.ts';
import { checkEvictionPolicy } from './eviction-policy.ts';
import { createOutage, type Outage } from './outage.ts';
import type { RedisOptions, RedisTarget } from './redis-url.ts';

export interface RedisLinkOptions {
  readonly target: Extract<RedisTarget, { kind: 'ok' }>;
  /** Tells installations apart that share one Redis (HOOKLINE_REDIS_PREFIX). Letters, digits, `.`, `_`, `-`. */
  readonly prefix: string;
  readonly logger: Logger;
}

export type Answered<Value> = { readonly kind: 'ok'; readonly value: Value } | { readonly kind: 'away' };

/** This process's way to Redis. It is never waited for: whoever finds it away does without. */
export interface RedisLink {
  /** Begins every key. In braces, so that a Redis Cluster keeps all our keys on one node and scripts may use several. */
  readonly prefix: string;
  /** For hashes that all processes have to make alike and nobody else can: from the password and the prefix. */
  readonly seed: number;
  /** Refuses a command at once while the connection is down. Prefer `ask`, which also bears a Redis that hangs. */
  readonly commands: Redis;
  /** A connection whose commands wait as long as it takes: for BullMQ's workers, which are few and ask one by one. */
  openPatient(): Redis;
  /** False while the connection is down or Redis hangs. */
  available(): boolean;
  /** Asks within a second. `away`: it was not available, failed or took too long; the command may run later all the same. */
  ask<Value>(work: (redis: Redis) => Promise<Value>): Promise<Answered<Value>>;
  /** Ends every connection, at once. */
  close(): void;
}

const ANSWER_WITHIN_MS = 1_000;
/** After no answer in time, this long nobody asks; then one asks for all. */
const REST_MS = 1_000;
/** A connection that owes an answer for so long is made anew: the other side of a cut line never says so. */
const DEAF_AFTER_MS = 5_000;
/** BullMQ's blocking commands wait for up to 10 s. */
const DEAF_AFTER_BLOCKING_MS = 20_000;
const MAX_RECONNECT_MS = 2_000;

const COMMON: RedisOptions = {
  retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), MAX_RECONNECT_MS),
  sentinelRetryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), MAX_RECONNECT_MS),
  // After a failover the old master stays connected and refuses to write.
  reconnectOnError: (error) => error.message.startsWith('READONLY '),
  maxRetriesPerRequest: null,
  connectTimeout: 5_000,
  // A timer of ioredis that keeps the process alive for so long after the end.
  disconnectTimeout: 100,
};

/** Connects in the background, again and again; a daemon starts without Redis too. */
export function connectRedis({ target, prefix, logger }: RedisLinkOptions): RedisLink {
  const outage = createOutage(logger, target.label);
  const opened = new Set<Redis>();
  const commands = open(opened, outage, {
    ...target.options,
    ...COMMON,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    socketTimeout: DEAF_AFTER_MS,
  });
  commands.on('close', () => {
    if (opened.has(commands)) outage.began('the connection was closed');
  });
  commands.on('ready', () => {
    outage.ended();
    void checkEvictionPolicy(commands, logger);
  });
  const gate = createGate(commands, outage);
  return {
    prefix: `{${prefix}}`,
    seed: createHash('sha256')
      .update(`${target.options.password ?? ''} ${prefix}`)
      .digest()
      .readUInt32LE(),
    commands,
    openPatient: () => open(opened, outage, { ...target.options, ...COMMON, socketTimeout: DEAF_AFTER_BLOCKING_MS }),
    available: gate.isOpen,
    ask: gate.ask,
    close() {
      const all = [...opened];
      opened.clear();
      for (const redis of all) redis.disconnect();
    },
  };
}

function open(opened: Set<Redis>, outage: Outage, options: RedisOptions): Redis {
  const redis = new Redis(options);
  track(opened, outage, redis);
  return redis;
}

/** Only the text of an error is kept: ioredis attaches the command, and with AUTH the password. */
function track(opened: Set<Redis>, outage: Outage, redis: Redis): void {
  opened.add(redis);
  redis.on('error', (error: Error) => {
    if (opened.has(redis)) outage.began(error.message);
  });
  // BullMQ duplicates a connection for each queue it waits at; they have to end with ours.
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const copy = duplicate(override);
    track(opened, outage, copy);
    return copy;
  };
}

interface Gate {
  readonly isOpen: () => boolean;
  readonly ask: RedisLink['ask'];
}

/** A breaker: a Redis that hangs costs one caller a second, not every caller. */
function createGate(redis: Redis, outage: Outage): Gate {
  let state: 'open' | 'resting' | 'doubtful' | 'probing' = 'open';
  const rest = (reason: string): void => {
    outage.began(reason);
    if (state === 'resting') return;
    state = 'resting';
    setTimeout(() => {
      state = 'doubtful';
    }, REST_MS).unref();
  };
  const isOpen = (): boolean => redis.status === 'ready' && (state === 'open' || state === 'doubtful');
  return {
    isOpen,
    async ask(work) {
      if (!isOpen()) return { kind: 'away' };
      if (state === 'doubtful') state = 'probing';
      try {
        const value = await within(ANSWER_WITHIN_MS, work(redis));
        if (state === 'probing') state = 'open';
        if (state === 'open') outage.ended();
        return { kind: 'ok', value };
      } catch (error) {
        rest(error instanceof Error ? error.message : String(error));
        return { kind: 'away' };
      }
    },
  };
}

async function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Redis gave no answer within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
