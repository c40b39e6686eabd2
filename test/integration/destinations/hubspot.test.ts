import { expect, test } from '@jest/globals';

import { FAULTS, requestsOf } from '../../simulators/hubspot/index.ts';
import { exampleCall } from '../../support/call.ts';
import { caller, fieldsOf } from '../../support/callers.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { openHubSpotWorld } from '../../support/hubspot-world.ts';

const open = closingAfterEach(openHubSpotWorld);

test('- sync: hubspot alone: the contact, its status, and the call on its timeline', async () => {
  const { hubspot, sync } = await open();
  expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
  const [contact] = hubspot.records('contacts');
  expect(contact?.properties).toMatchObject({
    phone: '+12025550143',
    email: 'dana.reed@example.com',
    firstname: 'Dana',
    lastname: 'Reed',
    company: 'Northwind Example',
    hs_lead_status: 'OPEN',
  });
  const [call] = hubspot.records('calls');
  expect(call?.properties).toMatchObject({
    hs_call_title: 'Sales Agent: completed',
    hs_call_direction: 'INBOUND',
    hs_call_duration: '182000',
    hs_call_status: 'COMPLETED',
    hs_call_disposition: 'f240bbac-87c9-4f6e-bf70-924b57d47db7',
    hs_call_from_number: '+12025550143',
    hs_call_recording_url: 'https://media.example.com/callab/call_5b81e2.mp3',
    hookline_call_id: 'callab/call_5b81e2',
  });
  expect(call?.properties['hs_call_body']).toContain('product demo');
  expect(hubspot.associated('calls', call?.id ?? '', 'contacts')).toEqual([contact?.id]);
});

test('nothing changed costs no request, a grown call one', async () => {
  const { hubspot, sync } = await open();
  await sync(exampleCall());
  hubspot.clearRequests();
  expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(hubspot.requests).toHaveLength(0);
  await sync(exampleCall({ version: 2, summary: 'Another summary.' }));
  expect(hubspot.requests.map(({ path }) => path)).toEqual(['/crm/objects/2026-03/calls/batch/update']);
});

test.each([{ hs_lead_status: 'NEW' }, { phone: '(202) 555-0143', firstname: 'D.' }])(
  'nothing changed costs no request, also where what people wrote was left alone: %j',
  async (properties) => {
    const { hubspot, sync } = await open();
    hubspot.create('contacts', { firstname: 'Dana', phone: '+12025550143', ...properties });
    const call = exampleCall({ contact: { first_name: 'Dana' }, outcomes: {} });
    await sync(call);
    hubspot.clearRequests();
    expect(await sync(call)).toMatchObject({ kind: 'finished' });
    expect(hubspot.requests).toHaveLength(0);
  },
);

test('a hundred callers at once share their requests, and each attempt keeps its own rows', async () => {
  const { hubspot, sync } = await open();
  const results = await Promise.all(Array.from({ length: 100 }, (_, number) => sync(caller(number))));
  expect(results.every((result) => result?.kind === 'finished')).toBe(true);
  expect(hubspot.records('contacts')).toHaveLength(100);
  expect(hubspot.records('calls')).toHaveLength(100);
  expect(hubspot.counts()).toMatchObject({ search: 1, write: 2, association: 1 });
  const last = results.at(-1)?.requests ?? [];
  expect(last.map(({ operation }) => operation)).toEqual(['find', 'write_contact', 'write_call', 'write_call']);
  for (const { requestBody, responseBody } of last) {
    const kept = `${requestBody}${responseBody}`;
    expect(kept).toContain('rows_in_this_request');
    expect(kept).not.toContain('+12025561000');
  }
});

test('a preview tells what would be left out', async () => {
  const { sync } = await open({ action: { contact: { fields: { favourite: 'blue' } } } });
  const result = await sync(caller(1), { mode: 'preview' });
  expect(fieldsOf(result, 'contact')['favourite']).toContain('dropped: HubSpot has no property');
});

