import type { Rate } from '../destinations/rate.ts';
import type { Urgency } from '../domain/urgency.ts';
import type { Reservation, Reservations } from '../queue/redis/reservations.ts';
import {
  createBudget,
  takeMostUrgent,
  type Budget,
  type BudgetOptions,
  type LocalBudget,
  type Slot,
} from './budget.ts';

export interface SharedBudgetOptions extends BudgetOptions {
  readonly reservations: Pick<Reservations, 'reserve' | 'block'>;
  /** Names what all workers share: the destination, and the class of its requests if it has several. */
  readonly key: string;
}

/** When every slot is taken, Redis is asked again after this long: nobody tells us when another process frees one. */
const ASK_AGAIN_MS = 15;

interface Shared {
  readonly options: SharedBudgetOptions;
  readonly local: LocalBudget;
  per: Rate['per'];
  /** When the others will leave room again, as far as this process was told. */
  roomAtMs: number;
  /** In order of arrival. One at a time asks Redis, for the most urgent of them. */
  readonly waiters: Waiter[];
  isServing: boolean;
  /** Asks again at once: a slot of this process became free, or somebody left. */
  wake: () => void;
}

interface Waiter {
  readonly resolve: (slot: Slot) => void;
  readonly reject: (error: unknown) => void;
  readonly urgency: () => Urgency;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * A budget that all workers share through Redis. Each process counts for itself beside it: that spares questions, and
 * while Redis is away it is all there is; then the processes together may ask for more than the rate, and the other
 * side's 429 sets the pace.
 */
export function createSharedBudget(options: SharedBudgetOptions): Budget {
  const { clock, key, reservations, rate } = options;
  const local = createBudget(options);
  const shared: Shared = {
    options,
    local,
    per: rate.per,
    roomAtMs: 0,
    waiters: [],
    isServing: false,
    wake: () => undefined,
  };
  return {
    acquire: (signal, urgency = () => 'first') => acquire(shared, signal, urgency),
    blockUntil(untilMs) {
      local.blockUntil(untilMs);
      reservations.block(key, untilMs - clock.now());
    },
    setLimits(per) {
      shared.per = per;
      shared.roomAtMs = 0;
      local.setLimits(per);
    },
    roomAtMs: () => Math.max(local.roomAtMs(), shared.roomAtMs),
    reading: () => ({ ...local.reading(), waiting: shared.waiters.length }),
  };
}

function acquire(shared: Shared, signal: AbortSignal, urgency: () => Urgency): Promise<Slot> {
  const { clock, maxWaitMs } = shared.options;
  const { promise, resolve, reject } = Promise.withResolvers<Slot>();
  const waiter = { resolve, reject, urgency, signal, deadlineMs: clock.now() + maxWaitMs };
  const leave = (): void => {
    sendAway(shared, waiter, clock.now());
    shared.wake();
  };
  signal.addEventListener('abort', leave, { once: true });
  shared.waiters.push(waiter);
  if (signal.aborted) leave();
  else void serve(shared);
  return promise.finally(() => signal.removeEventListener('abort', leave));
}

/** Whoever is not in line any more has his answer. */
function sendAway({ waiters }: Shared, waiter: Waiter, notBeforeMs: number): void {
  const index = waiters.indexOf(waiter);
  if (index < 0) return;
  waiters.splice(index, 1);
  waiter.resolve({ kind: 'busy', notBeforeMs });
}

/** Lets in one after the other for as long as somebody waits. */
async function serve(shared: Shared): Promise<void> {
  if (shared.isServing) return;
  shared.isServing = true;
  try {
    while (shared.waiters.length > 0) {
      await serveNext(shared);
      sendLateAway(shared);
    }
  } catch (error) {
    for (const waiter of shared.waiters.splice(0)) waiter.reject(error);
  } finally {
    shared.isServing = false;
  }
}

/** Somebody more urgent may come again and again. */
function sendLateAway(shared: Shared): void {
  const nowMs = shared.options.clock.now();
  const atMs = Math.max(shared.local.roomAtMs(), shared.roomAtMs, nowMs + 1);
  for (const waiter of shared.waiters.filter(({ deadlineMs }) => deadlineMs <= nowMs)) sendAway(shared, waiter, atMs);
}

async function serveNext(shared: Shared): Promise<void> {
  const { clock } = shared.options;
  const nowMs = clock.now();
  const atMs = Math.max(shared.local.roomAtMs(), shared.roomAtMs);
  const answer: Reservation = atMs > nowMs ? { kind: 'wait', waitMs: atMs - nowMs } : await reserve(shared);
  if (answer.kind === 'free' || answer.kind === 'away') return letIn(shared, answer);
  const waitMs = answer.kind === 'wait' ? answer.waitMs : ASK_AGAIN_MS;
  const againAtMs = clock.now() + waitMs;
  if (answer.kind === 'wait') shared.roomAtMs = againAtMs;
  for (const waiter of shared.waiters.filter(({ deadlineMs }) => againAtMs > deadlineMs)) {
    sendAway(shared, waiter, againAtMs);
  }
  if (shared.waiters.length > 0) await sleep(shared, waitMs);
}

async function letIn(shared: Shared, answer: Extract<Reservation, { kind: 'free' | 'away' }>): Promise<void> {
  const waiter = takeMostUrgent(shared.waiters);
  if (answer.kind === 'away') waiter?.resolve(await shared.local.acquire(waiter.signal, waiter.urgency));
  // Everybody may have left while Redis was asked.
  else if (waiter === undefined) answer.release();
  else waiter.resolve(admit(shared, answer.release));
}

function reserve({ options, per }: Shared): Promise<Reservation> {
  const windows = per.map(({ n, seconds }) => ({ n, lengthMs: seconds * 1000 }));
  return options.reservations.reserve(options.key, { windows, slots: options.rate.max_in_flight });
}

function admit(shared: Shared, release: () => void): Slot {
  const forget = shared.local.count();
  return {
    kind: 'free',
    release() {
      forget();
      release();
      shared.wake();
    },
  };
}

/** Ends early when a slot of this process becomes free; Redis knows whether other processes were there before us. */
function sleep(shared: Shared, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel();
      shared.wake = () => undefined;
      resolve();
    };
    const cancel = shared.options.after(delayMs, wake);
    shared.wake = wake;
  });
}
