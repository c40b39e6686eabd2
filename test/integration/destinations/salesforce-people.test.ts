import { expect, test } from '@jest/globals';

import { exampleCall } from '../../support/call.ts';
import { caller } from '../../support/callers.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { openSalesforceWorld, type SalesforceWorld } from '../../support/salesforce-world.ts';

const open = closingAfterEach(openSalesforceWorld);

const LEAD = { LastName: 'Reed', Company: 'Northwind' };
const PHONE = '+12025550143';
/** Known by the number alone. */
const byPhone = (rest: Parameters<typeof exampleCall>[0] = {}): ReturnType<typeof exampleCall> =>
  exampleCall({ contact: {}, ...rest });

test.each([
  PHONE,
  '12025550143',
  '2025550143',
  '(202) 555-0143',
  '202-555-0143',
  '202.555.0143',
  '202 555 0143',
  '+1 202 555 0143',
  '+1 (202) 555-0143',
  '1-202-555-0143',
  '+1.202.555.0143',
  '(202)555-0143',
])('a contact whose number was typed as %s is found', async (typed) => {
  const { salesforce, sync } = await open();
  const id = salesforce.create('Contact', { LastName: 'Reed', MobilePhone: typed });
  expect(await sync(byPhone())).toMatchObject({ kind: 'finished' });
  expect(salesforce.records('Lead')).toEqual([]);
  expect(salesforce.tasksOf(id)).toHaveLength(1);
  expect(salesforce.record('Contact', id)?.fields).toMatchObject({ LastName: 'Reed', MobilePhone: typed });
});

test('the same digits of another country are somebody else', async () => {
  const { salesforce, sync } = await open();
  salesforce.create('Contact', { LastName: 'Other', Phone: '+44 2025550143' });
  await sync(byPhone());
  expect(salesforce.records('Lead')).toHaveLength(1);
});

test('a number without a country is one of the record’s, of the config’s, or of the org’s', async () => {
  const { salesforce, sync } = await open({ destination: { default_country: 'DE' } });
  const berlin = salesforce.create('Contact', { LastName: 'Blum', Phone: '030 901820' });
  await sync(byPhone({ customer_number: '+4930901820' }));
  expect(salesforce.tasksOf(berlin)).toHaveLength(1);
});

test('a contact goes before a lead, a lead before an account; the operator may say otherwise', async () => {
  const everywhere = async (destination = {}): Promise<SalesforceWorld & Record<'contact' | 'lead', string>> => {
    const world = await open({ destination });
    world.salesforce.create('Account', { Name: 'Northwind', Phone: PHONE });
    const lead = world.salesforce.create('Lead', { ...LEAD, Phone: PHONE });
    const contact = world.salesforce.create('Contact', { LastName: 'Reed', Phone: PHONE });
    await world.sync(byPhone());
    return { ...world, contact, lead };
  };
  const first = await everywhere();
  expect(first.salesforce.tasksOf(first.contact)).toHaveLength(1);
  const second = await everywhere({ match_objects: ['Lead', 'Contact'] });
  expect(second.salesforce.tasksOf(second.lead)).toHaveLength(1);
});

test('a company whose number it is gets the call, and no lead is made', async () => {
  const { salesforce, sync } = await open();
  const id = salesforce.create('Account', { Name: 'Northwind', Phone: '(202) 555-0143' });
  expect(await sync(byPhone())).toMatchObject({ kind: 'finished' });
  expect(salesforce.records('Lead')).toEqual([]);
  expect(salesforce.records('Task')[0]?.fields).toMatchObject({ WhatId: id });
  expect(salesforce.records('Task')[0]?.fields['WhoId'] ?? null).toBeNull();
});

test('a converted lead is followed to its contact, found by search or by link', async () => {
  const { salesforce, sync } = await open();
  await sync(byPhone());
  const [lead] = salesforce.records('Lead');
  const { contactId } = salesforce.convertLead(lead?.id ?? '');
  // Known by the lead alone, as where the contact was given another number.
  salesforce.update('Contact', contactId, { Phone: '+12025550199', MobilePhone: null });
  expect(await sync(byPhone({ provider_call_id: 'another' }))).toMatchObject({ kind: 'finished' });
  expect(await sync(byPhone({ version: 2, summary: 'More.' }))).toMatchObject({ kind: 'finished' });
  expect(salesforce.tasksOf(contactId)).toHaveLength(2);
  expect(salesforce.records('Lead').filter(({ fields }) => fields['IsConverted'] !== true)).toEqual([]);
  expect(salesforce.duplicates()).toEqual([]);
});

test.each(['deleted', 'merged'])('a lead that was %s is looked for again', async (how) => {
  const { salesforce, sync } = await open();
  await sync(byPhone());
  const [lead] = salesforce.records('Lead');
  if (how === 'deleted') salesforce.remove('Lead', lead?.id ?? '');
  else salesforce.mergeInto('Lead', salesforce.create('Lead', { ...LEAD, Phone: PHONE }), lead?.id ?? '');
  expect(await sync(byPhone({ provider_call_id: 'another' }))).toMatchObject({ kind: 'finished' });
  const [now] = salesforce.records('Lead');
  expect(salesforce.records('Lead')).toHaveLength(1);
  expect(now?.id).not.toBe(lead?.id);
  expect(salesforce.tasksOf(now?.id ?? '').length).toBeGreaterThan(0);
});