test('what refuses a whole request is kept with everybody who took part, in HubSpot’s words', async () => {
  const { hubspot, sync } = await open();
  await sync(caller(0));
  hubspot.fail({ fault: FAULTS.limited('SECONDLY'), when: requestsOf({ operation: 'contacts batch/upsert' }) });
  const results = await Promise.all([1, 2].map((number) => sync(caller(number))));
  for (const result of results) expect(result?.requests.at(-1)?.responseBody).toContain('secondly limit');
});

test('one bad row fails alone, whether HubSpot names it or refuses them all', async () => {
  const { hubspot, sync } = await open({ action: { contact: { fields: { email: '{{ contact.email }}' } } } });
  const calls = [1, 2, 3, 4].map((number) =>
    caller(number, { contact: { first_name: 'Dana', ...(number === 3 ? { email: 'no address at all' } : {}) } }),
  );
  const results = await Promise.all(calls.map((call) => sync(call)));
  expect(results.map((result) => result?.kind)).toEqual(['finished', 'finished', 'finished', 'finished']);
  expect(fieldsOf(results[2] ?? null, 'contact')['email']).toContain('dropped');
  expect(hubspot.records('contacts')).toHaveLength(4);
});

test('a property the account has lost, or never had, is left out loudly, and the rest is written', async () => {
  const { hubspot, sync } = await open({ action: { contact: { fields: { plan: 'gold', favourite: 'blue' } } } });
  hubspot.addProperty('contacts', { name: 'plan' });
  await sync(caller(1));
  expect(hubspot.records('contacts')[0]?.properties['plan']).toBe('gold');
  hubspot.removeProperty('contacts', 'plan');
  const result = await sync(caller(2));
  expect(fieldsOf(result, 'contact')).toMatchObject({
    plan: expect.stringContaining('dropped: HubSpot refused it'),
    favourite: expect.stringContaining('dropped: HubSpot has no property "favourite"'),
    firstname: 'write',
  });
  expect(hubspot.records('contacts')).toHaveLength(2);
});

test('an address that belongs to another contact makes nobody twice', async () => {
  const { hubspot, sync } = await open();
  const known = hubspot.create('contacts', { email: 'dana.reed@example.com', firstname: 'Dana' });
  expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('contacts').map(({ id }) => id)).toEqual([known]);
  expect(hubspot.record('contacts', known)?.properties['phone']).toBe('+12025550143');
});

test('a second address that only HubSpot knows leads to its contact', async () => {
  const { hubspot, sync } = await open();
  const known = hubspot.create('contacts', {
    email: 'dana@home.example',
    hs_additional_emails: 'dana.reed@example.com',
    firstname: 'Dana',
  });
  expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('contacts').map(({ id }) => id)).toEqual([known]);
});

test('a person who is known by a number as typed by hand is found; the same digits of another country are not', async () => {
  const { hubspot, sync } = await open();
  const known = hubspot.create('contacts', { phone: '(202) 555-0143', firstname: 'D.' });
  hubspot.create('contacts', { phone: '+44 2025550143', firstname: 'Other' });
  await sync(exampleCall({ contact: {} }));
  expect(hubspot.records('contacts')).toHaveLength(2);
  const [call] = hubspot.records('calls');
  expect(hubspot.associated('calls', call?.id ?? '', 'contacts')).toEqual([known]);
  expect(hubspot.record('contacts', known)?.properties).toMatchObject({ phone: '(202) 555-0143', firstname: 'D.' });
});

