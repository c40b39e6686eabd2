import type { CallStatus } from '../domain/call.ts';
import { EVENT_RANK, type EventType } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';
import { isFinal } from '../domain/merge-status.ts';
import type { Integration } from './integration.ts';

/** What matching looks at. */
export interface Candidate {
  readonly source: string;
  /** Types of all events of the call, sorted by rank. */
  readonly eventTypes: readonly string[];
  /** What a `when` sees; without `history`. */
  readonly scope: JsonObject;
}

export type Match =
  | { readonly kind: 'matched'; readonly trigger: EventType }
  /** `reason` completes a sentence that begins with the integration's name. */
  | { readonly kind: 'unmatched'; readonly reason: string };

/** Whether the integration wants this call. Pure. */
export function matchIntegration(integration: Integration, candidate: Candidate): Match {
  if (!integration.enabled) return { kind: 'unmatched', reason: 'is disabled' };
  if (integration.sources !== null && !integration.sources.has(candidate.source)) {
    return { kind: 'unmatched', reason: `does not listen to source ${candidate.source}` };
  }
  const trigger = highestRanked(integration.triggers.filter((type) => hasHappened(type, candidate)));
  if (trigger === null) {
    const seen = candidate.eventTypes.join(', ');
    return { kind: 'unmatched', reason: `waits for ${integration.triggers.join(' or ')}; so far: ${seen}` };
  }
  return checkCondition(integration, candidate.scope) ?? { kind: 'matched', trigger };
}

/**
 * Whether the call came so far. CallScaler that waits for its AI, and Callab set to send outcomes only, never send a plain
 * end: what comes after the end of a call that has a final status says that it ended, too.
 */
function hasHappened(type: EventType, { eventTypes, scope }: Candidate): boolean {
  if (eventTypes.includes(type)) return true;
  if (type !== 'call.ended' || !eventTypes.some((seen) => EVENT_RANK[seen as EventType] > EVENT_RANK[type]))
    return false;
  const call = scope['call'] as { readonly status?: CallStatus } | undefined;
  return call?.status !== undefined && isFinal(call.status);
}

function checkCondition({ when }: Integration, scope: JsonObject): Match | null {
  if (when === null) return null;
  try {
    return when.evaluate(scope) ? null : { kind: 'unmatched', reason: `when is false: ${when.source}` };
  } catch (error) {
    // A condition that fails on this call's data (render limit, wrong kind of value) must not stop the fold of others.
    return {
      kind: 'unmatched',
      reason: `when failed: ${when.source}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function highestRanked(types: readonly EventType[]): EventType | null {
  return types.toSorted((left, right) => EVENT_RANK[right] - EVENT_RANK[left])[0] ?? null;
}
