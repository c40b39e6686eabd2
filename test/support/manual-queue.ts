import type { Bell, Queue } from '../../src/queue/queue.ts';
import type { ManualClock } from './manual-clock.ts';

/** A queue on a manual clock: bells for later ring when the clock gets there. */
export function createManualQueue(clock: ManualClock): Queue {
  const listeners = new Set<(bell: Bell) => void | Promise<void>>();
  const ringNow = (bell: Bell): void => listeners.forEach((listener) => void listener(bell));
  return {
    ring(bell, atMs = clock.now()) {
      if (atMs <= clock.now()) ringNow(bell);
      else clock.after(atMs - clock.now(), () => ringNow(bell));
    },
    answer(onBell) {
      listeners.add(onBell);
      return () => listeners.delete(onBell);
    },
  };
}
