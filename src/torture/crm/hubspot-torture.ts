import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { CrmState } from '../judge/compare.ts';
import { createHubSpotChaos, startHubSpot, type HubSpot, type HubSpotRecord } from './hubspot/index.ts';
import type { TortureCrm } from './torture-crm.ts';

/** How long its search index lags: longer than a daemon takes to come back. */
const LAG_MS = 5_000;
const LATENCY_MS = 2;

/** HubSpot, set up, with the limits of a paying account and an index that lags; the default fields, and a few to judge by. */
export async function startHubSpotTorture(): Promise<readonly TortureCrm[]> {
  const hubspot = await startHubSpot({ burst: 190, searchLagMs: LAG_MS });
  addProperties(hubspot);
  hubspot.setLatency(LATENCY_MS);
  return [
    {
      name: 'hubspot',
      destination: {
        type: 'hubspot',
        base_url: hubspot.url,
        allow_private_networks: true,
        access_token: hubspot.token,
        timeout: '1s',
      },
      action: ACTION,
      server: hubspot,
      createChaos: createHubSpotChaos,
      state: () => readHubSpotState(hubspot),
    },
  ];
}

/** What `setup` makes, and what the judge asks for and HubSpot has no property for. */
function addProperties(hubspot: HubSpot): void {
  hubspot.addProperty('contacts', { name: 'hookline_person_key', hasUniqueValue: true });
  for (const type of ['calls', 'tasks', 'notes'] as const)
    hubspot.addProperty(type, { name: 'hookline_call_id', hasUniqueValue: true });
  for (const name of ['last_call_id', 'last_call_at']) hubspot.addProperty('contacts', { name });
  hubspot.addProperty('calls', { name: 'ended_at' });
  hubspot.addProperty('tasks', { name: 'due' });
}

const ACTION: JsonObject = {
  contact: {
    match: ['phone'],
    fields: { last_call_id: '{{ call.id }}', last_call_at: '{{ call.ended_at }}' },
    status: {
      rules: [
        { when: 'outcomes.interested == true', set: 'OPEN_DEAL' },
        { when: 'outcomes.interested == false', set: 'UNQUALIFIED' },
      ],
      default: 'CONNECTED',
    },
  },
  call: { fields: { ended_at: '{{ call.ended_at }}' } },
  task: {
    when: 'outcomes.next_action',
    subject: '{{ outcomes.next_action }}',
    due: '{{ outcomes.appointment_date }}',
    fields: { due: '{{ task.due }}' },
  },
};

/** The judge's words for what HubSpot holds. */
export function readHubSpotState(hubspot: HubSpot): CrmState {
  const attached = (type: 'calls' | 'tasks', { id }: HubSpotRecord): JsonObject => ({
    contact_id: hubspot.associated(type, id, 'contacts').join(' and '),
  });
  return {
    contacts: hubspot.records('contacts').map(readContact),
    calls: hubspot.records('calls').map((call) => ({ ...readCall(call), ...attached('calls', call) })),
    tasks: hubspot.records('tasks').map((task) => ({ ...readTask(task), ...attached('tasks', task) })),
  };
}

function readContact({ id, properties }: HubSpotRecord): JsonObject {
  const { phone = null, firstname = null, last_call_id = null, last_call_at = null, hs_lead_status } = properties;
  return {
    id,
    phone,
    // The number stands in for a name that nobody told.
    first_name: firstname === phone ? null : firstname,
    last_call_id,
    last_call_at,
    lead_status: hs_lead_status === 'CONNECTED' ? 'CONTACTED' : (hs_lead_status ?? null),
  };
}

function readCall({ id, properties }: HubSpotRecord): JsonObject {
  const { hs_call_duration, hs_call_status, hs_call_recording_url = null, ended_at = null } = properties;
  return {
    id,
    call_id: callIdOf(properties),
    status: hs_call_status?.toLowerCase() ?? null,
    duration_s: hs_call_duration === undefined ? null : Number(hs_call_duration) / 1000,
    ended_at,
    recording_url: hs_call_recording_url,
    ...readBody(properties['hs_call_body'] ?? ''),
  };
}

function readTask({ id, properties }: HubSpotRecord): JsonObject {
  const { hs_task_subject = null, due = null } = properties;
  return { id, call_id: callIdOf(properties), subject: hs_task_subject, due };
}

/** `<source>/<call id>#<integration>#<step>` */
function callIdOf({ hookline_call_id: key }: HubSpotRecord['properties']): JsonValue {
  return key === undefined ? null : key.replace(/^[^/]*\//, '').replace(/#.*$/s, '');
}

const TRANSCRIPT = '<p><strong>Transcript</strong><br>';

/** The two texts of the default body, as they were before they became HTML. */
function readBody(body: string): JsonObject {
  const at = body.indexOf(TRANSCRIPT);
  const summary = at < 0 ? body : body.slice(0, at);
  return { summary: readText(summary), transcript: at < 0 ? null : readText(body.slice(at + TRANSCRIPT.length)) };
}

function readText(html: string): string | null {
  const text = html.replaceAll(/<br ?\/?>\n?/g, '\n').replaceAll(/<[^>]*>/g, '');
  return text === '' ? null : text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
