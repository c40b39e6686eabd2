import { startHubSpot, type HubSpot, type HubSpotRecord } from '../../torture/crm/hubspot/index.ts';
import { print, table } from '../output.ts';
import type { DemoCrm } from './crm.ts';
import { printRequests, setUpAll } from './simulated-crm.ts';

const TOKEN = 'pat-demo';

/** HubSpot, simulated on this machine: what it would hold, and what that costs in requests. */
export async function startDemoHubSpot(): Promise<DemoCrm> {
  const hubspot = await startHubSpot({ token: TOKEN });
  return {
    name: 'hubspot',
    title: 'HubSpot',
    person: 'contact',
    config: `{ type: hubspot, base_url: '${hubspot.url}', allow_private_networks: true, access_token: ${TOKEN} }`,
    async prepare(services) {
      await setUpAll(services);
      hubspot.clearRequests();
    },
    count: () =>
      Promise.resolve({
        contact: hubspot.records('contacts').length,
        call: hubspot.records('calls').length,
        task: hubspot.records('tasks').length,
      }),
    print: (calls) => printRecords(hubspot, calls),
    commands: ['check --live', 'setup hubspot'],
    close: () => hubspot.close(),
  };
}

function printRecords(hubspot: HubSpot, calls: number): boolean {
  print('\nWhat HubSpot would hold:\n');
  print(
    table<HubSpotRecord>(
      [
        { title: 'CONTACT', value: ({ id }) => id, cut: 'middle' },
        { title: 'NAME', value: (record) => [text(record, 'firstname'), text(record, 'lastname')].join(' ').trim() },
        { title: 'PHONE', value: (record) => text(record, 'phone') },
        { title: 'LEAD STATUS', value: (record) => text(record, 'hs_lead_status') },
        { title: 'CALLS', value: ({ id }) => String(hubspot.associated('contacts', id, 'calls').length) },
        { title: 'TASKS', value: ({ id }) => String(hubspot.associated('contacts', id, 'tasks').length) },
      ],
      hubspot.records('contacts'),
    ),
  );
  print();
  print(
    table<HubSpotRecord>(
      [
        { title: 'CALL', value: (record) => text(record, 'hs_call_title'), cut: 'end' },
        { title: 'DIRECTION', value: (record) => text(record, 'hs_call_direction') },
        { title: 'STATUS', value: (record) => text(record, 'hs_call_status') },
        { title: 'MS', value: (record) => text(record, 'hs_call_duration') },
        { title: 'BODY', value: (record) => text(record, 'hs_call_body').replaceAll(/<[^>]*>/g, ' '), cut: 'end' },
      ],
      hubspot.records('calls'),
    ),
  );
  printRequests(hubspot.counts(), calls);
  return hubspot.duplicates().length === 0;
}

function text({ properties }: HubSpotRecord, name: string): string {
  return properties[name] ?? '';
}
