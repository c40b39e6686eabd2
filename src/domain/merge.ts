import { toIso } from '../shared/clock.ts';
import type { CallFields } from './call.ts';
import type { EventType, FoldableEvent } from './event.ts';
import { EVENT_RANK } from './event.ts';
import type { JsonObject } from './json.ts';
import { mergedEntity, mergedNamespaces, mergedObject, relatedIds } from './merge-objects.ts';
import { identify } from './merge-parties.ts';
import { analysisState, status, statusReason } from './merge-status.ts';
import { recording, transcript } from './merge-texts.ts';
import { answeredAt, duration, endedAt, endOfCall, startedAt } from './merge-times.ts';
import { orderEvents, type RankedEvent } from './order.ts';
import { mostBelieved, type FactName } from './stated.ts';

/** What all events of one call come to. */
export interface MergedCall {
  readonly fields: CallFields;
  /** Event times (the platform's own, else receipt), ISO 8601 UTC with milliseconds. */
  readonly firstEventAt: string;
  readonly lastEventAt: string;
  /** Canonical types seen, by rank. */
  readonly eventTypes: readonly EventType[];
}

/**
 * Folds the events of one call into the call (reference/providers.md 3.5). A pure function of the set of events: any
 * order and any repetition give the same result. `ownNumbers` (E.164) are never taken for the customer's.
 * `source.test` and `unknown` events contribute nothing. Throws without events: a call has at least one.
 */
export function mergeCall(events: readonly FoldableEvent[], ownNumbers: readonly string[] = []): MergedCall {
  if (events.length === 0) throw new Error('A call without events cannot be merged.');
  const ordered = orderEvents(events);
  const believed = ordered.filter(({ rank }) => rank > 0);
  const times = (believed.length > 0 ? believed : ordered).map(({ atMs }) => atMs);
  return {
    fields: mergeFields(believed, ownNumbers),
    firstEventAt: toIso(Math.min(...times)),
    lastEventAt: toIso(Math.max(...times)),
    eventTypes: typesByRank(believed),
  };
}

function mergeFields(events: readonly RankedEvent[], ownNumbers: readonly string[]): CallFields {
  const { conflicts, ...identity } = identify(events, ownNumbers);
  const statedTimes = {
    started_at: startedAt(events),
    answered_at: answeredAt(events),
    ended_at: endedAt(events),
  };
  return {
    ...plainFields(events),
    ...objectFields(events, conflicts),
    ...identity,
    ...statedTimes,
    ended_at: endOfCall(events, statedTimes),
    ...duration(events, statedTimes),
    ...recording(events),
    ...transcript(events),
    status: status(events),
    status_reason: statusReason(events),
    analysis_state: analysisState(events),
    provider_related_ids: relatedIds(events),
    tags: mostBelieved(events, 'tags') ?? [],
  };
}

/** Fields without a rule of their own: the most believed value. */
const PLAIN_FIELDS = [
  // Not an identity fact: a call that is transferred twice was forwarded to the last number.
  'forwarded_to_number',
  'talk_s',
  'recording_duration_s',
  'summary',
  'sentiment',
  'score',
  'category',
  'qualified',
  'successful',
  'cost_minor',
  'value_minor',
  'currency',
  'notes',
] as const satisfies readonly FactName[];

type PlainFields = Pick<CallFields, (typeof PLAIN_FIELDS)[number]>;

function plainFields(events: readonly RankedEvent[]): PlainFields {
  return Object.fromEntries(PLAIN_FIELDS.map((name) => [name, mostBelieved(events, name)])) as unknown as PlainFields;
}

type ObjectFields = Pick<
  CallFields,
  'outcomes' | 'outcomes_meta' | 'variables' | 'attribution' | 'contact' | 'agent' | 'campaign' | 'extra'
>;

function objectFields(events: readonly RankedEvent[], conflicts: JsonObject): ObjectFields {
  const extra = mergedNamespaces(events);
  return {
    outcomes: mergedObject(events, 'outcomes'),
    outcomes_meta: mergedObject(events, 'outcomes_meta'),
    variables: mergedObject(events, 'variables'),
    attribution: mergedObject(events, 'attribution'),
    contact: mergedObject(events, 'contact'),
    agent: mergedEntity(events, 'agent'),
    campaign: mergedEntity(events, 'campaign'),
    extra: Object.keys(conflicts).length > 0 ? { ...extra, conflicts } : extra,
  };
}

function typesByRank(events: readonly RankedEvent[]): readonly EventType[] {
  const types = [...new Set(events.map(({ event }) => event.type))];
  // The name decides between recording_ready and transcript_ready, which share a rank.
  return types.toSorted((left, right) => EVENT_RANK[left] - EVENT_RANK[right] || (left < right ? -1 : 1));
}
