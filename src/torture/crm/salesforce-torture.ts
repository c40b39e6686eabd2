import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { CrmState } from '../judge/compare.ts';
import { createRandom } from '../random.ts';
import {
  createSalesforceChaos,
  ROW_FAULTS,
  startSalesforce,
  type Salesforce,
  type SalesforceRecord,
} from './salesforce/index.ts';
import type { TortureCrm } from './torture-crm.ts';

/** How long its search index lags: longer than a daemon takes to come back. */
const LAG_MS = 10_000;
const LATENCY_MS = 2;

/** Salesforce, set up, with an index that lags; the default fields, and a few to judge by. */
export async function startSalesforceTorture(): Promise<readonly TortureCrm[]> {
  const salesforce = await startSalesforce({ searchLagMs: LAG_MS });
  addFields(salesforce);
  salesforce.setLatency(LATENCY_MS);
  return [
    {
      name: 'salesforce',
      destination: {
        type: 'salesforce',
        login_url: salesforce.url,
        allow_private_networks: true,
        auth: { flow: 'client_credentials', client_id: salesforce.clientId, client_secret: salesforce.clientSecret },
        timeout: '1s',
      },
      action: ACTION,
      server: salesforce,
      createChaos: createChaosOf(salesforce),
      state: () => readSalesforceState(salesforce),
    },
  ];
}

/** What `setup` makes, and what the judge asks for and Salesforce has no field for: its own times know no milliseconds. */
function addFields(salesforce: Salesforce): void {
  const key = { length: 255, externalId: true, unique: true, caseSensitive: true };
  salesforce.addField('Activity', { name: 'Hookline_Call_Id__c', ...key });
  for (const type of ['Lead', 'Contact'] as const)
    salesforce.addField(type, { name: 'Hookline_Person_Key__c', ...key });
  for (const name of ['Last_Call_Id__c', 'Last_Call_At__c']) salesforce.addField('Lead', { name });
  for (const name of ['Ended_At__c', 'Due__c']) salesforce.addField('Activity', { name });
  salesforce.addField('Activity', { name: 'Duration__c', type: 'double', scale: 1 });
}

/** An org that refuses what it gave a moment ago has a policy, and waits for a person. */
const SESSION_MS = 15_000;

/** Requests fail, and beside them rows: somebody holds a lock, a flow stumbles; sessions end in the middle. */
function createChaosOf(salesforce: Salesforce): TortureCrm['createChaos'] {
  let endedAtMs = -Infinity;
  const endSessions = (): void => {
    if (performance.now() - endedAtMs < SESSION_MS) return;
    endedAtMs = performance.now();
    salesforce.endSessions();
  };
  return (rate, seed) => {
    const chaos = createSalesforceChaos(rate, seed);
    const random = createRandom(seed + 1);
    return (request) => {
      if (random.chance(rate)) endSessions();
      const rowFault = random.pick([ROW_FAULTS.locked, ROW_FAULTS.flow]);
      if (random.chance(rate)) salesforce.failRows({ ...rowFault, times: random.int(1, 3) });
      return chaos(request);
    };
  };
}

const ACTION: JsonObject = {
  contact: {
    match: ['phone'],
    fields: { 'Lead.Last_Call_Id__c': '{{ call.id }}', 'Lead.Last_Call_At__c': '{{ call.ended_at }}' },
    status: {
      rules: [
        { when: 'outcomes.interested == true', set: 'Working - Contacted' },
        { when: 'outcomes.interested == false', set: 'Closed - Not Converted' },
      ],
      default: 'Open - Not Contacted',
    },
  },
  call: { fields: { Ended_At__c: '{{ call.ended_at }}', Duration__c: '{{ call.duration_s }}' } },
  task: {
    when: 'outcomes.next_action',
    subject: '{{ outcomes.next_action }}',
    due: '{{ outcomes.appointment_date }}',
    fields: { Due__c: '{{ task.due }}' },
  },
};

/** The judge's words for what Salesforce holds; nobody is to become a Contact. */
export function readSalesforceState(salesforce: Salesforce): CrmState {
  const tasks = salesforce.records('Task');
  return {
    contacts: [...salesforce.records('Lead'), ...salesforce.records('Contact')].map(readPerson),
    calls: tasks.filter((task) => !isFollowUp(task)).map(readCall),
    tasks: tasks.filter((task) => isFollowUp(task)).map(readTask),
  };
}

/** `<source>/<call id>#<integration>#<step>` */
function isFollowUp({ fields }: SalesforceRecord): boolean {
  return textAt(fields, 'Hookline_Call_Id__c')?.includes('#') === true;
}

const STATUSES: Readonly<Record<string, string>> = {
  'Open - Not Contacted': 'CONTACTED',
  'Working - Contacted': 'OPEN_DEAL',
  'Closed - Not Converted': 'UNQUALIFIED',
};

function readPerson({ id, fields }: SalesforceRecord): JsonObject {
  return {
    id,
    phone: fields['Phone'] ?? null,
    first_name: fields['FirstName'] ?? null,
    last_call_id: fields['Last_Call_Id__c'] ?? null,
    last_call_at: fields['Last_Call_At__c'] ?? null,
    lead_status: STATUSES[textAt(fields, 'Status') ?? ''] ?? null,
  };
}

function readCall({ id, fields }: SalesforceRecord): JsonObject {
  return {
    id,
    call_id: callIdOf(fields),
    status: textAt(fields, 'CallDisposition')?.toLowerCase().replaceAll(' ', '_') ?? null,
    duration_s: fields['Duration__c'] ?? null,
    ended_at: fields['Ended_At__c'] ?? null,
    contact_id: fields['WhoId'] ?? null,
    ...readDescription(textAt(fields, 'Description') ?? ''),
  };
}

function readTask({ id, fields }: SalesforceRecord): JsonObject {
  return {
    id,
    call_id: callIdOf(fields),
    subject: fields['Subject'] ?? null,
    due: fields['Due__c'] ?? null,
    contact_id: fields['WhoId'] ?? null,
  };
}

function callIdOf(fields: SalesforceRecord['fields']): JsonValue {
  return (
    textAt(fields, 'Hookline_Call_Id__c')
      ?.replace(/^[^/]*\//, '')
      .replace(/#.*$/s, '') ?? null
  );
}

/** The three texts of the default Description. */
function readDescription(text: string): JsonObject {
  const [, recording = null, summary = '', transcript = null] =
    /^(?:Recording: (\S+)(?:\n\n|$))?(.*?)(?:(?:\n\n|^)?Transcript:\n(.*))?$/s.exec(text) ?? [];
  return { recording_url: recording, summary: summary.trim() === '' ? null : summary.trim(), transcript };
}

function textAt(fields: SalesforceRecord['fields'], name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}
