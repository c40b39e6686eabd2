import type { Destination, Failure, RequestContext } from '../destinations/destination.ts';
import { rateSchema, type Rate } from '../destinations/rate.ts';
import type { Urgency } from '../domain/urgency.ts';
import type { Ledger, Pause, RequestRecord } from '../ledger/ledger.ts';
import type { After } from '../shared/after.ts';
import type { Clock } from '../shared/clock.ts';
import type { HttpClient } from '../shared/http-client.ts';
import type { Logger } from '../shared/logger.ts';
import { createBreaker, type Breaker, type CanRun } from './breaker.ts';
import { createBudget, type Budget, type BudgetReading } from './budget.ts';
import { createSharedBudget, type SharedBudgetOptions } from './shared-budget.ts';
import { keepExchange, sendRequest, sendShared, type Conversation } from './send-request.ts';
import type { Channel, Operation, RequestMask, RequestMetrics } from './take-turn.ts';

export interface DestinationRuntimeOptions {
  readonly destination: Destination;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly after: After;
  readonly mask: RequestMask;
  readonly ledger: Pick<Ledger, 'pauses' | 'savePause' | 'clearPause'>;
  readonly logger: Logger;
  readonly metrics: RequestMetrics;
  /** Shares the budgets with the workers of other processes; without it, each process has its own. */
  readonly reservations?: SharedBudgetOptions['reservations'];
}

export interface ContextOptions {
  readonly mode: 'live' | 'preview';
  readonly signal: AbortSignal;
  /** Absent: `first`; somebody waits for it. */
  readonly urgency?: Urgency;
  /** Asked before each request; false: another worker may be at the same, and it is not sent. Absent: nobody else can be. */
  readonly stillHeld?: () => Promise<boolean>;
}

export interface OpenContext {
  /** For requests of one purpose: counted and kept under its name. */
  readonly contextFor: (operation: Operation) => RequestContext;
  /** Every request so far, masked, in the order they began. */
  readonly requests: () => readonly RequestRecord[];
}

/** How a destination stands now, as this process sees it. */
export interface DestinationReading extends BudgetReading {
  readonly destination: string;
  /** Null while it may be used. */
  readonly pause: Pause | null;
}

/** One destination at work: its budget, its breaker and its pauses. One per destination and process. */
export interface DestinationRuntime {
  readonly destination: Destination;
  /** For the worker pool: claims nothing while this says no, so that no attempt is used up. */
  canRun(nowMs: number): CanRun;
  /** For the worker pool: when its rate allows the next request. Whoever is claimed before would only be sent away. */
  roomAtMs(): number;
  /** For metrics and status output. */
  reading(): DestinationReading;
  openContext(options: ContextOptions): OpenContext;
  /** The destination said that it cannot be used: nothing runs until then, or until a person resumes it. */
  pause(failure: Extract<Failure, { kind: 'paused' }>): void;
  /** Takes over what the ledger says: a person resumed it (`hookline destinations resume`), or another worker paused it. */
  refresh(): Promise<void>;
  /** Resolves when every change of the pause is on disk. */
  settled(): Promise<void>;
}

const BREAKER = { threshold: 5, firstOpenMs: 5000, maxOpenMs: 5 * 60_000 };
/** Well inside a run's lease. */
const MAX_BUDGET_WAIT_MS = 5000;

/**
 * Creates the runtime of one destination. `initial` is the pause the ledger remembers. One without an end is taken up
 * as over: whoever restarts the daemon after mending the credentials has acted, and if not, the first request says so.
 */
