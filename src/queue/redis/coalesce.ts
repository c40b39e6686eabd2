import { setTimeout as pause } from 'node:timers/promises';

/**
 * Wraps work that may be asked for thousands of times a second: it starts at once, and all that ask while it is under
 * way, or within `gapMs` after it, get one more. So a lone request is not delayed and a flood costs a few hundred.
 * `work` must not throw.
 */
export function coalesce(work: () => Promise<void>, gapMs: number): () => void {
  let underWay = false;
  let again = false;
  const workOff = async (): Promise<void> => {
    do {
      again = false;
      await work();
      await pause(gapMs, undefined, { ref: false });
    } while (again);
    underWay = false;
  };
  return () => {
    again = true;
    if (underWay) return;
    underWay = true;
    void workOff();
  };
}
