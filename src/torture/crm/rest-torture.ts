import type { JsonObject } from '../../domain/json.ts';
import { createChaos } from './chaos.ts';
import { startRestCrm } from './rest-crm.ts';
import type { ConfiguredCrm, TortureCrm } from './torture-crm.ts';

/** `put`: calls are keyed by their URL. `find_or_create`: by a marker that has to be looked up. */
export type CallStrategy = 'put' | 'find_or_create';

export interface RestEntryOptions {
  readonly name: string;
  readonly url: string;
  readonly callStrategy: CallStrategy;
  /** For a whole exchange with the CRM. */
  readonly timeout: string;
  readonly maxInFlight: number;
}

/** Both ways to keep calls apart. */
const CRMS = [
  { name: 'keyed', callStrategy: 'put' },
  { name: 'marked', callStrategy: 'find_or_create' },
] as const;
const LATENCY_MS = 2;

/** Two REST CRMs of the built-in simulator. */
export function startRestTorture(): Promise<readonly TortureCrm[]> {
  return Promise.all(
    CRMS.map(async (crm) => {
      const server = await startRestCrm({ latencyMs: LATENCY_MS });
      const entry = restEntry({ ...crm, url: server.url, timeout: '1s', maxInFlight: 4 });
      return { ...entry, server, createChaos, state: () => server.state() };
    }),
  );
}

/** How a config names such a CRM. */
export function restEntry({ name, url, callStrategy, timeout, maxInFlight }: RestEntryOptions): ConfiguredCrm {
  const destination = {
    type: 'rest',
    base_url: `${url}/api`,
    allow_private_networks: true,
    auth: { type: 'bearer', token: 'rest-token' },
    timeout,
    rate: { max_in_flight: maxInFlight },
    // What an error that comes as a 200 looks like here.
    errors: [{ when: { status: 200, body: 'body.code == "TRY_LATER"' }, do: 'retry' }],
    contact: {
      strategy: 'find_or_create',
      lookup: [{ path: '/contacts', query: { phone: '{{ contact.phone }}' }, records: 'items', phones: 'phone' }],
      create: { path: '/contacts' },
      update: { path: '/contacts/{{ id }}' },
      index_lag: '1ms',
    },
    call: callStrategy === 'put' ? BY_URL : byMarker('calls'),
    task: byMarker('tasks'),
  };
  return { name, destination, action: ACTION };
}

const BY_URL: JsonObject = {
  strategy: 'put',
  put: { path: '/calls/{{ call.id }}', body: { '...': '{{ fields }}', contact_id: '{{ contact_id }}' } },
};

function byMarker(path: string): JsonObject {
  return {
    strategy: 'find_or_create',
    lookup: [{ path: `/${path}`, query: { ref: '{{ key }}' }, records: 'items' }],
    create: { path: `/${path}`, body: { '...': '{{ fields }}', ref: '{{ key }}', contact_id: '{{ contact_id }}' } },
    update: { path: `/${path}/{{ id }}` },
    index_lag: '1ms',
  };
}

const ACTION: JsonObject = {
  contact: {
    match: ['phone'],
    fields: {
      phone: '{{ contact.phone }}',
      first_name: '{{ contact.first_name }}',
      last_call_id: '{{ call.id }}',
      last_call_at: '{{ call.ended_at }}',
    },
    status: {
      field: 'lead_status',
      rules: [
        { when: 'outcomes.interested == true', set: 'OPEN_DEAL' },
        { when: 'outcomes.interested == false', set: 'UNQUALIFIED' },
      ],
      default: 'CONTACTED',
    },
  },
  call: {
    fields: {
      call_id: '{{ call.id }}',
      status: '{{ call.status }}',
      duration_s: '{{ call.duration_s }}',
      ended_at: '{{ call.ended_at }}',
      recording_url: '{{ call.recording_url }}',
      summary: '{{ call.summary }}',
      transcript: '{{ call.transcript }}',
    },
  },
  task: {
    when: 'outcomes.next_action',
    subject: '{{ outcomes.next_action }}',
    due: '{{ outcomes.appointment_date }}',
    fields: { call_id: '{{ call.id }}', subject: '{{ task.subject }}', due: '{{ task.due }}' },
  },
};