test('a Task that somebody deleted is made again with the next version of the call', async () => {
  const { salesforce, sync } = await open();
  await sync(byPhone());
  salesforce.remove('Task', salesforce.records('Task')[0]?.id ?? '');
  expect(await sync(byPhone({ version: 2, summary: 'More.' }))).toMatchObject({ kind: 'finished' });
  expect(salesforce.records('Task')).toHaveLength(1);
  expect(salesforce.records('Task')[0]?.fields['Description']).toContain('More.');
});

test('by e-mail, in whatever case it was typed', async () => {
  const { salesforce, sync } = await open();
  const id = salesforce.create('Contact', { LastName: 'Reed', Email: 'Dana.Reed@Example.com' });
  await sync(exampleCall());
  expect(salesforce.tasksOf(id)).toHaveLength(1);
  expect(salesforce.record('Contact', id)?.fields).toMatchObject({ Phone: PHONE, FirstName: 'Dana' });
});

test('by an id that the platform was given, short or long', async () => {
  const { salesforce, sync } = await open({ destination: { external_id_field: 'Id' } });
  const id = salesforce.create('Contact', { LastName: 'Reed' });
  await sync(exampleCall({ contact: { external_id: id } }));
  await sync(exampleCall({ provider_call_id: 'b', customer_number: null, contact: { external_id: id.slice(0, 15) } }));
  expect(salesforce.tasksOf(id)).toHaveLength(2);
});

test('by a field of the org’s own', async () => {
  const { salesforce, sync } = await open({ destination: { external_id_field: 'Customer_Number__c' } });
  salesforce.addField('Lead', { name: 'Customer_Number__c', externalId: true });
  const id = salesforce.create('Lead', { ...LEAD, Customer_Number__c: 'K-17' });
  await sync(exampleCall({ customer_number: null, contact: { external_id: 'K-17' } }));
  expect(salesforce.tasksOf(id)).toHaveLength(1);
});

test.each(["' OR Name != '", "\\' OR Id != null OR Name = '", 'x\\', "'; --", 'a"b{c}[d](e)^f~g*h?i:j|k&l!m+n-o'])(
  'who is called %s gets nobody else’s record',
  async (text) => {
    const { salesforce, sync } = await open({ destination: { external_id_field: 'Customer_Number__c' } });
    for (const type of ['Lead', 'Contact'] as const) {
      salesforce.addField(type, { name: 'Customer_Number__c', externalId: true });
    }
    const other = salesforce.create('Lead', { ...LEAD, Email: 'other@example.com' });
    const call = exampleCall({ customer_number: null, contact: { external_id: text, email: 'nobody@example.com' } });
    expect(await sync(call)).toMatchObject({ kind: 'finished' });
    expect(salesforce.tasksOf(other)).toEqual([]);
    expect(salesforce.requests.filter(({ status }) => status >= 400)).toEqual([]);
  },
);

test('several with one number: the newest, the oldest, or a person decides', async () => {
  const several = async (policy: string): Promise<{ world: SalesforceWorld; ids: readonly string[] }> => {
    const world = await open({ action: { contact: { on_many_matches: policy } } });
    const ids = ['One', 'Two'].map((LastName) => {
      world.advance(1000);
      return world.salesforce.create('Contact', { LastName, Phone: PHONE });
    });
    return { world, ids };
  };
  for (const [policy, index] of [
    ['newest', 1],
    ['oldest', 0],
  ] as const) {
    const { world, ids } = await several(policy);
    await world.sync(byPhone());
    expect(world.salesforce.tasksOf(ids[index] ?? '')).toHaveLength(1);
  }
  const { world } = await several('hold');
  expect(await world.sync(byPhone())).toMatchObject({ kind: 'stopped', outcome: { kind: 'held' } });
});

test('nobody matches: a contact if so configured, or nobody at all', async () => {
  const contact = await open({ destination: { create_as: 'Contact' } });
  await contact.sync(byPhone());
  expect(contact.salesforce.records('Contact')[0]?.fields).toMatchObject({ LastName: PHONE, Phone: PHONE });
  for (const [policy, kind] of [
    ['skip', 'finished'],
    ['hold', 'stopped'],
  ]) {
    const { salesforce, sync } = await open({ action: { contact: { on_no_match: policy ?? '' } } });
    expect(await sync(byPhone())).toMatchObject({ kind });
    expect(salesforce.records('Lead')).toEqual([]);
  }
});

test('two calls of one new caller at once make one lead, though the search index lags', async () => {
  const { salesforce, sync } = await open({ salesforce: { searchLagMs: 120_000 } });
  await Promise.all([1, 2, 3].map((number) => sync(byPhone({ provider_call_id: `c${number}` }))));
  expect(salesforce.records('Lead')).toHaveLength(1);
  expect(salesforce.records('Task')).toHaveLength(3);
});

test('fields of one object do not bother the other', async () => {
  const { salesforce, sync } = await open({
    action: { contact: { fields: { 'Contact.Department': 'Sales', 'Lead.Company': 'Northwind', Title: 'Buyer' } } },
  });
  const contact = salesforce.create('Contact', { LastName: 'Reed', Phone: '+12025561001' });
  const found = await sync(caller(1));
  expect(salesforce.record('Contact', contact)?.fields).toMatchObject({ Department: 'Sales', Title: 'Buyer' });
  expect(JSON.stringify(found?.report)).toContain('only a Lead has it, and this is a Contact');
  await sync(caller(2));
  expect(salesforce.records('Lead')[0]?.fields).toMatchObject({ Company: 'Northwind', Title: 'Buyer' });
  salesforce.clearRequests();
  await sync(caller(1, { version: 2 }));
  expect(salesforce.requests).toHaveLength(0);
});
