import { createHash } from 'node:crypto';

import type { Call } from '../domain/call.ts';
import type { FoldableEvent } from '../domain/event.ts';
import type { JsonValue } from '../domain/json.ts';
import { mergeCall } from '../domain/merge.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CallStory, Ledger, PersonHistory, RequestRecord } from '../ledger/ledger.ts';
import type { HeaderLines } from '../platforms/platform.ts';
import { readBody } from '../platforms/read-body.ts';
import { fromIso, toIso, type Clock } from '../shared/clock.ts';
import { createScope } from './call-scope.ts';
import { toCall } from './fold-call.ts';
import { toFoldable, type FoldSource } from './foldable-event.ts';
import type { Integration } from './integration.ts';
import { matchIntegration } from './match.ts';
import { settle } from './settle.ts';

export interface PreviewDependencies {
  readonly ledger: Pick<Ledger, 'listCalls' | 'callStory' | 'personHistory'>;
  readonly integrations: readonly Integration[];
  readonly clock: Clock;
}

/** A delivery that has not happened. */
export interface PreviewInput {
  readonly source: FoldSource;
  readonly platform: string;
  readonly body: Buffer;
  readonly contentType: string | null;
  readonly headers: HeaderLines;
  readonly signal: AbortSignal;
}

/** What one step would do; for `sync`, `result` is a `SyncReport`. */
export interface PreviewedStep {
  readonly kind: string;
  readonly destination: string;
  /** How the attempt would end here; null when the step would finish. */
  readonly outcome: Outcome | null;
  readonly result: JsonValue;
  readonly requests: readonly RequestRecord[];
}

export type PreviewedIntegration =
  | { readonly kind: 'unmatched'; readonly integration: string; readonly reason: string }
  | {
      readonly kind: 'matched';
      readonly integration: string;
      readonly trigger: string;
      /** ISO 8601: it would wait for analysed data until then; null: it would start at once. */
      readonly waitsUntil: string | null;
      readonly steps: readonly PreviewedStep[];
    };

export type Preview =
  /** Kept, but part of no call: nothing would be written. */
  | { readonly kind: 'no_call'; readonly event: FoldableEvent; readonly reason: string }
  | {
      readonly kind: 'call';
      readonly event: FoldableEvent;
      /** The call as it would become. */
      readonly call: Call;
      /** Events of this call that are in the ledger already. */
      readonly knownEvents: number;
      /** Id of the event that this would be a repetition of; null when it would be new. */
      readonly duplicateOf: string | null;
      readonly integrations: readonly PreviewedIntegration[];
    };

/** What a delivery would change, record by record. Reads the ledger and the destinations, writes nothing anywhere. */
export async function previewEvent(dependencies: PreviewDependencies, input: PreviewInput): Promise<Preview> {
  const event = readEvent(dependencies, input);
  const place = findPlace(event);
  if (place.kind === 'no_call') return { kind: 'no_call', event, reason: place.reason };
  const story = await findStory(dependencies, input.source.name, place.callId);
  const stored = story?.events ?? [];
  const events = [...stored.map((known) => toFoldable(known, input.source)), event];
  const call = foldPreview(input, { callId: place.callId, call: story?.call ?? null, events });
  const integrations: PreviewedIntegration[] = [];
  for (const integration of dependencies.integrations) {
    integrations.push(
      await previewIntegration(dependencies, { input, integration, call, events, isNew: story === null }),
    );
  }
  const duplicateOf = stored.find(({ receiptKey }) => receiptKey === event.receiptKey)?.id ?? null;
  return { kind: 'call', event, call, knownEvents: stored.length, duplicateOf, integrations };
}

interface KnownCall {
  readonly callId: string;
  readonly call: Call | null;
  readonly events: readonly FoldableEvent[];
}

function foldPreview({ source, platform }: PreviewInput, { callId, call, events }: KnownCall): Call {
  const merged = mergeCall(events, source.ownNumbers);
  return toCall({ source: source.name, platform, providerCallId: callId, call }, merged);
}

