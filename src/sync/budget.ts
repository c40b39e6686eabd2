import type { Rate } from '../destinations/rate.ts';
import { byUrgency, type Urgency } from '../domain/urgency.ts';
import type { After } from '../shared/after.ts';
import type { Clock } from '../shared/clock.ts';

export { systemAfter, type After } from '../shared/after.ts';

/** `busy`: no room within the longest wait; ask again at `notBeforeMs`. */
export type Slot =
  { readonly kind: 'free'; readonly release: () => void } | { readonly kind: 'busy'; readonly notBeforeMs: number };

export interface BudgetOptions {
  readonly rate: Rate;
  readonly clock: Clock;
  readonly after: After;
  /** Whoever would have to wait longer is sent away at once: a run does not sit on its lease. */
  readonly maxWaitMs: number;
}

/**
 * What a destination may be asked: so many requests at once, and so many in any stretch of time. One budget per
 * destination; the most urgent is served first, then whoever came first.
 */
export interface Budget {
  /** `urgency` is asked when there is room; absent: `first`. */
  acquire(signal: AbortSignal, urgency?: () => Urgency): Promise<Slot>;
  /** The other side asked for silence (429 with Retry-After). */
  blockUntil(untilMs: number): void;
  /** The other side said what its limits over time are: they take the place of those of the rate. */
  setLimits(per: Rate['per']): void;
  /** When windows and silence allow the next request; in the past when they do now. */
  roomAtMs(): number;
  /** For metrics. */
  reading(): BudgetReading;
}

/** A budget of one process. */
export interface LocalBudget extends Budget {
  /** Counts a request that was allowed elsewhere; the function says that it has ended. */
  count(): () => void;
}

export interface BudgetReading {
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Requests that wait for their turn. */
  readonly waiting: number;
  /** The other side asked for silence until then; in the past when it does not. */
  readonly blockedUntilMs: number;
  /** One per window of the rate, in its order; `left` requests fit into it now. */
  readonly windows: readonly { readonly n: number; readonly seconds: number; readonly left: number }[];
}

interface Waiter {
  readonly resolve: (slot: Slot) => void;
  readonly urgency: () => Urgency;
  readonly deadlineMs: number;
}

/** Times of the last n requests; the oldest says when there is room again. */
interface Window {
  readonly times: Float64Array;
  readonly lengthMs: number;
  next: number;
}

interface State {
  inFlight: number;
  blockedUntilMs: number;
  windows: readonly Window[];
  /** In order of arrival, so that the first one's time is over first. */
  readonly waiters: Waiter[];
  cancelTimer: (() => void) | null;
}

export function createBudget(options: BudgetOptions): LocalBudget {
  const state: State = {
    inFlight: 0,
    blockedUntilMs: 0,
    windows: options.rate.per.map((limit) => createWindow(limit, new Float64Array())),
    waiters: [],
    cancelTimer: null,
  };
  return {
    acquire: (signal, urgency = () => 'first') => acquire(state, options, signal, urgency),
    blockUntil(untilMs) {
      state.blockedUntilMs = Math.max(state.blockedUntilMs, untilMs);
      serve(state, options);
    },
    setLimits(per) {
      if (isSameLimits(state.windows, per)) return;
      const [longest] = state.windows.toSorted((left, right) => right.times.length - left.times.length);
      const past = longest?.times.toSorted() ?? new Float64Array();
      state.windows = per.map((limit) => createWindow(limit, past));
      serve(state, options);
    },
    roomAtMs: () => freeAtMs(state, options.clock.now()),
    count: () => count(state, options),
    reading: () => ({
      inFlight: state.inFlight,
      maxInFlight: options.rate.max_in_flight,
      waiting: state.waiters.length,
      blockedUntilMs: state.blockedUntilMs,
      windows: state.windows.map((window) => ({
        n: window.times.length,
        seconds: window.lengthMs / 1000,
        left: leftInWindow(window, options.clock.now()),
      })),
    }),
  };
}

/** A window that remembers the last of these requests. */
function createWindow({ n, seconds }: Rate['per'][number], past: Float64Array): Window {
  const times = new Float64Array(n).fill(-Infinity);
  const known = past.slice(-n);
  times.set(known, n - known.length);
  return { times, lengthMs: seconds * 1000, next: 0 };
}

