import type { Ledger } from '../ledger/ledger.ts';
import type { After } from '../shared/after.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { createKeyLine, type Grip, type KeyedMutex, type KeyLine } from './keyed-mutex.ts';

export interface SharedMutexOptions {
  readonly ledger: Pick<Ledger, 'takeLocks' | 'renewLocks' | 'releaseLocks'>;
  readonly destination: string;
  /** A name that no other process and no other destination has. */
  readonly owner: string;
  readonly clock: Clock;
  readonly after: After;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly logger: Logger;
}

/** A mutex that holds in every process on the same ledger. */
export interface SharedMutex extends KeyedMutex {
  /** Resolves when every key that was let go is free for others. */
  settled(): Promise<void>;
}

/** How long the keys of a killed process stay taken. Renewed three times per length. */
const LOCK_MS = 15_000;
const RENEW_MS = LOCK_MS / 3;
/** Longer waits would only occupy the pool: the run comes back instead. */
const PATIENCE_MS = 5_000;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 400;

interface Holding {
  untilMs: number;
  lost: boolean;
}

interface Leaving {
  readonly keys: readonly string[];
  readonly leave: () => void;
}

interface State {
  readonly options: SharedMutexOptions;
  readonly line: KeyLine;
  readonly held: Map<string, Holding>;
  leaving: Leaving[];
  releasing: Promise<void> | null;
  renewing: Promise<void> | null;
  timer: NodeJS.Timeout | null;
}

/**
 * Keys of one destination, shared through rows of the ledger (docs/decisions/0010). Within the process those who want a key
 * stand in line, so that only one of them asks the ledger. Letting go is not waited for.
 */
export function createSharedMutex(options: SharedMutexOptions): SharedMutex {
  const line = createKeyLine();
  const state: State = { options, line, held: new Map(), leaving: [], releasing: null, renewing: null, timer: null };
  return {
    async run(keys, work) {
      const grip = await take(state, [...new Set(keys)]);
      if (grip === null) return { kind: 'busy' };
      try {
        return { kind: 'done', value: await work(grip) };
      } finally {
        grip.letGo();
      }
    },
    settled: async () => void (await state.releasing),
  };
}

async function take(state: State, keys: readonly string[]): Promise<(Grip & { letGo(): void }) | null> {
  const leave = await state.line.enter(keys);
  try {
    const untilMs = await takeInTime(state.options, keys);
    if (untilMs !== null) return hold(state, { keys, leave }, untilMs);
  } catch (error) {
    leave();
    throw error;
  }
  leave();
  return null;
}

/** Resolves to the end of the lock; null when others kept one of the keys too long. */
async function takeInTime(options: SharedMutexOptions, keys: readonly string[]): Promise<number | null> {
  const { ledger, destination, owner, clock, after, random } = options;
  const patientUntilMs = clock.now() + PATIENCE_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const nowMs = clock.now();
    const untilMs = nowMs + LOCK_MS;
    if (await ledger.takeLocks({ destination, keys, owner, nowMs, untilMs })) return untilMs;
    if (clock.now() >= patientUntilMs) return null;
    // Two that wait for the same key must not ask in step.
    await new Promise<void>((resolve) => after(waitMs * (0.5 + random()), resolve));
  }
}

function hold(state: State, leaving: Leaving, untilMs: number): Grip & { letGo(): void } {
  const holdings = leaving.keys.map((key) => {
    const holding: Holding = { untilMs, lost: false };
    state.held.set(key, holding);
    return holding;
  });
  state.timer ??= setInterval(() => void renewOnce(state), RENEW_MS).unref();
  return {
    async stillHeld() {
      const { clock } = state.options;
      const holdsFor = (ms: number): boolean =>
        holdings.every((holding) => !holding.lost && clock.now() + ms < holding.untilMs);
      if (!holdsFor(RENEW_MS)) await renewOnce(state);
      return holdsFor(0);
    },
    letGo() {
      for (const key of leaving.keys) state.held.delete(key);
      if (state.held.size === 0) stopRenewing(state);
      state.leaving.push(leaving);
      state.releasing ??= release(state);
    },
  };
}

function stopRenewing(state: State): void {
  if (state.timer !== null) clearInterval(state.timer);
  state.timer = null;
}

function renewOnce(state: State): Promise<void> {
  state.renewing ??= renew(state).finally(() => {
    state.renewing = null;
  });
  return state.renewing;
}

async function renew({ options, held }: State): Promise<void> {
  const { ledger, owner, clock, logger, destination } = options;
  const untilMs = clock.now() + LOCK_MS;
  const holdings = [...held];
  try {
    // Not whatever the owner has in the ledger: what could not be let go has to end.
    const keys = holdings.map(([key]) => key);
    const kept = new Set(await ledger.renewLocks(owner, keys, untilMs));
    for (const [key, holding] of holdings) {
      if (kept.has(key)) holding.untilMs = untilMs;
      else holding.lost = true;
    }
  } catch (error) {
    // The ledger may be back before the locks end; if not, whoever holds them stops.
    logger.warn('locks.not_renewed', { destination, error });
  }
}

/** Those that leave while others are being let go are let go together. */
async function release(state: State): Promise<void> {
  const { ledger, owner, logger, destination } = state.options;
  while (state.leaving.length > 0) {
    const batch = state.leaving.splice(0);
    try {
      await ledger.releaseLocks(
        owner,
        batch.flatMap(({ keys }) => keys),
      );
    } catch (error) {
      // We may take them again all the same; to others they are free when they end.
      logger.warn('locks.not_released', { destination, error });
    }
    for (const { leave } of batch) leave();
  }
  state.releasing = null;
}
