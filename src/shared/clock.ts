/** The clock, injected everywhere so that tests can set it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

/** What the host takes for the time. It may be set at any moment, forwards or back. */
export const systemClock: Clock = { now: () => Date.now() };

/** Milliseconds since any moment; never set, and goes on while the process stands still. */
const monotonic = (): number => performance.now();

/** How much faster or slower than time itself a clock may go while it approaches another. */
const SLEW = 0.1;

/**
 * A clock to work by (docs/decisions/0010): it never goes back and is never off by more than a tenth over any stretch of
 * time, whatever happens to `reference`, which it approaches. So no step of the host's clock ends a lease or stalls work.
 */
export function createSteadyClock(reference: () => number = () => Date.now(), ticks: () => number = monotonic): Clock {
  return createApproachingClock({ reference, ticks, jumpsAhead: false });
}

interface Approach {
  readonly reference: () => number;
  readonly ticks: () => number;
  /** True: it is where the reference is at once when that is ahead. */
  readonly jumpsAhead: boolean;
}

function createApproachingClock({ reference, ticks, jumpsAhead }: Approach): Clock {
  let lastTicks = ticks();
  let timeMs = reference();
  return {
    now() {
      const nowTicks = ticks();
      const passedMs = Math.max(0, nowTicks - lastTicks);
      lastTicks = nowTicks;
      const behindMs = reference() - (timeMs + passedMs);
      timeMs += passedMs + Math.max(-passedMs * SLEW, Math.min(behindMs, jumpsAhead ? Infinity : passedMs * SLEW));
      return Math.floor(timeMs);
    },
  };
}

/** A clock that several processes have in common. */
export interface SharedTime {
  /** Epoch milliseconds. `sinceMs`: how long ago this process asked last, by a clock that nobody sets; null at first. */
  readTime(sinceMs: number | null): Promise<number>;
}

export interface FollowingClock extends Clock {
  /** Takes over the time, now and every few seconds. Rejects when it cannot be read at first. The function ends it. */
  follow(time: SharedTime, onError: (error: unknown) => void): Promise<() => void>;
}

const ASK_EVERY_MS = 3_000;
/** An answer that took longer says too little about now. */
const LONGEST_ANSWER_MS = 1_000;

/** The clock of all processes on one ledger: the shared time, and between two answers the time that passes. */
export function createFollowingClock(ticks: () => number = monotonic): FollowingClock {
  let told = { atTicks: ticks(), timeMs: Date.now() };
  let askedAtTicks: number | null = null;
  const reference = (): number => told.timeMs + (ticks() - told.atTicks);
  // Others may act on the shared time already: whoever is behind it has slept, and must not go on as if it were then.
  const create = (): Clock => createApproachingClock({ reference, ticks, jumpsAhead: true });
  let clock = create();

  async function ask(time: SharedTime): Promise<void> {
    const fromTicks = ticks();
    const isFirst = askedAtTicks === null;
    const sinceMs = askedAtTicks === null ? null : Math.round(fromTicks - askedAtTicks);
    const timeMs = await time.readTime(sinceMs);
    askedAtTicks = fromTicks;
    const tookMs = ticks() - fromTicks;
    if (isFirst || tookMs <= LONGEST_ANSWER_MS) told = { atTicks: fromTicks + tookMs / 2, timeMs };
  }

  return {
    now: () => clock.now(),
    async follow(time, onError) {
      await ask(time);
      // Nothing was dated by the host's time yet, so it need not be left slowly.
      clock = create();
      const timer = setInterval(() => void ask(time).catch(onError), ASK_EVERY_MS);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

/** Epoch milliseconds → ISO 8601 UTC with milliseconds. */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** ISO 8601 → epoch milliseconds; NaN when it cannot be read. */
export function fromIso(iso: string): number {
  return Date.parse(iso);
}
