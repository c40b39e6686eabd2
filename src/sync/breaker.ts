import type { Pause } from '../ledger/ledger.ts';

/** Whether a destination may be used now. `untilMs` null: until a person resumes it. */
export type CanRun =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly hint: string | null; readonly untilMs: number | null };

/** How a request went, as far as the health of the whole destination goes. `aborted` says nothing about it. */
export type Health = 'answered' | 'fault' | 'aborted';

export type Entry = { readonly ok: true; readonly isProbe: boolean } | Extract<CanRun, { ok: false }>;

export interface RequestResult {
  readonly isProbe: boolean;
  readonly health: Health;
  /** What went wrong, for the operator. */
  readonly detail: string;
  readonly nowMs: number;
}

export interface BreakerOptions {
  readonly destination: string;
  /** Faults in a row until it opens. */
  readonly threshold: number;
  /** How long it stays open first; doubles with every failed probe up to `maxOpenMs`. */
  readonly firstOpenMs: number;
  readonly maxOpenMs: number;
  /** A pause to be shown and kept, or null when it ended. */
  readonly onChange: (pause: Pause | null) => void;
}

/**
 * Keeps one sick destination from being hammered, and holds its runs meanwhile. Closed, open (until a time or until a
 * person), then one probe decides. Single-threaded; the caller says what time it is.
 */
export interface Breaker {
  canRun(nowMs: number): CanRun;
  /** Before a request. When it is time for a probe, the first caller becomes it. */
  enter(nowMs: number): Entry;
  /** After every request that was let in. */
  leave(result: RequestResult): void;
  /** The destination itself said that it cannot be used. */
  pause(pause: Omit<Pause, 'destination'>): void;
  resume(): void;
  /** Another process paused or resumed: as there, and nobody needs to be told. */
  adopt(pause: Pause | null): void;
  /** What is in force, for status output. */
  current(): Pause | null;
}

interface State {
  faults: number;
  /** Times it opened in a row without an answer between. */
  openings: number;
  pause: Pause | null;
  probing: boolean;
}

const OK: CanRun = { ok: true };
/** Probes are short; who comes meanwhile asks again. */
const ASK_AGAIN_MS = 1000;

export function createBreaker(options: BreakerOptions, initial: Pause | null = null): Breaker {
  const state: State = { faults: 0, openings: 0, pause: initial, probing: false };
  return {
    canRun: (nowMs) => verdict(state, nowMs),
    enter(nowMs) {
      const answer = verdict(state, nowMs);
      if (!answer.ok) return answer;
      const isProbe = state.pause !== null;
      if (isProbe) state.probing = true;
      return { ok: true, isProbe };
    },
    leave: (result) => leave(state, options, result),
    pause(pause) {
      state.probing = false;
      change(state, options, { destination: options.destination, ...pause });
    },
    resume() {
      Object.assign(state, { faults: 0, openings: 0, probing: false });
      change(state, options, null);
    },
    adopt(pause) {
      Object.assign(state, { faults: 0, probing: false, pause });
      if (pause === null) state.openings = 0;
    },
    current: () => state.pause,
  };
}

function verdict({ pause, probing }: State, nowMs: number): CanRun {
  if (pause === null) return OK;
  const { reason, hint, untilMs } = pause;
  if (untilMs === null || untilMs > nowMs) return { ok: false, reason, hint, untilMs };
  return probing ? { ok: false, reason, hint, untilMs: nowMs + ASK_AGAIN_MS } : OK;
}

function leave(state: State, options: BreakerOptions, { isProbe, health, detail, nowMs }: RequestResult): void {
  if (isProbe) state.probing = false;
  if (health === 'aborted') return;
  if (health === 'answered') {
    state.faults = 0;
    if (!isProbe) return;
    state.openings = 0;
    change(state, options, null);
    return;
  }
  state.faults += 1;
  // What was under way when it opened neither prolongs nor ends it.
  const opens = isProbe || (state.pause === null && state.faults >= options.threshold);
  if (opens) open(state, options, { detail, nowMs });
}

function open(state: State, options: BreakerOptions, { detail, nowMs }: Pick<RequestResult, 'detail' | 'nowMs'>): void {
  const openMs = Math.min(options.maxOpenMs, options.firstOpenMs * 2 ** state.openings);
  state.openings += 1;
  change(state, options, {
    destination: options.destination,
    reason: `${state.faults} requests in a row failed, the last with: ${detail}`,
    hint: 'It is tried again by itself; nothing is dropped meanwhile.',
    sinceMs: state.pause?.sinceMs ?? nowMs,
    untilMs: nowMs + openMs,
  });
}

function change(state: State, options: BreakerOptions, pause: Pause | null): void {
  if (pause === null && state.pause === null) return;
  state.pause = pause;
  options.onChange(pause);
}
