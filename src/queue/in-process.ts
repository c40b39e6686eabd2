import type { Clock } from '../shared/clock.ts';
import type { Bell, Queue } from './queue.ts';

/** The longest wait of setTimeout; past it the bell rings early, finds nothing due, and the sweeper plans the rest. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The doorbell of a single process. Rings for one bell are coalesced: many within one turn of the event loop are one,
 * and of those for later only the earliest is kept, because its answer looks at everything due and learns of the rest.
 */
export function createInProcessQueue(clock: Clock): Queue {
  const listeners = new Set<(bell: Bell) => void | Promise<void>>();
  const ringing = new Map<string, Bell>();
  const planned = new Map<string, Plan>();

  function ringNow(bell: Bell): void {
    if (ringing.size === 0) setImmediate(ringAll);
    ringing.set(nameOf(bell), bell);
  }

  function ringAll(): void {
    const bells = [...ringing.values()];
    ringing.clear();
    for (const bell of bells) for (const listener of listeners) void listener(bell);
  }

  return {
    ring(bell, atMs) {
      const waitMs = (atMs ?? 0) - clock.now();
      if (atMs === undefined || waitMs <= 0) ringNow(bell);
      else plan(planned, { name: nameOf(bell), atMs, waitMs, ring: () => ringNow(bell) });
    },
    answer(onBell) {
      listeners.add(onBell);
      return () => void listeners.delete(onBell);
    },
  };
}

interface Plan {
  readonly atMs: number;
  readonly timer: NodeJS.Timeout;
}

interface LaterRing {
  readonly name: string;
  readonly atMs: number;
  readonly waitMs: number;
  readonly ring: () => void;
}

/** Keeps the earliest of the rings planned for one bell. */
function plan(planned: Map<string, Plan>, { name, atMs, waitMs, ring }: LaterRing): void {
  const known = planned.get(name);
  if (known !== undefined && known.atMs <= atMs) return;
  clearTimeout(known?.timer);
  const ringAtLast = (): void => {
    planned.delete(name);
    ring();
  };
  // One more: timers may fire a millisecond early, and then nothing is due yet.
  const timer = setTimeout(ringAtLast, Math.min(waitMs + 1, MAX_TIMEOUT_MS));
  // A bell for later is no reason for a process to stay alive; the ledger remembers.
  timer.unref();
  planned.set(name, { atMs, timer });
}

function nameOf(bell: Bell): string {
  return bell.kind === 'event' ? 'event' : `run ${bell.destination}`;
}
