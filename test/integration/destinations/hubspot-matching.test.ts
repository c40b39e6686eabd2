import { expect, test } from '@jest/globals';

import { requestsOf } from '../../simulators/hubspot/index.ts';
import { exampleCall } from '../../support/call.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { openHubSpotWorld, type HubSpotWorld } from '../../support/hubspot-world.ts';

// One person is one contact: whatever he is known by, whoever calls at once, whatever was merged, deleted, lost or restored.

const open = closingAfterEach(openHubSpotWorld);

const PHONE = '+12025550143';

/** A call of Dana's, who is known by what is said. */
const dana = (
  number: number,
  contact: Parameters<typeof exampleCall>[0] & object = {},
): ReturnType<typeof exampleCall> =>
  exampleCall({ id: `call_${number}`, provider_call_id: `c${number}`, contact: { first_name: 'Dana' }, ...contact });

const byPhone = (number: number): ReturnType<typeof exampleCall> => dana(number);
const byExternalId = (number: number): ReturnType<typeof exampleCall> =>
  dana(number, { contact: { first_name: 'Dana', external_id: 'E1' } });
const byEmail = (number: number, email: string): ReturnType<typeof exampleCall> =>
  dana(number, { customer_number: null, from_number: null, contact: { first_name: 'Dana', email } });

async function forgetEverything({ ledger }: HubSpotWorld): Promise<void> {
  for (const { destination, kind, key } of ledger.links.values()) await ledger.removeLink(destination, kind, key);
}

test.each([
  ['first by his number, then by an id of the platform too', byPhone, byExternalId],
  ['first by an id of the platform, then by his number alone', byExternalId, byPhone],
])(
  'the answer to a new contact is lost, the index lags, and the next call knows him otherwise (%s): one contact',
  async (_what, first, second) => {
    const { hubspot, sync } = await open({ hubspot: { searchLagMs: 60_000 } });
    const isUpsert = requestsOf({ operation: 'contacts batch/upsert' });
    hubspot.fail({ fault: { kind: 'commit_then_drop' }, when: isUpsert });
    expect(await sync(first(1))).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
    expect(hubspot.records('contacts')).toHaveLength(1);
    expect(await sync(second(2))).toMatchObject({ kind: 'finished' });
    expect(await sync(first(1))).toMatchObject({ kind: 'finished' });
    expect(hubspot.records('contacts')).toHaveLength(1);
  },
);

test.each([
  ['the same', byPhone],
  ['an id of the platform beside it', byExternalId],
])(
  'the ledger is restored from an old backup, and a person has changed the number in HubSpot: our key finds him by %s',
  async (_what, second) => {
    const world = await open();
    const { hubspot, sync } = world;
    await sync(byPhone(1));
    const [contact] = hubspot.records('contacts');
    hubspot.update('contacts', contact?.id ?? '', { phone: '+12025550199' });
    await forgetEverything(world);
    expect(await sync(second(2))).toMatchObject({ kind: 'finished' });
    expect(hubspot.records('contacts').map(({ id }) => id)).toEqual([contact?.id]);
  },
);

test('the id that a platform was given by HubSpot comes before everything else', async () => {
  const { hubspot, sync } = await open({ destination: { external_id_property: 'hs_object_id' } });
  const meant = hubspot.create('contacts', { firstname: 'Dana', lastname: 'R.' });
  hubspot.create('contacts', { firstname: 'Dana', phone: PHONE });
  await sync(dana(1, { contact: { first_name: 'Dana', external_id: meant } }));
  expect(hubspot.records('contacts')).toHaveLength(2);
  const [call] = hubspot.records('calls');
  expect(hubspot.associated('calls', call?.id ?? '', 'contacts')).toEqual([meant]);
});

test.each([
  ['newest', 1],
  ['oldest', 0],
])('several contacts carry the number: the %s of them', async (which, index) => {
  const { hubspot, sync, advance } = await open({ action: { contact: { on_many_matches: which } } });
  const ids = [hubspot.create('contacts', { firstname: 'One', phone: PHONE })];
  advance(60_000);
  ids.push(hubspot.create('contacts', { firstname: 'Two', mobilephone: PHONE }));
  await sync(byPhone(1));
  const [call] = hubspot.records('calls');
  expect(hubspot.associated('calls', call?.id ?? '', 'contacts')).toEqual([ids[index]]);
});

test('the ledger is lost: the same calls again double nothing', async () => {
  const world = await open({ action: { task: { subject: 'Call back' } } });
  const { hubspot, sync } = world;
  await sync(byExternalId(1));
  await sync(byPhone(2));
  await forgetEverything(world);
  await sync(byPhone(2));
  await sync(byExternalId(1));
  expect(hubspot.records('contacts')).toHaveLength(1);
  expect(hubspot.records('calls')).toHaveLength(2);
  expect(hubspot.records('tasks')).toHaveLength(2);
});

