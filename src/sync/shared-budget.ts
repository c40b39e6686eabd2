import type { Rate } from '../destinations/rate.ts';
import type { Reservation, Reservations } from '../queue/redis/reservations.ts';
import { createBudget, type Budget, type BudgetOptions, type LocalBudget, type Slot } from './budget.ts';

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
  /** The last in line; within a process first come, first served. */
  line: Promise<unknown>;
  waiting: number;
  /** Wakes the first in line: a slot of this process became free. */
  slotFreed: () => void;
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
    line: Promise.resolve(),
    waiting: 0,
    slotFreed: () => undefined,
  };
  return {
    acquire(signal) {
      const deadlineMs = clock.now() + options.maxWaitMs;
      shared.waiting += 1;
      const turn = shared.line.then(() => waitForTurn(shared, deadlineMs, signal));
      shared.line = turn.finally(() => {
        shared.waiting -= 1;
      });
      return turn;
    },
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
    reading: () => ({ ...local.reading(), waiting: shared.waiting }),
  };
}

async function waitForTurn(shared: Shared, deadlineMs: number, signal: AbortSignal): Promise<Slot> {
  const { clock } = shared.options;
  for (;;) {
    const nowMs = clock.now();
    if (signal.aborted) return { kind: 'busy', notBeforeMs: nowMs };
    const atMs = Math.max(shared.local.roomAtMs(), shared.roomAtMs);
    const answer: Reservation = atMs > nowMs ? { kind: 'wait', waitMs: atMs - nowMs } : await reserve(shared);
    if (answer.kind === 'away') return shared.local.acquire(signal);
    if (answer.kind === 'free') return admit(shared, answer.release);
    const waitMs = answer.kind === 'wait' ? answer.waitMs : ASK_AGAIN_MS;
    const againAtMs = clock.now() + waitMs;
    if (answer.kind === 'wait') shared.roomAtMs = againAtMs;
    if (againAtMs > deadlineMs) return { kind: 'busy', notBeforeMs: againAtMs };
    await sleep(shared, waitMs, signal);
  }
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
      shared.slotFreed();
    },
  };
}

/** Ends early when a slot of this process becomes free; Redis knows whether other processes were there before us. */
function sleep(shared: Shared, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel();
      signal.removeEventListener('abort', wake);
      shared.slotFreed = () => undefined;
      resolve();
    };
    const cancel = shared.options.after(delayMs, wake);
    signal.addEventListener('abort', wake, { once: true });
    shared.slotFreed = wake;
  });
}
