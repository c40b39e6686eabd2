import { createDestination, destinationConfigSchema } from '../../src/destinations/index.ts';
import type { Destination, RecordKind } from '../../src/destinations/destination.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';
import { createHttpClient } from '../../src/shared/http-client.ts';
import { createIds } from '../../src/shared/ids.ts';
import { createMemorySecrets } from '../support/build-rest.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createMemorySandboxStore } from '../support/memory-crm.ts';
import { startHubSpot, type HubSpot, type HubSpotOptions } from '../simulators/hubspot/index.ts';
import { startRestCrm, type RestCrm } from '../../src/torture/crm/rest-crm.ts';
import { describeDestination, type DestinationHarness, type Hazard } from './destination-suite.ts';

function build(config: JsonObject, clock: ManualClock, sandboxStore = createMemorySandboxStore()): Destination {
  const issues: ConfigIssue[] = [];
  const destination = createDestination({
    name: 'crm',
    config: destinationConfigSchema.parse(config),
    dependencies: {
      clock,
      ids: createIds(clock),
      sandboxStore,
      secrets: createMemorySecrets(),
    },
    issues,
    path: ['destinations', 'crm'],
  });
  if (issues.length > 0) throw new Error(JSON.stringify(issues, null, 1));
  return destination;
}

describeDestination('sandbox', [], async (): Promise<DestinationHarness> => {
  const clock = createManualClock();
  const store = createMemorySandboxStore();
  const destination = build({ type: 'sandbox' }, clock, store);
  if (destination.transport === undefined) throw new Error('the sandbox answers its own requests');
  return {
    destination,
    http: destination.transport,
    nowMs: () => clock.now(),
    records: async (kind) => (await store.listRecords('crm', kind, 100)).toReversed(),
    close: () => Promise.resolve(),
  };
});

const TABLES: Readonly<Record<RecordKind, 'contacts' | 'calls' | 'tasks'>> = {
  contact: 'contacts',
  call: 'calls',
  task: 'tasks',
  // A REST CRM is asked for none.
  note: 'tasks',
};

function byReference(table: string): JsonObject {
  return {
    strategy: 'find_or_create',
    lookup: [{ path: `/${table}`, query: { ref: '{{ key }}' }, records: 'items' }],
    create: { path: `/${table}`, body: { '...': '{{ fields }}', ref: '{{ key }}', contact_id: '{{ contact_id }}' } },
    update: { path: `/${table}/{{ id }}` },
  };
}

const CONTACT_LOOKUPS = [
  { path: '/contacts', query: { phone: '{{ contact.phone }}' }, records: 'items', phones: 'phone' },
  { path: '/contacts', query: { email: '{{ contact.email }}' }, records: 'items' },
];
const ALL_HAZARDS = ['deleted', 'conflict', 'rate_limit', 'credentials'] as const;
const READ = { path: '/contacts/{{ id }}' };

async function openRest(
  contact: JsonObject,
  call: JsonObject,
  unique: readonly string[] = [],
): Promise<DestinationHarness & { crm: RestCrm }> {
  const clock = createManualClock();
  const crm = await startRestCrm({ uniqueContactFields: unique });
  const http = createHttpClient({ allowPrivateNetworks: true });
  const destination = build(
    {
      type: 'rest',
      base_url: `${crm.url}/api`,
      allow_private_networks: true,
      auth: { type: 'bearer', token: 'rest-token' },
      check: { path: '/contacts', query: { limit: 1 } },
      contact,
      call,
      task: byReference('tasks'),
    },
    clock,
  );
  return {
    crm,
    destination,
    http,
    nowMs: () => clock.now(),
    records: async (kind) => crm[TABLES[kind]].all(),
    remove: async (kind, id) => void crm[TABLES[kind]].remove(id),
    limitNext: (seconds) =>
      crm.fail({
        fault: {
          kind: 'answer',
          answer: { status: 429, body: 'slow down', headers: { 'Retry-After': String(seconds) } },
        },
      }),
    revokeCredentials: () => crm.setToken('another'),
    async close() {
      http.close();
      await crm.close();
    },
  };
}