test.each([
  ['archived', false],
  ['merged, the survivor under a new id', true],
])('a contact that was %s: the next call belongs to the one contact there is', async (_how, isMerged) => {
  const { hubspot, sync } = await open();
  await sync(caller(1, { customer_number: '+12025550143' }));
  const first = hubspot.records('contacts')[0]?.id ?? '';
  if (isMerged) hubspot.mergeContacts(hubspot.create('contacts', { firstname: 'Dana', lastname: 'R.' }), first);
  else hubspot.archive('contacts', first);
  expect(await sync(caller(2, { customer_number: '+12025550143' }))).toMatchObject({ kind: 'finished' });
  const contacts = hubspot.records('contacts');
  expect(contacts).toHaveLength(1);
  const call = hubspot.holder('calls', 'hookline_call_id', 'callab/c2');
  expect(hubspot.associated('calls', call?.id ?? '', 'contacts')).toEqual([contacts[0]?.id]);
});

test('OAuth: a token that ends on the way is renewed once, and the refresh token rotates', async () => {
  const oauth = { client_id: 'client-id', client_secret: 'client-secret', refresh_token: 'refresh-0' };
  const { hubspot, sync } = await open({ hubspot: { rotatesRefreshTokens: true }, destination: { oauth } });
  expect(await sync(caller(1))).toMatchObject({ kind: 'finished' });
  hubspot.endAccessTokens();
  const results = await Promise.all([2, 3, 4].map((number) => sync(caller(number))));
  const again = await Promise.all([2, 3, 4].map((number) => sync(caller(number))));
  expect(
    [...results, ...again].map((result) => result?.kind === 'finished' || result?.outcome.kind === 'retry'),
  ).not.toContain(false);
  expect(again.map((result) => result?.kind)).toEqual(['finished', 'finished', 'finished']);
  expect(hubspot.counts().oauth).toBe(2);
});

test('a missing scope holds the destination and names the scope', async () => {
  const { hubspot, sync } = await open({ destination: { access_token: 'reader' } });
  const reader = {
    token: 'reader',
    kind: 'service_key',
    scopes: ['crm.objects.contacts.read'],
    expiresAtMs: null,
  } as const;
  hubspot.addToken(reader);
  expect(await sync(caller(1))).toMatchObject({
    kind: 'stopped',
    outcome: { kind: 'held', hint: expect.stringContaining('crm.objects.contacts.write') },
  });
});

test('the daily quota is used up: held until midnight of the account', async () => {
  const { hubspot, sync } = await open();
  await sync(caller(1));
  hubspot.fail({ fault: FAULTS.limited('DAILY') });
  const result = await sync(caller(2));
  expect(result).toMatchObject({ kind: 'stopped', outcome: { kind: 'held' } });
  const untilMs = result?.kind === 'stopped' && 'untilMs' in result.outcome ? (result.outcome.untilMs ?? 0) : 0;
  const midnight = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/New_York',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  expect(midnight.format(untilMs)).toBe('00');
});

test('without unique properties: one by one, and a lost answer makes no second record', async () => {
  const { hubspot, sync, advance } = await open({ isSetUp: false, hubspot: { searchLagMs: 5_000 } });
  hubspot.fail({ fault: { kind: 'commit_then_drop' }, when: ({ path }) => path === '/crm/objects/2026-03/contacts' });
  expect(await sync(caller(1))).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
  expect(await sync(caller(1))).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
  advance(120_000);
  hubspot.fail({ fault: { kind: 'commit_then_drop' }, when: ({ path }) => path === '/crm/objects/2026-03/calls' });
  expect(await sync(caller(1))).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
  advance(120_000);
  expect(await sync(caller(1))).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('contacts')).toHaveLength(1);
  expect(hubspot.records('calls')).toHaveLength(1);
});

