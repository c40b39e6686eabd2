import type { Mode } from '../config/mode.ts';
import type { LedgerWithSandbox } from '../ledger/create-ledger.ts';
import { openSqliteLedger } from '../ledger/open-sqlite-ledger.ts';
import { holdLedger, type LedgerHold } from '../ledger/sqlite/hold-ledger.ts';
import { createInProcessQueue } from '../queue/in-process.ts';
import type { Queue } from '../queue/queue.ts';
import type { Reservations } from '../queue/redis/reservations.ts';
import type { SharedCounters } from '../receive/limiter.ts';
import { createSteadyClock, type Clock } from '../shared/clock.ts';
import { ledgerFile } from '../shared/data-directory.ts';
import { createIds, type Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Role } from './services.ts';

/** What the processes of an installation share beside the ledger. */
export interface SharedThroughRedis {
  up(): boolean;
  /** Since the start of this process. */
  droppedBells(): number;
  /** Requests of all receivers. */
  readonly counters: SharedCounters;
  /** Requests of all workers to a CRM. */
  readonly reservations: Reservations;
}

/** What differs between the modes: where the ledger is, who rings, and who else works on it. */
export interface Backing {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ledger: LedgerWithSandbox;
  readonly queue: Queue;
  /** Null in the modes without it. */
  readonly redis: SharedThroughRedis | null;
  /** Where things are, for the log: without passwords. */
  readonly places: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface BackingOptions {
  readonly role: Role;
  /** Names of the config: each has a doorbell of its own. */
  readonly destinations: readonly string[];
  readonly logger: Logger;
}

/*
 * The drivers of PostgreSQL and Redis are loaded by the modes that use them: an embedded receiver would hold 15 MB of them
 * for nothing.
 */

/** Opens what the mode keeps its state in; null when another daemon works on the embedded ledger. */
export function openBacking(mode: Mode, options: BackingOptions): Promise<Backing | null> {
  switch (mode.kind) {
    case 'embedded':
      return openEmbedded(mode.dataDir, options.role);
    case 'postgres':
      return openPostgres(mode.databaseUrl, options.logger);
    case 'scaled_out':
      return openScaledOut(mode, options);
  }
}

/** Receivers only add events, so there may be several. */
const NO_HOLD: LedgerHold = { release: () => undefined };

async function openEmbedded(dataDir: string, role: Role): Promise<Backing | null> {
  const file = ledgerFile(dataDir);
  const hold = role === 'receiver' ? NO_HOLD : holdLedger(file);
  if (hold === null) return null;
  const clock = createSteadyClock();
  const ids = createIds(clock);
  try {
    const ledger = await openSqliteLedger({ file, clock, ids });
    // We hold the ledger, so whoever leased its runs is dead. With several workers leases are good until they run out.
    if (role !== 'receiver') await ledger.takeOver(clock.now());
    return {
      clock,
      ids,
      ledger,
      queue: createInProcessQueue(clock),
      redis: null,
      places: { dataDir },
      async close() {
        await ledger.close();
        hold.release();
      },
    };
  } catch (error) {
    hold.release();
    throw error;
  }
}

/** Several processes, and none rings at another's door: the sweeper of each looks once a second. */
async function openPostgres(url: string, logger: Logger): Promise<Backing> {
  const { openSharedLedger, describeServer } = await import('./open-shared-ledger.ts');
  const { clock, ids, ledger } = await openSharedLedger(url, (error) => logger.warn('clock.not_asked', { error }));
  return {
    clock,
    ids,
    ledger,
    queue: createInProcessQueue(clock),
    redis: null,
    places: { database: describeServer(url) },
    close: () => ledger.close(),
  };
}

async function openScaledOut(
  { databaseUrl, redis: target, redisPrefix: prefix }: Extract<Mode, { kind: 'scaled_out' }>,
  { destinations, logger }: BackingOptions,
): Promise<Backing> {
  const { connectRedis, createRedisQueue, createReservations } = await import('../queue/redis/index.ts');
  const base = await openPostgres(databaseUrl, logger);
  const link = connectRedis({ target, prefix, logger });
  const queue = createRedisQueue({ link, destinations, clock: base.clock, logger });
  const reservations = createReservations(link);
  return {
    ...base,
    queue,
    redis: { up: () => link.available(), droppedBells: () => queue.dropped(), counters: link, reservations },
    places: { ...base.places, redis: target.label },
    async close() {
      reservations.close();
      await queue.close();
      link.close();
      await base.close();
    },
  };
}
