import type { Clock } from '../../src/shared/clock.ts';
import type { After } from '../../src/sync/budget.ts';

export interface ManualTime {
  readonly clock: Clock;
  readonly after: After;
  /** Moves the clock, ringing every alarm on its way at its own time. */
  advance(ms: number): Promise<void>;
}

/** A clock and alarms that move only when told to. */
export function createManualTime(startMs: number): ManualTime {
  let nowMs = startMs;
  const alarms = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const next = (untilMs: number): { readonly atMs: number; readonly run: () => void } | undefined =>
    [...alarms].filter(({ atMs }) => atMs <= untilMs).toSorted((left, right) => left.atMs - right.atMs)[0];
  return {
    clock: { now: () => nowMs },
    after(delayMs, run) {
      const alarm = { atMs: nowMs + delayMs, run };
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
    async advance(ms) {
      // What was begun before has its time first.
      await settle();
      const untilMs = nowMs + ms;
      for (let alarm = next(untilMs); alarm !== undefined; alarm = next(untilMs)) {
        alarms.delete(alarm);
        nowMs = Math.max(nowMs, alarm.atMs);
        alarm.run();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}

/** Lets everything that is ready to go on do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
