import type { Call } from '../domain/call.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { callabValues } from './callab-names.ts';

export interface ScopeInput {
  readonly call: Call;
  /** The event that asked for the run; without it the highest ranked type the call has seen. */
  readonly event?: { readonly type: string; readonly name: string | null };
  /** The operator's name of the source. */
  readonly sourceName: string;
  /** Numbers about this person, from the ledger; null where they are not known (a `when` is checked without). */
  readonly history: Readonly<Record<string, JsonValue>> | null;
}

/**
 * What templates see (design.md section 5): `call`, `contact`, `outcomes` (also `outcome`), `agent`, `campaign`,
 * `attribution`, `variables`, `extra`, `event`, `source`, `history`, Callab's names, and the agent's dynamic variables
 * under their own names where those are free.
 */
export function buildScope({ call, event, sourceName, history }: ScopeInput): JsonObject {
  return {
    ...call.variables,
    ...callabValues(call),
    // The ledger's `id` is ours; in templates `call.id` is the platform's.
    call: { ...(call as unknown as JsonObject), id: call.provider_call_id, hookline_id: call.id },
    contact: contactOf(call),
    outcomes: call.outcomes,
    outcome: call.outcomes,
    agent: call.agent,
    campaign: call.campaign,
    attribution: call.attribution,
    variables: call.variables,
    extra: call.extra,
    event: event === undefined ? { type: call.event_types.at(-1) ?? null, name: null } : { ...event },
    source: { name: sourceName, platform: call.platform },
    history: { ...history },
  };
}

function contactOf(call: Call): JsonObject {
  const { first_name: first, last_name: last, name } = call.contact;
  const fullName = [first, last].filter((part) => typeof part === 'string').join(' ');
  return {
    ...call.contact,
    id: call.contact['id'] ?? call.contact.external_id ?? call.contact.provider_id ?? null,
    name: name ?? (fullName === '' ? null : fullName),
    // Only a number that is known to be one: what the platform calls `phone` may be anything.
    phone: call.customer_number,
  };
}
