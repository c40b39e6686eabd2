import type { Call } from '../domain/call.ts';
import { identityEmail } from '../domain/identity-text.ts';
import { chooseCallForOrphan } from '../domain/join.ts';
import { mergeCall, type MergedCall } from '../domain/merge.ts';
import type { CallEvents, Fold, Folded, Join } from '../ledger/ledger.ts';
import { createScope } from './call-scope.ts';
import { toFoldable, type FoldSource } from './foldable-event.ts';
import type { Integration } from './integration.ts';
import { matchIntegration } from './match.ts';
import { settle, type Settling } from './settle.ts';

export interface FoldDependencies {
  readonly sources: ReadonlyMap<string, FoldSource>;
  readonly integrations: readonly Integration[];
}

/**
 * Creates the fold: all events of a call → merged call → the runs it asks for. Pure. Throws when a source is not
 * configured any more or an adapter fails: the ledger keeps such events pending, with the reason, and tries again later.
 */
export function createFold({ sources, integrations }: FoldDependencies): Fold {
  return (input) => foldCall(input, findSource(sources, input.source), integrations);
}

/** Creates the join: which call an analysis under a foreign id belongs to, if that is certain enough. Pure, throws alike. */
export function createJoin({ sources }: Pick<FoldDependencies, 'sources'>): Join {
  return ({ event, candidates }) => {
    const source = findSource(sources, event.source);
    const calls = candidates.map(({ providerCallId, events }) => ({
      providerCallId,
      events: events.map((stored) => toFoldable(stored, source)),
    }));
    return chooseCallForOrphan(toFoldable(event, source), calls);
  };
}

function findSource(sources: FoldDependencies['sources'], name: string): FoldSource {
  const source = sources.get(name);
  if (source === undefined) throw new Error(`There is no source "${name}" in the configuration.`);
  return source;
}

function foldCall(input: CallEvents, source: FoldSource, integrations: readonly Integration[]): Folded {
  const events = input.events.map((event) => toFoldable(event, source));
  const merged = mergeCall(events, source.ownNumbers);
  const call = toCall(input, merged);
  const candidate = { source: source.name, eventTypes: merged.eventTypes, scope: createScope(call, null) };
  const matches = integrations.map((integration) => ({ integration, match: matchIntegration(integration, candidate) }));
  const settling = {
    analysisState: call.analysis_state,
    events: events.map(({ type }, index) => ({ type, receivedAtMs: input.events[index]?.receivedAtMs ?? 0 })),
  };
  return {
    ...merged,
    personKey: personKey(call),
    runs: matches.flatMap(({ integration, match }) =>
      match.kind === 'unmatched' ? [] : [wantedRun(integration, match.trigger, settling)],
    ),
    unmatched: matches.flatMap(({ integration, match }) =>
      match.kind === 'unmatched' ? [`${integration.name}: ${match.reason}`] : [],
    ),
  };
}

function wantedRun(integration: Integration, trigger: string, settling: Settling): Folded['runs'][number] {
  const { name, actions, hash, settleMs } = integration;
  const [first] = actions;
  if (first === undefined) throw new Error(`Integration "${name}" has no action; the schema allows none without.`);
  return {
    integration: name,
    destination: first.destination,
    ...settle(settling, settleMs),
    configHash: hash,
    trigger,
  };
}

/** The call as it will be; the ledger gives id and version when it writes it. */
export function toCall(input: Omit<CallEvents, 'events' | 'runs'>, merged: MergedCall): Call {
  return {
    ...merged.fields,
    id: input.call?.id ?? 'call_new',
    source: input.source,
    platform: input.platform,
    provider_call_id: input.providerCallId,
    version: (input.call?.version ?? 0) + 1,
    first_event_at: merged.firstEventAt,
    last_event_at: merged.lastEventAt,
    event_types: merged.eventTypes,
  };
}

/** Calls of one person must not be synced side by side: each would look for the contact, miss it, and create one. */
function personKey(call: Call): string {
  if (call.customer_number !== null) return `phone:${call.customer_number}`;
  const email = identityEmail(call.contact.email);
  return email === null ? `call:${call.source}/${call.provider_call_id}` : `email:${email}`;
}
