import { fromIso } from '../shared/clock.ts';
import { EVENT_RANK, type FoldableEvent } from './event.ts';

/** An event with what the order of belief needs, read once. */
export interface RankedEvent {
  readonly event: FoldableEvent;
  readonly rank: number;
  /** Epoch milliseconds: the platform's own time of the event, else receipt. */
  readonly atMs: number;
}

/**
 * The events, each once, from the least to the most believed: rank, event time, hash of
 * the body. A delivery that came twice counts from its first receipt, so that a repetition cannot make it newer.
 */
export function orderEvents(events: readonly FoldableEvent[]): readonly RankedEvent[] {
  const first = new Map<string, FoldableEvent>();
  for (const event of events) {
    const known = first.get(event.receiptKey);
    if (known === undefined || compareReceipt(event, known) < 0) first.set(event.receiptKey, event);
  }
  return [...first.values()].map(rankEvent).toSorted(compareBelief);
}

/** Events from the oldest to the newest, whatever their rank. */
export function orderByTime(events: readonly RankedEvent[]): readonly RankedEvent[] {
  return events.toSorted((left, right) => left.atMs - right.atMs || compareBelief(left, right));
}

function rankEvent(event: FoldableEvent): RankedEvent {
  const ownMs = event.occurredAt === null ? Number.NaN : fromIso(event.occurredAt);
  return { event, rank: EVENT_RANK[event.type], atMs: Number.isNaN(ownMs) ? fromIso(event.receivedAt) : ownMs };
}

function compareBelief(left: RankedEvent, right: RankedEvent): number {
  return (
    left.rank - right.rank ||
    left.atMs - right.atMs ||
    compareText(left.event.bodyHash, right.event.bodyHash) ||
    // Equal bodies under different headers: any fixed order will do.
    compareText(left.event.receiptKey, right.event.receiptKey)
  );
}

function compareReceipt(left: FoldableEvent, right: FoldableEvent): number {
  return fromIso(left.receivedAt) - fromIso(right.receivedAt) || compareText(left.eventId, right.eventId);
}

/** By code unit: the same order on every machine. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
