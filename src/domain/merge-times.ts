import { fromIso, toIso } from '../shared/clock.ts';
import type { ApproximateTime, CallFields } from './call.ts';
import type { RankedEvent } from './order.ts';
import { statements, type Statement } from './stated.ts';

type TimeName = 'started_at' | 'answered_at' | 'ended_at';

/** Rule 3: exact values beat approximate ones, and of those the earliest counts. */
export function startedAt(events: readonly RankedEvent[]): string | null {
  return earliest(exactOrElse(readableTimes(events, 'started_at'), 'started_at'));
}

/** Rule 3: the earliest. */
export function answeredAt(events: readonly RankedEvent[]): string | null {
  return earliest(readableTimes(events, 'answered_at'));
}

/** Rule 3: exact values beat approximate ones, then the most believed. */
export function endedAt(events: readonly RankedEvent[]): string | null {
  return exactOrElse(readableTimes(events, 'ended_at'), 'ended_at').at(-1)?.value ?? null;
}

/** What the durations are worked out from. */
export interface StatedTimes {
  readonly started_at: string | null;
  readonly answered_at: string | null;
  readonly ended_at: string | null;
}

/** Rule 4: the platform's own duration, else the end minus the answer or the start; never negative. */
export function duration(
  events: readonly RankedEvent[],
  times: StatedTimes,
): Pick<CallFields, 'duration_s' | 'duration_source'> {
  const stated = statedDuration(events);
  if (stated !== null) return { duration_s: stated, duration_source: 'provider' };
  const derived = secondsBetween(times.answered_at, times.ended_at) ?? secondsBetween(times.started_at, times.ended_at);
  return { duration_s: derived, duration_source: derived === null ? null : 'derived' };
}

/** The end as stated, else the start plus the stated duration once the call is over (CallScaler sends no end). */
export function endOfCall(events: readonly RankedEvent[], times: StatedTimes): string | null {
  if (times.ended_at !== null) return times.ended_at;
  const seconds = statedDuration(events);
  if (times.started_at === null || seconds === null || !hasEnded(events)) return null;
  return toIso(fromIso(times.started_at) + Math.round(seconds * 1000));
}

function hasEnded(events: readonly RankedEvent[]): boolean {
  return events.some(({ event }) => event.type === 'call.ended' || event.type === 'call.analyzed');
}

function statedDuration(events: readonly RankedEvent[]): number | null {
  return statements(events, 'duration_s').findLast(({ value }) => value >= 0)?.value ?? null;
}

function readableTimes(events: readonly RankedEvent[], name: TimeName): readonly Statement<string>[] {
  return statements(events, name).filter(({ value }) => !Number.isNaN(fromIso(value)));
}

function exactOrElse(found: readonly Statement<string>[], name: ApproximateTime): readonly Statement<string>[] {
  const exact = found.filter(({ from }) => !from.event.approximate.includes(name));
  return exact.length > 0 ? exact : found;
}

function earliest(found: readonly Statement<string>[]): string | null {
  return found.toSorted((left, right) => fromIso(left.value) - fromIso(right.value))[0]?.value ?? null;
}

/** Null when a side is not known or the order is wrong. */
function secondsBetween(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  const seconds = (fromIso(to) - fromIso(from)) / 1000;
  return seconds >= 0 ? seconds : null;
}
