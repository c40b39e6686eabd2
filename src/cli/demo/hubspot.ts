import type { DaemonServices } from '../../daemon/services.ts';
import { startHubSpot, type HubSpot, type HubSpotRecord } from '../../torture/crm/hubspot/index.ts';
import { CommandFailure } from '../failure.ts';
import { indent, print, table } from '../output.ts';
import type { DemoCrm } from './crm.ts';

const TOKEN = 'pat-demo';
const SETUP_TIMEOUT_MS = 30_000;

/** HubSpot, simulated on this machine: what it would hold, and what that costs in requests. */
export async function startDemoHubSpot(): Promise<DemoCrm> {
  const hubspot = await startHubSpot({ token: TOKEN });
  return {
    name: 'hubspot',
    config: `{ type: hubspot, base_url: '${hubspot.url}', allow_private_networks: true, access_token: ${TOKEN} }`,
    prepare: (services) => setUp(services, hubspot),
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

/** As an operator does with `hookline setup hubspot`. */
async function setUp({ destinations }: DaemonServices, hubspot: HubSpot): Promise<void> {
  for (const runtime of destinations.runtimes()) {
    const { contextFor } = runtime.openContext({ mode: 'live', signal: AbortSignal.timeout(SETUP_TIMEOUT_MS) });
    const steps = (await runtime.destination.setup?.(contextFor('setup'), { token: null })) ?? [];
    const failed = steps.find(({ outcome }) => outcome !== 'made');
    if (failed !== undefined) throw new CommandFailure(failed.message);
  }
  hubspot.clearRequests();
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
  return printRequests(hubspot, calls);
}

function text({ properties }: HubSpotRecord, name: string): string {
  return properties[name] ?? '';
}

/** Refused requests would count, too. */
function printRequests(hubspot: HubSpot, calls: number): boolean {
  const counts = Object.entries(hubspot.counts()).filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const parts = counts.map(([name, count]) => `${count} ${name}`).join(', ');
  const cost = `${total} requests (${parts}) for ${calls} calls: ${(total / calls).toFixed(1)} per call.`;
  print(`\n${indent(cost, 0)}`);
  print('They came one after the other here; calls that come together share requests.');
  return hubspot.duplicates().length === 0;
}
