import type { Clock } from '../../src/shared/clock.ts';
import { waitUntil } from './wait-until.ts';

interface Alarm {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that stands until it is told to go on; alarms go off as it passes them. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** Runs something when the clock gets there; returns what cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Resolves when an alarm is set that goes off in so many milliseconds. */
  hasAlarm(delayMs: number): Promise<void>;
}

export function createManualClock(startMs = Date.UTC(2026, 10, 20, 12)): ManualClock {
  let nowMs = startMs;
  let alarms: readonly Alarm[] = [];
  return {
    now: () => nowMs,
    after(delayMs, run) {
      const alarm = { atMs: nowMs + delayMs, run };
      alarms = [...alarms, alarm];
      return () => {
        alarms = alarms.filter((other) => other !== alarm);
      };
    },
    async hasAlarm(delayMs) {
      const isSet = (): boolean => alarms.some(({ atMs }) => atMs === nowMs + delayMs);
      await waitUntil(isSet, { what: `an alarm in ${delayMs} ms`, everyMs: 2 });
    },
    advance(ms) {
      nowMs += ms;
      const due = alarms.filter(({ atMs }) => atMs <= nowMs).toSorted((left, right) => left.atMs - right.atMs);
      alarms = alarms.filter((alarm) => !due.includes(alarm));
      for (const { run } of due) run();
    },
  };
}
