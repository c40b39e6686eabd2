import { describe, expect, test } from '@jest/globals';

import type { JsonValue } from '../../../src/domain/json.ts';
import { startSalesforce } from '../../simulators/salesforce/index.ts';
import { exampleCall } from '../../support/call.ts';
import { caller, fieldsOf } from '../../support/callers.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { addKeys, openSalesforceWorld } from '../../support/salesforce-world.ts';

/* What a hostile reading found, each with its story. */

const open = closingAfterEach(openSalesforceWorld);
const openOrg = closingAfterEach(startSalesforce);
const PHONE = '+12025550143';
const byPhone = (rest: Parameters<typeof exampleCall>[0] = {}): ReturnType<typeof exampleCall> =>
  exampleCall({ contact: {}, ...rest });

test('a field that becomes visible between two looks is not taken for empty', async () => {
  const { salesforce, sync, advance } = await open({
    action: { contact: { fields: { Notes__c: { value: '{{ call.summary }}', write: 'append' } } } },
  });
  salesforce.addField('Contact', { name: 'Notes__c', length: 1000 });
  const id = salesforce.create('Contact', { LastName: 'Reed', Phone: PHONE, Notes__c: 'What a person wrote.' });
  salesforce.setFieldAccess('Contact', 'Notes__c', 'none');
  await sync(byPhone());
  salesforce.setFieldAccess('Contact', 'Notes__c', 'edit');
  advance(6 * 60_000);
  const more = byPhone({ provider_call_id: 'b', summary: 'New words.' });
  if ((await sync(more))?.kind !== 'finished') await sync(more);
  expect(salesforce.record('Contact', id)?.fields['Notes__c']).toContain('What a person wrote.');
  expect(salesforce.record('Contact', id)?.fields['Notes__c']).toContain('New words.');
});

describe('a converted lead', () => {
  test('leads to its contact also by the number that only the lead carries', async () => {
    const { salesforce, sync } = await open();
    const lead = salesforce.create('Lead', { LastName: 'Reed', Company: 'Northwind', MobilePhone: PHONE });
    const contact = salesforce.create('Contact', {
      LastName: 'Reed',
      Phone: '+12025550199',
      MobilePhone: '+12025550198',
    });
    salesforce.convertLead(lead, { contactId: contact });
    await sync(byPhone());
    expect(salesforce.records('Lead').filter(({ id }) => id !== lead)).toEqual([]);
    expect(salesforce.tasksOf(contact)).toHaveLength(1);
  });

  test('whose contact was deleted does not keep its caller out for ever', async () => {
    const { salesforce, sync } = await open();
    await sync(byPhone());
    const { contactId } = salesforce.convertLead(salesforce.records('Lead')[0]?.id ?? '');
    salesforce.remove('Contact', contactId);
    for (const call of [byPhone({ provider_call_id: 'b' }), byPhone({ provider_call_id: 'c' })]) {
      expect(await sync(call)).toMatchObject({ kind: 'finished' });
    }
    const people = salesforce.records('Lead').filter(({ fields }) => fields['IsConverted'] !== true);
    expect(people).toHaveLength(1);
    expect(salesforce.tasksOf(people[0]?.id ?? '')).toHaveLength(2);
  });
});

describe('answers that say nothing are not answers', () => {
  const composite = ({ path }: { readonly path: string }): boolean => path.endsWith('/composite');
  test.each<[string, JsonValue]>([
    ['a page of some proxy', '<html>ok</html>'],
    ['nothing', null],
    ['no answers', { compositeResponse: [] }],
    [
      'an answer without records',
      { compositeResponse: [{ httpStatusCode: 200, referenceId: 'Contact0', body: null }] },
    ],
    [
      'a query that Salesforce stumbled over',
      {
        compositeResponse: [
          { httpStatusCode: 500, referenceId: 'Contact0', body: [{ errorCode: 'UNKNOWN_EXCEPTION' }] },
        ],
      },
    ],
  ])('%s: nobody is made twice, and nobody becomes a dead letter', async (_what, body) => {
    const { salesforce, sync } = await open();
    const id = salesforce.create('Contact', { LastName: 'Reed', Phone: PHONE });
    await sync(caller(1));
    salesforce.fail({ when: composite, fault: { kind: 'answer', answer: { status: 200, body } } });
    expect(await sync(byPhone())).toMatchObject({ outcome: { kind: 'retry' } });
    expect(await sync(byPhone())).toMatchObject({ kind: 'finished' });
    expect(salesforce.tasksOf(id)).toHaveLength(1);
    expect(salesforce.records('Lead')).toHaveLength(1);
  });

  test('a search that cannot be read is asked again', async () => {
    const { salesforce, sync } = await open();
    const id = salesforce.create('Contact', { LastName: 'Reed', Phone: '1/202/555/0143' });
    salesforce.fail({
      when: ({ path }) => path.endsWith('/search'),
      fault: { kind: 'answer', answer: { status: 200, body: 'ok' } },
    });
    expect(await sync(byPhone())).toMatchObject({ outcome: { kind: 'retry' } });
    await sync(byPhone());
    expect(salesforce.records('Lead').length + salesforce.tasksOf(id).length).toBe(1);
  });
});