export function createDestinationRuntime(
  options: DestinationRuntimeOptions,
  initial: Pause | null = null,
): DestinationRuntime {
  const { destination, clock, mask, metrics } = options;
  const keeper = createPauseKeeper(options);
  const breaker = createBreaker({ ...BREAKER, destination: destination.name, onChange: keeper.keep }, initial);
  if (initial?.untilMs === null) breaker.resume();
  const budgets = createBudgets(options);
  const budget = budgets(undefined);
  const http = destination.transport ?? options.http;
  const channel: Channel = {
    destination: destination.name,
    http,
    clock,
    mask,
    budgetOf: budgets,
    readLimits: destination.readLimits,
    breaker,
    metrics,
  };
  return {
    destination,
    canRun: (nowMs) => breaker.canRun(nowMs),
    roomAtMs: () => budget.roomAtMs(),
    reading: () => ({ destination: destination.name, pause: breaker.current(), ...budget.reading() }),
    openContext: (given) => openContext(channel, given),
    pause({ reason, hint, untilMs }) {
      // Every run under way hears the same, if only from our own breaker; the first to tell is enough.
      if (breaker.current() !== null) return;
      breaker.pause({ reason, hint: hint ?? null, untilMs: untilMs ?? null, sinceMs: clock.now() });
    },
    refresh: () => refresh(options, breaker, keeper),
    settled: keeper.settled,
  };
}

/** The general budget, and one more for each class of requests that the CRM counts apart. */
function createBudgets(options: DestinationRuntimeOptions): Channel['budgetOf'] {
  const { destination, clock, after, reservations } = options;
  const create = (rate: Rate, key: string): Budget => {
    const local = { rate, clock, after, maxWaitMs: MAX_BUDGET_WAIT_MS };
    return reservations === undefined ? createBudget(local) : createSharedBudget({ ...local, reservations, key });
  };
  const general = create(destination.rate ?? rateSchema.parse({}), destination.name);
  const classes = new Map(
    Object.entries(destination.limitClasses ?? {}).map(
      ([name, rate]) => [name, create(rate, `${destination.name}/${name}`)] as const,
    ),
  );
  return (limitClass) => (limitClass === undefined ? general : (classes.get(limitClass) ?? general));
}

function openContext(channel: Channel, { mode, signal, urgency = 'first', stillHeld }: ContextOptions): OpenContext {
  const records: RequestRecord[] = [];
  return {
    contextFor(operation) {
      const conversation: Conversation = { mode, signal, urgency, stillHeld, records, operation };
      return {
        mode,
        signal,
        urgency,
        send: (request, effect, limitClass) => sendRequest(channel, conversation, request, { effect, limitClass }),
        sendShared: (build, effect, limitClass, urgencyNow) =>
          sendShared(channel, conversation, build, { effect, limitClass, urgencyNow }),
        keep: (exchange, part) => keepExchange(channel, conversation, exchange, part),
        stillHeld: async () => stillHeld === undefined || stillHeld(),
      };
    },
    requests: () => records,
  };
}

interface PauseKeeper {
  readonly keep: (pause: Pause | null) => void;
  readonly settled: () => Promise<void>;
}

/** Writes pauses to the ledger in the order they happened, without making requests wait for the disk. */
function createPauseKeeper({ ledger, logger, destination: { name } }: DestinationRuntimeOptions): PauseKeeper {
  let last = Promise.resolve();
  return {
    keep(pause) {
      if (pause === null) logger.info('destination.resumed', { destination: name });
      else logger.warn('destination.paused', { ...pause });
      last = last
        .then(() => (pause === null ? ledger.clearPause(name) : ledger.savePause(pause)))
        .catch((error: unknown) => logger.error('destination.pause_not_kept', { destination: name, error }));
    },
    settled: () => last,
  };
}

async function refresh(
  { ledger, destination, logger }: DestinationRuntimeOptions,
  breaker: Breaker,
  keeper: PauseKeeper,
): Promise<void> {
  await keeper.settled();
  const before = breaker.current();
  const kept = (await ledger.pauses()).find((pause) => pause.destination === destination.name) ?? null;
  // What changed here while the ledger was read is not there yet.
  if (breaker.current() !== before || isSamePause(kept, before)) return;
  breaker.adopt(kept);
  if (kept === null) logger.info('destination.resumed', { destination: destination.name, by: 'another process' });
  else logger.warn('destination.paused', { ...kept, by: 'another process' });
}

function isSamePause(left: Pause | null, right: Pause | null): boolean {
  return left?.sinceMs === right?.sinceMs && left?.untilMs === right?.untilMs && left?.reason === right?.reason;
}