function isSameLimits(windows: readonly Window[], per: Rate['per']): boolean {
  return (
    windows.length === per.length &&
    per.every(
      ({ n, seconds }, index) => windows[index]?.times.length === n && windows[index].lengthMs === seconds * 1000,
    )
  );
}

function leftInWindow({ times, lengthMs }: Window, nowMs: number): number {
  return times.filter((atMs) => atMs > nowMs || atMs + lengthMs <= nowMs).length;
}

function acquire(state: State, options: BudgetOptions, signal: AbortSignal, urgency: () => Urgency): Promise<Slot> {
  const { promise, resolve } = Promise.withResolvers<Slot>();
  const waiter = { resolve, urgency, deadlineMs: options.clock.now() + options.maxWaitMs };
  const leave = (): void => {
    const index = state.waiters.indexOf(waiter);
    if (index < 0) return;
    state.waiters.splice(index, 1);
    resolve({ kind: 'busy', notBeforeMs: options.clock.now() });
  };
  signal.addEventListener('abort', leave, { once: true });
  state.waiters.push(waiter);
  serve(state, options);
  if (signal.aborted) leave();
  return promise.finally(() => signal.removeEventListener('abort', leave));
}

/** Lets in who fits, sends away who would wait too long, and sets the alarm for the rest. */
function serve(state: State, options: BudgetOptions): void {
  const nowMs = options.clock.now();
  while (state.waiters.length > 0 && state.inFlight < options.rate.max_in_flight && freeAtMs(state, nowMs) <= nowMs) {
    const waiter = takeMostUrgent(state.waiters);
    if (waiter !== undefined) admit(state, options, waiter);
  }
  const atMs = freeAtMs(state, nowMs);
  for (const waiter of state.waiters.filter(({ deadlineMs }) => deadlineMs <= nowMs || atMs > deadlineMs)) {
    state.waiters.splice(state.waiters.indexOf(waiter), 1);
    waiter.resolve({ kind: 'busy', notBeforeMs: Math.max(atMs, nowMs + 1) });
  }
  setAlarm(state, options, { nowMs, atMs });
}

/** Takes out the most urgent one; of equals, the first. */
export function takeMostUrgent<Waiting extends { readonly urgency: () => Urgency }>(
  waiters: Waiting[],
): Waiting | undefined {
  const ranked = waiters.map((waiter, index) => ({ urgency: waiter.urgency(), index }));
  const [first] = ranked.toSorted((left, right) => byUrgency(left.urgency, right.urgency));
  return first === undefined ? undefined : waiters.splice(first.index, 1)[0];
}

function admit(state: State, options: BudgetOptions, waiter: Waiter): void {
  waiter.resolve({ kind: 'free', release: count(state, options) });
}

function count(state: State, options: BudgetOptions): () => void {
  state.inFlight += 1;
  for (const window of state.windows) {
    window.times[window.next] = options.clock.now();
    window.next = (window.next + 1) % window.times.length;
  }
  let released = false;
  return () => {
    if (released) return;
    released = true;
    state.inFlight -= 1;
    serve(state, options);
  };
}

/** When the windows and the other side allow the next request; it may be in the past. */
function freeAtMs({ windows, blockedUntilMs }: State, nowMs: number): number {
  return Math.max(blockedUntilMs, ...windows.map((window) => roomInWindowAtMs(window, nowMs)));
}

function roomInWindowAtMs({ times, next, lengthMs }: Window, nowMs: number): number {
  const oldest = times[next] ?? -Infinity;
  // A clock that was set back must not silence a destination until it has caught up.
  return oldest > nowMs ? nowMs : oldest + lengthMs;
}

function setAlarm(
  state: State,
  options: BudgetOptions,
  times: { readonly nowMs: number; readonly atMs: number },
): void {
  state.cancelTimer?.();
  state.cancelTimer = null;
  const first = state.waiters[0];
  if (first === undefined) return;
  const wakeAtMs = times.atMs > times.nowMs ? Math.min(times.atMs, first.deadlineMs) : first.deadlineMs;
  state.cancelTimer = options.after(wakeAtMs - times.nowMs, () => {
    state.cancelTimer = null;
    serve(state, options);
  });
}