test.each([
  [400, '{"error":"unknown_error","error_description":"retry your request"}'],
  [200, '<html>maintenance</html>'],
  [302, ''],
])('a login that is answered %i passes by itself', async (status, body) => {
  const { salesforce, sync, runtime, advance } = await open();
  const headers = { 'Content-Type': 'application/json' };
  salesforce.fail({
    when: ({ path }) => path.endsWith('/token'),
    fault: { kind: 'answer', answer: { status, body, headers } },
  });
  await sync(caller(1));
  expect(runtime().canRun(Date.now())).toMatchObject({ ok: false, untilMs: expect.any(Number) });
  advance(60_000);
  expect(await sync(caller(1))).toMatchObject({ kind: 'finished' });
});

describe('what a Task hangs on', () => {
  test('a person who is refused is said, not left out', async () => {
    const { salesforce, sync } = await open();
    salesforce.failRows({
      code: 'FIELD_INTEGRITY_EXCEPTION',
      message: 'Related To: not allowed',
      fields: ['WhoId'],
      when: ({ entity }) => entity === 'Task',
    });
    expect(await sync(byPhone())).toMatchObject({
      outcome: { kind: 'rejected', hint: expect.stringContaining('WhoId') },
    });
    expect(await sync(byPhone())).toMatchObject({ kind: 'finished' });
    expect(salesforce.tasksOf(salesforce.records('Lead')[0]?.id ?? '')).toHaveLength(1);
  });

  test('a mapped reference that leads nowhere costs itself, and not the contact', async () => {
    const { salesforce, sync } = await open({
      action: { call: { fields: { WhatId: '{{ variables.opportunity }}' } } },
    });
    const contact = salesforce.create('Contact', { LastName: 'Reed', Phone: PHONE });
    const result = await sync(byPhone({ variables: { opportunity: '0065g0000000009AAA' } }));
    expect(['finished', 'stopped']).toContain(result?.kind);
    if (result?.kind === 'stopped') expect(result.outcome).toMatchObject({ kind: 'rejected' });
    else expect(fieldsOf(result, 'call')['WhatId']).toContain('dropped');
    expect(salesforce.records('Lead')).toEqual([]);
    await sync(byPhone({ provider_call_id: 'b' }));
    expect(salesforce.tasksOf(contact).length).toBeGreaterThan(0);
  });
});

test('setup between a lost answer and its repetition makes no second Task', async () => {
  const { salesforce, sync, advance } = await open({ isSetUp: false });
  salesforce.fail({
    fault: { kind: 'commit_then_drop' },
    when: ({ path, body }) => path.endsWith('/composite/sobjects') && JSON.stringify(body).includes('"Task"'),
  });
  await sync(byPhone());
  addKeys(salesforce);
  advance(2 * 3_600_000);
  for (let tries = 0; tries < 3; tries += 1) await sync(byPhone());
  expect(salesforce.records('Task')).toHaveLength(1);
  expect(salesforce.records('Lead')).toHaveLength(1);
});

test('without our fields a lost person is looked for by whatever he is known by', async () => {
  const { salesforce, sync } = await open({ isSetUp: false });
  salesforce.fail({ fault: { kind: 'commit_then_drop' }, when: ({ path }) => path.endsWith('/composite/sobjects') });
  const call = exampleCall({ contact: { external_id: '42', last_name: 'Reed' } });
  expect(await sync(call)).toMatchObject({ outcome: { kind: 'retry' } });
  expect(await sync(call)).toMatchObject({ kind: 'finished' });
  expect(salesforce.records('Lead')).toHaveLength(1);
});

test('a platform’s id is found in whatever case, and in a field of numbers', async () => {
  for (const [type, kept, asked] of [
    ['string', 'ABC-1', 'abc-1'],
    ['double', 42, '42'],
  ] as const) {
    const { salesforce, sync } = await open({ destination: { external_id_field: 'Customer__c' } });
    salesforce.addField('Lead', { name: 'Customer__c', type, externalId: true });
    const id = salesforce.create('Lead', { LastName: 'Reed', Company: 'Northwind', Customer__c: kept });
    await sync(exampleCall({ customer_number: null, contact: { external_id: asked } }));
    expect(salesforce.tasksOf(id)).toHaveLength(1);
  }
});