test.each([
  ['nobody is to be made', { contact: { on_no_match: 'skip' } }],
  ['the address is not to be written', { contact: { fields: { email: null } } }],
])('a second address of a contact is an address, also where %s', async (_what, action) => {
  const { hubspot, sync } = await open({ action });
  const known = hubspot.create('contacts', {
    email: 'dana@home.example',
    hs_additional_emails: 'dana.old@example.com;dana.reed@example.com',
    firstname: 'Dana',
  });
  await sync(byEmail(1, 'dana.reed@example.com'));
  expect(hubspot.records('contacts').map(({ id }) => id)).toEqual([known]);
  const [call] = hubspot.records('calls');
  expect(hubspot.associated('calls', call?.id ?? '', 'contacts')).toEqual([known]);
});

test('whoever turns out to be there when he was to be made keeps what people wrote of him', async () => {
  const { hubspot, sync } = await open();
  const known = hubspot.create('contacts', {
    email: 'dana@home.example',
    hs_additional_emails: 'dana.reed@example.com',
    firstname: 'Daniela',
    company: 'Her own',
    hs_lead_status: 'UNQUALIFIED',
  });
  expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(hubspot.record('contacts', known)?.properties).toMatchObject({
    email: 'dana@home.example',
    firstname: 'Daniela',
    company: 'Her own',
    phone: PHONE,
    hs_lead_status: 'OPEN',
  });
});

test('without unique properties: the answer to a new contact with an id of the platform is lost, and his number finds him', async () => {
  const { hubspot, sync, advance } = await open({ isSetUp: false, hubspot: { searchLagMs: 5_000 } });
  hubspot.fail({ fault: { kind: 'commit_then_drop' }, when: requestsOf({ operation: 'contacts create' }) });
  expect(await sync(byExternalId(1))).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
  expect(await sync(byExternalId(1))).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
  advance(120_000);
  expect(await sync(byExternalId(1))).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('contacts')).toHaveLength(1);
});

test('an address that only looks like the second one of somebody is not his', async () => {
  const { hubspot, sync } = await open({ action: { contact: { on_no_match: 'skip' } } });
  hubspot.create('contacts', { email: 'd@home.example', hs_additional_emails: 'old.dana.reed@example.com' });
  await sync(byEmail(1, 'dana.reed@example.com'));
  expect(hubspot.records('calls')).toHaveLength(0);
});

test('many calls of one new caller at once, in two processes that know nothing of each other: one contact', async () => {
  const first = await open({ hubspot: { searchLagMs: 60_000, raceWindowMs: 200 } });
  const calls = Array.from({ length: 6 }, (_, number) => byPhone(number));
  const syncs = (): Promise<unknown>[] =>
    calls.map((call, number) => (number % 2 === 0 ? first.sync(call) : first.syncElsewhere(call)));
  await Promise.all(syncs());
  first.advance(60_000);
  for (const result of await Promise.all(syncs())) expect(result).toMatchObject({ kind: 'finished' });
  expect(first.hubspot.records('contacts')).toHaveLength(1);
  expect(first.hubspot.records('calls')).toHaveLength(6);
});

test.each([
  ['and its id leads to the one that is left', { mergedIdsRedirect: true }],
  ['and its id leads nowhere', { mergedIdsRedirect: false }],
  ['under the id of the one it was merged into', { mergeKeepsId: true }],
])(
  'a contact was merged %s: later calls, and changes of earlier ones, go to the one contact',
  async (_how, hubspotOptions) => {
    const { hubspot, sync } = await open({ hubspot: hubspotOptions });
    await sync(byPhone(1));
    const ours = hubspot.records('contacts')[0]?.id ?? '';
    hubspot.mergeContacts(hubspot.create('contacts', { firstname: 'Dana', email: 'dana@home.example' }), ours);
    expect(await sync({ ...byPhone(1), version: 2, outcomes: { interested: false } })).toMatchObject({
      kind: 'finished',
    });
    expect(await sync(byPhone(2))).toMatchObject({ kind: 'finished' });
    const [left] = hubspot.records('contacts');
    expect(hubspot.records('contacts')).toHaveLength(1);
    expect(hubspot.records('calls').map(({ id }) => hubspot.associated('calls', id, 'contacts'))).toEqual([
      [left?.id],
      [left?.id],
    ]);
    expect(left?.properties['phone']).toBe(PHONE);
  },
);

test('a contact was deleted for good, and its record still holds our key: one new contact', async () => {
  const { hubspot, sync } = await open({ hubspot: { archivedHoldsUnique: true } });
  await sync(byPhone(1));
  hubspot.archive('contacts', hubspot.records('contacts')[0]?.id ?? '');
  expect(await sync(byPhone(2))).toMatchObject({ kind: 'finished' });
  expect(await sync(byPhone(3))).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('contacts')).toHaveLength(1);
});
