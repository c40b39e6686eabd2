import type { Clock } from '../shared/clock.ts';
import type { Bell, Queue } from './queue.ts';

/** setTimeout runs longer waits at once; past this the bell rings early, finds nothing due, and the sweeper sees to the rest. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

interface FutureRing {
  readonly atMs: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * The doorbell of a single process. Rings for one bell are coalesced: many within one turn of the event loop are one,
 * and of those for later only the earliest is kept, because its answer looks at everything due and learns of the rest.
 */
export function createInProcessQueue(clock: Clock): Queue {
  const listeners = new Set<(bell: Bell) => void>();
  const ringing = new Map<string, Bell>();
  const later = new Map<string, FutureRing>();

  function ringNow(bell: Bell): void {
    if (ringing.size === 0) setImmediate(ringAll);
    ringing.set(nameOf(bell), bell);
  }

  function ringAll(): void {
    const bells = [...ringing.values()];
    ringing.clear();
    for (const bell of bells) for (const listener of listeners) listener(bell);
  }

  function ringLater(bell: Bell, atMs: number): void {
    const name = nameOf(bell);
    const planned = later.get(name);
    if (planned !== undefined && planned.atMs <= atMs) return;
    clearTimeout(planned?.timer);
    const ring = (): void => {
      later.delete(name);
      ringNow(bell);
    };
    const timer = setTimeout(ring, Math.min(atMs - clock.now(), MAX_TIMEOUT_MS));
    // A bell for later is no reason for a process to stay alive; the ledger remembers.
    timer.unref();
    later.set(name, { atMs, timer });
  }

  return {
    ring(bell, atMs) {
      if (atMs === undefined || atMs <= clock.now()) ringNow(bell);
      else ringLater(bell, atMs);
    },
    answer(onBell) {
      listeners.add(onBell);
      return () => void listeners.delete(onBell);
    },
  };
}

function nameOf(bell: Bell): string {
  return bell.kind === 'event' ? 'event' : `run ${bell.destination}`;
}