describeDestination('rest: find_or_create, put', ['deleted', 'rate_limit', 'credentials'], () => {
  const contact = byReference('contacts');
  return openRest(
    { ...contact, lookup: [...CONTACT_LOOKUPS, ...(contact['lookup'] as JsonObject[])], read: READ },
    {
      strategy: 'put',
      put: { path: '/calls/{{ key }}', body: { '...': '{{ fields }}', contact_id: '{{ contact_id }}' } },
    },
  );
});

describeDestination('rest: create, conflict tells who it is', ALL_HAZARDS, async () => {
  const harness = await openRest(
    {
      strategy: 'create',
      lookup: CONTACT_LOOKUPS,
      create: { path: '/contacts' },
      update: { path: '/contacts/{{ id }}' },
      conflict: { id: 'existing.id' },
      read: READ,
    },
    byReference('calls'),
    ['phone'],
  );
  return { ...harness, conflicting: async (phone) => harness.crm.contacts.insert({ phone }).id };
});

describeDestination('rest: create, conflict is looked up', ALL_HAZARDS, async () => {
  const harness = await openRest(
    {
      strategy: 'create',
      lookup: CONTACT_LOOKUPS,
      create: { path: '/contacts' },
      update: { path: '/contacts/{{ id }}' },
    },
    byReference('calls'),
    ['phone'],
  );
  return { ...harness, conflicting: async (phone) => harness.crm.contacts.insert({ phone }).id };
});

const OBJECTS = { contact: 'contacts', call: 'calls', task: 'tasks', note: 'notes' } as const;

async function openHubSpot(options: Partial<HubSpotOptions> = {}): Promise<DestinationHarness & { hubspot: HubSpot }> {
  const clock = createManualClock();
  const hubspot = await startHubSpot({ retryAfterOn429: true, ...options });
  const http = createHttpClient({ allowPrivateNetworks: true });
  for (const type of Object.values(OBJECTS)) {
    hubspot.addProperty(type, { name: 'note' });
    hubspot.addProperty(type, { name: 'kept' });
    const name = type === 'contacts' ? 'hookline_person_key' : 'hookline_call_id';
    hubspot.addProperty(type, { name, hasUniqueValue: true });
  }
  const config = { type: 'hubspot', base_url: hubspot.url, access_token: hubspot.token, allow_private_networks: true };
  const destination = build(config, clock);
  const mapped = ['note', 'kept'].map((field) => ({ field, knownValues: [], varies: true, where: null }));
  for (const kind of destination.kinds) destination.willWrite?.(kind, mapped);
  return {
    hubspot,
    destination,
    http,
    nowMs: () => clock.now(),
    records: async (kind) => hubspot.records(OBJECTS[kind]).map(({ id, properties }) => ({ id, fields: properties })),
    remove: async (kind, id) => hubspot.archive(OBJECTS[kind], id),
    limitNext: (seconds) =>
      hubspot.fail({
        fault: {
          kind: 'answer',
          answer: { status: 429, body: { policyName: 'SECONDLY' }, headers: { 'Retry-After': String(seconds) } },
        },
      }),
    revokeCredentials: () => hubspot.endToken(hubspot.token),
    async close() {
      http.close();
      await hubspot.close();
    },
  };
}

const HUBSPOT_HAZARDS: readonly Hazard[] = ['deleted', 'rate_limit', 'credentials'];

describeDestination('hubspot: with unique properties', HUBSPOT_HAZARDS, () => openHubSpot());

describeDestination('hubspot: 2026-09, no trace ids in answers, merged ids lead on', HUBSPOT_HAZARDS, () =>
  openHubSpot({ echoesTraceIds: false, mergedIdsRedirect: true, findsSecondaryEmail: true }),
);