function readEvent({ clock }: PreviewDependencies, input: PreviewInput): FoldableEvent {
  const receivedAtMs = clock.now();
  const bodyHash = createHash('sha256').update(input.body).digest('hex');
  const context = { headers: input.headers, receivedAtMs, bodyHash };
  const parsed = input.source.adapter.parse(readBody(input.body, input.contentType), context);
  return { ...parsed, eventId: 'evt_preview', receivedAt: toIso(receivedAtMs), bodyHash };
}

type Place = { readonly kind: 'call'; readonly callId: string } | { readonly kind: 'no_call'; readonly reason: string };

function findPlace(event: FoldableEvent): Place {
  const noCall = (reason: string): Place => ({ kind: 'no_call', reason });
  if (event.type === 'source.test') return noCall('It is a test of the platform, not a call.');
  if (event.type === 'unknown') {
    return noCall(`Its type is not known (${event.providerEvent ?? 'the body names none'}): kept, but not synced.`);
  }
  if (event.callId === null) return noCall('It names no call: kept, but not synced.');
  if (event.orphan) {
    return noCall(
      'It carries an id of its own: it joins a call of the last 15 minutes that has the same words, or waits.',
    );
  }
  return { kind: 'call', callId: event.callId };
}

/** Ids of two platforms may be equal, so the source decides. */
async function findStory(
  { ledger }: PreviewDependencies,
  source: string,
  providerCallId: string,
): Promise<CallStory | null> {
  const page = await ledger.listCalls({ source, search: providerCallId, limit: 100 });
  const row = page.rows.find(({ call }) => call.source === source && call.provider_call_id === providerCallId);
  return row === undefined ? null : ledger.callStory(row.call.id);
}

interface IntegrationInput {
  readonly input: PreviewInput;
  readonly integration: Integration;
  readonly call: Call;
  readonly events: readonly FoldableEvent[];
  /** The ledger does not count this call yet. */
  readonly isNew: boolean;
}

async function previewIntegration(
  dependencies: PreviewDependencies,
  previewed: IntegrationInput,
): Promise<PreviewedIntegration> {
  const { integration, call, events } = previewed;
  const candidate = { source: call.source, eventTypes: call.event_types, scope: createScope(call, null) };
  const match = matchIntegration(integration, candidate);
  const { name } = integration;
  if (match.kind === 'unmatched') return { kind: 'unmatched', integration: name, reason: match.reason };
  const received = events.map(({ type, receivedAt }) => ({ type, receivedAtMs: fromIso(receivedAt) }));
  const start = settle({ analysisState: call.analysis_state, events: received }, integration.settleMs);
  const isWaiting = start.state === 'waiting' && start.dueAtMs > dependencies.clock.now();
  return {
    kind: 'matched',
    integration: name,
    trigger: match.trigger,
    waitsUntil: isWaiting ? toIso(start.dueAtMs) : null,
    steps: await previewSteps(dependencies, previewed),
  };
}

async function previewSteps(
  { ledger }: PreviewDependencies,
  { input, integration, call, isNew }: IntegrationInput,
): Promise<readonly PreviewedStep[]> {
  const history = call.customer_number === null ? null : await ledger.personHistory(call.customer_number);
  const scope = createScope(call, history !== null && isNew ? counting(history, call) : history);
  const callKey = `${call.source}/${call.provider_call_id}`;
  const steps: PreviewedStep[] = [];
  for (const [step, action] of integration.actions.entries()) {
    const common = { call, callKey, scope, integration: integration.name, step };
    const stillHeld = (): Promise<boolean> => Promise.resolve(true);
    const result = await action.run({
      ...common,
      force: false,
      mode: 'preview',
      signal: input.signal,
      urgency: 'first',
      stillHeld,
    });
    const { kind, destination } = action;
    const outcome = result.kind === 'stopped' ? result.outcome : null;
    steps.push({ kind, destination, outcome, result: result.result, requests: result.requests });
    if (outcome !== null) break;
  }
  return steps;
}

/** The history as it will be with this call in it. */
function counting(history: PersonHistory, call: Call): PersonHistory {
  const at = call.started_at ?? call.first_event_at;
  const times = [at, history.first_call_at, history.last_call_at].filter((time) => time !== null).toSorted();
  return {
    total_calls: history.total_calls + 1,
    completed_calls: history.completed_calls + (call.status === 'completed' ? 1 : 0),
    first_call_at: times[0] ?? at,
    last_call_at: times.at(-1) ?? at,
  };
}
