import { createDestination, destinationConfigSchema } from '../../src/destinations/index.ts';
import type { Destination, Fields, RecordKind, RecordWrite } from '../../src/destinations/destination.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';
import { createHttpClient } from '../../src/shared/http-client.ts';
import { createIds } from '../../src/shared/ids.ts';
import { createMemorySecrets } from '../support/build-rest.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createMemorySandboxStore } from '../support/memory-crm.ts';
import { startHubSpot, type HubSpot, type HubSpotOptions } from '../simulators/hubspot/index.ts';
import { startSalesforce, type Salesforce, type SalesforceRecord } from '../simulators/salesforce/index.ts';
import { addKeys, salesforceConfig } from '../support/salesforce-world.ts';
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

/** Calls and tasks are Tasks, told apart by what they hang on in this suite: their keys. */
function recordsOf(salesforce: Salesforce, kind: RecordKind): readonly SalesforceRecord[] {
  if (kind === 'contact') return [...salesforce.records('Contact'), ...salesforce.records('Lead')];
  const isOfKind = ({ fields }: SalesforceRecord): boolean =>
    [fields['Hookline_Call_Id__c'], fields['CallObject']].some(
      (key) => typeof key === 'string' && key.startsWith(kind),
    );
  return salesforce.records('Task').filter((record) => isOfKind(record));
}

const SALESFORCE_NAMES: Readonly<Record<string, string>> = {
  phone: 'Phone',
  email: 'Email',
  note: 'Note__c',
  kept: 'Kept__c',
};
const OUR_NAMES = Object.fromEntries(Object.entries(SALESFORCE_NAMES).map(([ours, theirs]) => [theirs, ours]));

function translate(fields: Fields, names: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));
}

/** Salesforce names fields in its own way: the suite's names stand for them. */
function renamed(destination: Destination): Destination {
  const theirs = (write: RecordWrite): RecordWrite => ({
    ...write,
    fields: translate(write.fields, SALESFORCE_NAMES),
    allFields: translate(write.allFields, SALESFORCE_NAMES),
  });
  for (const kind of ['contact', 'call', 'task'] as const) {
    const fields = ['Note__c', 'Kept__c'];
    destination.willWrite?.(
      kind,
      fields.map((field) => ({ field, knownValues: [], varies: true, where: null })),
    );
  }
  return {
    ...destination,
    write: (write, context) => destination.write(theirs(write), context),
    recover: (write, context) => destination.recover(theirs(write), context),
    async readRecord(kind, id, scope, context) {
      const read = (await destination.readRecord?.(kind, id, scope, context)) ?? { kind: 'gone', reason: 'no way' };
      if (read.kind !== 'ok') return read;
      return { kind: 'ok', value: { ...read.value, fields: translate(read.value.fields, OUR_NAMES) } };
    },
  };
}

async function openSalesforce(more: JsonObject = {}): Promise<DestinationHarness> {
  const clock = createManualClock();
  const salesforce = await startSalesforce();
  const http = createHttpClient({ allowPrivateNetworks: true });
  addKeys(salesforce);
  for (const type of ['Activity', 'Lead', 'Contact'] as const) {
    for (const name of ['Note__c', 'Kept__c']) salesforce.addField(type, { name });
  }
  const destination = renamed(build(salesforceConfig(salesforce, more), clock));
  return {
    destination,
    http,
    isWrite: ({ url }) => url.endsWith('/composite/sobjects'),
    nowMs: () => clock.now(),
    records: async (kind) =>
      recordsOf(salesforce, kind).map(({ id, fields }) => ({ id, fields: translate(fields, OUR_NAMES) })),
    remove: async (_kind, id) => salesforce.remove(id.startsWith('003') ? 'Contact' : 'Lead', id),
    revokeCredentials: () => salesforce.freeze(),
    async close() {
      http.close();
      await salesforce.close();
    },
  };
}

// It names no time to come back: what limits come to is in test/integration/destinations/salesforce-refusals.test.ts.
const SALESFORCE_HAZARDS: readonly Hazard[] = ['deleted', 'credentials'];

describeDestination('salesforce: with our fields', SALESFORCE_HAZARDS, () => openSalesforce());

describeDestination('salesforce: callers become contacts', SALESFORCE_HAZARDS, () =>
  openSalesforce({ create_as: 'Contact' }),
);
