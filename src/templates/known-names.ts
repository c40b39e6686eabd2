import type { CallFields } from '../domain/call.ts';
import { nearest } from '../shared/nearest.ts';
import { CALLAB_NAMES } from './callab-names.ts';

/**
 * What may follow a name: `value` nothing but `size`, `first`, `last` and list indexes; `open` any names (data of
 * platforms and agents); else exactly the names listed.
 */
export type Known = 'value' | 'open' | KnownNames;

export interface KnownNames {
  readonly [name: string]: Known;
}

const AGENT = values('id', 'name', 'language');
const CAMPAIGN = values('id', 'name', 'type');
const ATTRIBUTION = values(
  ...(['source', 'medium', 'campaign', 'term', 'content'] as const),
  ...(['gclid', 'fbclid', 'msclkid', 'landing_page', 'referrer'] as const),
);

const CALL_FIELDS: Readonly<Record<keyof CallFields, Known>> = {
  ...values('status', 'status_reason', 'direction', 'channel', 'tags', 'notes', 'analysis_state'),
  ...values('customer_number', 'customer_number_raw', 'business_number', 'from_number', 'to_number'),
  ...values('forwarded_to_number', 'provider_related_ids', 'started_at', 'answered_at', 'ended_at'),
  ...values('duration_s', 'duration_source', 'talk_s', 'recording_url', 'recording_duration_s'),
  ...values('recording_expires_at', 'transcript', 'transcript_truncated', 'summary', 'sentiment', 'score'),
  ...values('category', 'qualified', 'successful', 'cost_minor', 'value_minor', 'currency'),
  transcript_turns: 'open',
  outcomes: 'open',
  outcomes_meta: 'open',
  contact: 'open',
  variables: 'open',
  extra: 'open',
  agent: AGENT,
  campaign: CAMPAIGN,
  attribution: ATTRIBUTION,
};

const NAMES: KnownNames = {
  ...values(...CALLAB_NAMES),
  call: {
    ...values('id', 'hookline_id', 'provider_call_id', 'source', 'platform', 'version'),
    ...values('first_event_at', 'last_event_at', 'event_types'),
    ...CALL_FIELDS,
  },
  contact: 'open',
  outcomes: 'open',
  outcome: 'open',
  variables: 'open',
  extra: 'open',
  agent: AGENT,
  campaign: CAMPAIGN,
  attribution: ATTRIBUTION,
  event: values('type', 'name'),
  source: values('name', 'platform'),
  history: values('total_calls', 'completed_calls', 'first_call_at', 'last_call_at'),
};

/** What every template sees (see `buildScope`), and `more` where more is seen: `id` in the requests of a rest destination. */
export function knownNames(more: KnownNames = {}): KnownNames {
  return { ...NAMES, ...more };
}

/** These exist in some places only; elsewhere they are a mistake, not a dynamic variable of an agent. */
const PLACE_BOUND_NAMES = ['id', 'fields', 'contact_id', 'key'];
/** Names of list and text functions of Liquid. */
const ACCESSORS = new Set(['size', 'first', 'last']);

/**
 * What is wrong with a path such as `['call', 'durtion']`, or null. Where `variables` are known, a single unknown name is
 * taken for one of them (Callab's dynamic variables stand at the top, whatever they are called) unless it looks like a
 * mistyped name of ours; names of up to four letters look like too much to tell.
 */
export function checkName(path: readonly (string | number)[], known: KnownNames): string | null {
  const [root, ...rest] = path.map(String);
  if (root === undefined) return null;
  if (Object.hasOwn(known, root)) return checkParts(root, rest, known[root] ?? 'value');
  const near = nearest(root, Object.keys(known));
  if (PLACE_BOUND_NAMES.includes(root)) return `"${root}" is not known here, only in requests of a rest destination.`;
  if (rest.length > 0 || !Object.hasOwn(known, 'variables')) {
    return unknown([root, ...rest].join('.'), near, Object.keys(known));
  }
  if (near === null || root.length < 5) return null;
  return `${unknown(root, near)} If it is a variable of your agent, write "variables.${root}".`;
}

function checkParts(parent: string, rest: readonly string[], known: Known): string | null {
  const [name, ...further] = rest;
  if (name === undefined || known === 'open') return null;
  if (known === 'value')
    return isAccessor(name) ? null : `"${parent}" has no parts, so "${parent}.${name}" is nothing.`;
  if (Object.hasOwn(known, name)) return checkParts(`${parent}.${name}`, further, known[name] ?? 'value');
  const near = nearest(name, Object.keys(known));
  return unknown(`${parent}.${name}`, near === null ? null : `${parent}.${near}`, Object.keys(known));
}

function isAccessor(name: string): boolean {
  return ACCESSORS.has(name) || /^-?\d+$/.test(name);
}

function unknown(name: string, near: string | null, choice: readonly string[] = []): string {
  if (near !== null) return `Unknown variable "${name}". Did you mean "${near}"?`;
  const known = choice.length > 0 && choice.length <= 12 ? ` Known: ${choice.join(', ')}.` : '';
  return `Unknown variable "${name}".${known}`;
}

function values<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, 'value'>> {
  return Object.fromEntries(names.map((name) => [name, 'value'])) as Record<Name, 'value'>;
}