test('a recording that HubSpot turns out not to take stands in the body as a link, and stays there', async () => {
  const { hubspot, sync } = await open({ hubspot: { allowsRecordingQuery: false } });
  const signed = 'https://media.example.com/a.mp3?signature=1';
  for (const version of [1, 2]) {
    const result = await sync(caller(1, { version, recording_url: signed, summary: `Summary ${version}.` }));
    expect(fieldsOf(result, 'call')['hs_call_recording_url']).toMatch(
      /^dropped: HubSpot refused it: .*; the link stands in hs_call_body$/,
    );
    const [call] = hubspot.records('calls');
    expect(call?.properties['hs_call_recording_url']).toBeUndefined();
    expect(call?.properties['hs_call_body']).toMatch(
      new RegExp(`^<p>Recording: <a href="https://media.example.com/a.mp3.signature=1">.*<p>Summary ${version}.</p>`),
    );
  }
});

test('HubSpot answers an update under another id (the record was merged), and echoes no trace ids', async () => {
  const { hubspot, sync } = await open({ hubspot: { mergedIdsRedirect: true, echoesTraceIds: false } });
  const at = (number: number): ReturnType<typeof exampleCall> =>
    caller(number, { customer_number: '+12025550143', ended_at: `2026-11-20T12:0${number}:00Z` });
  await sync(at(1));
  const ours = hubspot.records('contacts')[0]?.id ?? '';
  hubspot.mergeContacts(hubspot.create('contacts', { firstname: 'Dana', email: 'dana@home.example' }), ours);
  expect(await sync({ ...at(2), outcomes: { interested: false } })).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('contacts')).toHaveLength(1);
});

test('a stage only moves forward', async () => {
  const { hubspot, sync } = await open({ action: { contact: { fields: { lifecyclestage: '{{ outcomes.stage }}' } } } });
  const at = (stage: string, number: number): ReturnType<typeof exampleCall> =>
    caller(number, { customer_number: '+12025550143', outcomes: { stage }, ended_at: `2026-11-20T12:0${number}:00Z` });
  await sync(at('opportunity', 1));
  const back = await sync(at('lead', 2));
  expect(fieldsOf(back, 'contact')['lifecyclestage']).toContain('dropped: the contact is at "opportunity" already');
  expect(hubspot.records('contacts')[0]?.properties['lifecyclestage']).toBe('opportunity');
  await sync(at('customer', 3));
  expect(hubspot.records('contacts')[0]?.properties['lifecyclestage']).toBe('customer');
});

test('a preview writes nothing and shares no request', async () => {
  const { hubspot, sync } = await open();
  const result = await sync(exampleCall(), { mode: 'preview' });
  expect(result).toMatchObject({ kind: 'finished' });
  expect(hubspot.counts().write).toBe(0);
  expect(hubspot.records('contacts')).toHaveLength(0);
  expect(result?.requests.filter(({ effect }) => effect === 'write').map(({ error }) => error)).toEqual(
    expect.arrayContaining(['not sent: preview']),
  );
});

test('a run that is interrupted leaves its request, which goes on for the others', async () => {
  const { hubspot, sync } = await open();
  const interrupted = new AbortController();
  hubspot.setLatency(100);
  const first = sync(caller(1), { signal: interrupted.signal });
  const second = sync(caller(2));
  interrupted.abort();
  expect(await first).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
  expect(await second).toMatchObject({ kind: 'finished' });
  expect(await sync(caller(1))).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('calls')).toHaveLength(2);
});

test('a batch whose answer is lost: everybody looks again, nobody is doubled', async () => {
  const { hubspot, sync, advance } = await open();
  hubspot.fail({ fault: { kind: 'commit_then_drop' }, when: requestsOf({ operation: 'contacts batch/upsert' }) });
  const lost = await Promise.all([1, 2, 3].map((number) => sync(caller(number))));
  expect(lost.map((result) => result?.kind)).toEqual(['stopped', 'stopped', 'stopped']);
  advance(1_000);
  const again = await Promise.all([1, 2, 3].map((number) => sync(caller(number))));
  expect(again.map((result) => result?.kind)).toEqual(['finished', 'finished', 'finished']);
  expect(hubspot.records('contacts')).toHaveLength(3);
  expect(hubspot.duplicates()).toEqual([]);
});