test('a preview tells what would be left out or changed', async () => {
  const { sync } = await open({ action: { contact: { fields: { Favourite__c: 'blue' } } } });
  const result = await sync(exampleCall({ contact: { first_name: 'D'.repeat(50) } }), { mode: 'preview' });
  expect(fieldsOf(result, 'contact')).toMatchObject({
    Favourite__c: expect.stringContaining('dropped'),
    FirstName: expect.stringContaining('cut from 50 to 40'),
  });
});

test('fields that are never taken leave nothing behind, and an older call is not kept out by them', async () => {
  const { salesforce, sync, ledger } = await open({
    action: { contact: { fields: { Favourite__c: '{{ call.id }}' } } },
  });
  salesforce.create('Contact', { LastName: 'Reed', Phone: PHONE });
  for (const id of ['a', 'b', 'c', 'd']) await sync(byPhone({ provider_call_id: id }));
  const contactId = salesforce.records('Contact')[0]?.id ?? '';
  const [link] = await ledger.findLinks('salesforce', [{ kind: 'contact', key: `record:${contactId}` }]);
  expect(Object.keys(link?.stamps ?? {})).not.toContain('Favourite__c');
});

test('a switchboard does not take a call from the person whom an address names', async () => {
  const { salesforce, sync } = await open();
  const account = salesforce.create('Account', { Name: 'Northwind', Phone: PHONE });
  const contact = salesforce.create('Contact', { LastName: 'Reed', Email: 'dana.reed@example.com' });
  await sync(exampleCall());
  expect(salesforce.tasksOf(contact)).toHaveLength(1);
  expect(salesforce.record('Contact', contact)?.fields['Phone'] ?? null).toBeNull();
  await sync(byPhone({ provider_call_id: 'b' }));
  expect(salesforce.records('Task').map(({ fields }) => fields['WhatId'] ?? null)).toContain(account);
});

test.each(['(202) 555-0143 x12', '202-555-0143 ext. 12', '+1 202 555 0143 (mobile)', '202.555.0143 #7'])(
  'a number typed as %s is that number',
  async (typed) => {
    const { salesforce, sync } = await open();
    const id = salesforce.create('Contact', { LastName: 'Reed', Phone: typed });
    await sync(byPhone());
    expect(salesforce.tasksOf(id)).toHaveLength(1);
    expect(salesforce.records('Lead')).toEqual([]);
  },
);

test('an interrupted run does not lose a rotated refresh token', async () => {
  const org = await openOrg({ rotatesRefreshTokens: true });
  org.setLatency(50);
  const auth = {
    flow: 'refresh_token',
    client_id: org.clientId,
    client_secret: org.clientSecret,
    refresh_token: org.refreshToken,
  };
  const { sync } = await open({ destination: { login_url: org.url, auth } });
  const interrupted = new AbortController();
  const first = sync(caller(1), { signal: interrupted.signal });
  interrupted.abort();
  await first;
  org.setLatency(0);
  for (let tries = 0; tries < 3; tries += 1) await sync(caller(1));
  expect(org.records('Task')).toHaveLength(1);
});

test('digits that begin with a country code are a number, at home too', async () => {
  const { salesforce, sync } = await open({ destination: { default_country: 'DE' } });
  const id = salesforce.create('Contact', { LastName: 'Blum', Phone: '4915112345678' });
  await sync(byPhone({ customer_number: '+4915112345678' }));
  expect(salesforce.tasksOf(id)).toHaveLength(1);
});

test('use_match decides whom a call belongs to, and keeps no update back', async () => {
  const { salesforce, sync } = await open({ destination: { duplicate_rules: 'use_match' } });
  salesforce.addDuplicateRule('Lead', { fields: ['LastName', 'Company'], action: 'alert' });
  const twin = { LastName: 'Reed', Company: 'Northwind' };
  salesforce.create('Lead', { ...twin, LastName: 'Read' });
  const id = salesforce.create('Lead', { ...twin, Phone: PHONE });
  salesforce.update('Lead', salesforce.records('Lead')[0]?.id ?? '', { LastName: 'Reed' });
  expect(await sync(exampleCall({ contact: { first_name: 'Dana' } }))).toMatchObject({ kind: 'finished' });
  expect(salesforce.record('Lead', id)?.fields['FirstName']).toBe('Dana');
});
