import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { RecordWrite } from '../../../../src/destinations/destination.ts';
import type { SObjectType } from '../../../../src/destinations/salesforce/objects.ts';
import type { Org } from '../../../../src/destinations/salesforce/org.ts';
import { keyText, prepareWrite, type PreparedWrite } from '../../../../src/destinations/salesforce/prepare.ts';
import { createField, createFields, createOrg } from '../../../support/salesforce-org.ts';

const LEAD = '00Q5g0000000001EAA';
const CONTACT = '0035g0000000001EAA';
const ACCOUNT = '0015g0000000001EAA';
const TASK = '00T5g0000000001EAA';

const KEY = createField('Hookline_Person_Key__c', { isKey: true });
const STATUSES = [
  { value: 'Offen', label: 'Open' },
  { value: 'Erledigt', label: 'Completed' },
];

const ORG = createOrg({
  Lead: createFields('FirstName', 'LastName', 'Company', 'Phone', 'Rating', KEY),
  Contact: createFields('FirstName', 'LastName', 'Phone', 'Level__c', KEY),
  Account: createFields('Name', 'Phone', createField('Total__c', { isCreateable: false, isUpdateable: false })),
  Task: createFields(
    'Subject',
    'WhatId',
    'CallObject',
    createField('ActivityDate', { type: 'date' }),
    createField('TaskSubtype', { isUpdateable: false }),
    createField('Hookline_Call_Id__c', { isKey: true }),
  ),
});

function write(rest: Partial<RecordWrite>): RecordWrite {
  return {
    kind: 'contact',
    key: 'phone:+12025550143',
    id: null,
    fields: {},
    allFields: {},
    attemptedAtMs: null,
    contactId: null,
    attach: true,
    scope: { contact: { phone: '+12025550143' } },
    ...rest,
  };
}

function prepare(type: SObjectType, rest: Partial<RecordWrite>, org: Org = ORG): PreparedWrite {
  return prepareWrite(write(rest), { type, org, zone: 'America/New_York' });
}

describe('a new person', () => {
  test('has a name and a company, whoever it is', () => {
    expect(prepare('Lead', {})).toEqual({
      values: { LastName: '+12025550143', Company: 'Unknown', Hookline_Person_Key__c: 'phone:+12025550143' },
      notes: [],
    });
    expect(prepare('Contact', { scope: {} }).values).toMatchObject({ LastName: 'Unknown caller' });
    expect(prepare('Contact', {}).values).not.toHaveProperty('Company');
  });

  test('has what is known in place of what stands in for it', () => {
    const fields = { LastName: 'Reed', 'Lead.Company': 'Northwind', FirstName: '' };
    expect(prepare('Lead', { fields }).values).toMatchObject({
      LastName: 'Reed',
      Company: 'Northwind',
      FirstName: null,
    });
  });

  test('that is known already gets what is to be written, and nothing else', () => {
    expect(prepare('Lead', { id: LEAD, fields: { Phone: '+12025550143' } }).values).toEqual({ Phone: '+12025550143' });
  });
});

// `omit_empty: false` let an empty name go before what stands in for one: Salesforce refused the Lead, and the call was lost.
test.each([null, ''])('an empty name (%j) does not go before what stands in for it', (empty) => {
  const { values } = prepare('Lead', { fields: { LastName: empty, 'Lead.Company': empty } });
  expect(values).toMatchObject({ LastName: '+12025550143', Company: 'Unknown' });
});

describe('fields', () => {
  test('of another kind of person are not missed on this one', () => {
    const fields = { 'Lead.Rating': 'Hot', Level__c: '3', 'Contact.Level__c': '3' };
    const { values, notes } = prepare('Lead', { id: LEAD, fields });
    expect(values).toEqual({ Rating: 'Hot' });
    expect(notes).toEqual([
      { field: 'Level__c', kind: 'elsewhere', reason: 'a Lead has no Level__c' },
      { field: 'Contact.Level__c', kind: 'elsewhere', reason: 'only a Contact has it, and this is a Lead' },
    ]);
  });

  test('that nobody has are dropped, with the nearest', () => {
    expect(prepare('Lead', { id: LEAD, fields: { Ratng: 'Hot' } }).notes).toEqual([
      { field: 'Ratng', kind: 'dropped', reason: 'the user sees no field "Ratng" on Lead. Did you mean "Rating"?' },
    ]);
  });

  test('that Salesforce takes only once are left out of updates', () => {
    const fields = { TaskSubtype: 'Call' };
    expect(prepare('Task', { kind: 'call', fields }).values).toMatchObject({ TaskSubtype: 'Call' });
    expect(prepare('Task', { kind: 'call', id: TASK, fields })).toEqual({
      values: {},
      notes: [
        {
          field: 'TaskSubtype',
          kind: 'elsewhere',
          reason: 'Salesforce takes TaskSubtype only when the record is made',
        },
      ],
    });
  });

  test('that the user may not write are dropped', () => {
    expect(prepare('Account', { id: ACCOUNT, fields: { Total__c: 5 } }).notes).toEqual([
      { field: 'Total__c', kind: 'dropped', reason: 'Salesforce does not let this user write Total__c' },
    ]);
  });

  test('a time becomes the day it is in the zone', () => {
    const fields = { ActivityDate: '2026-11-20T03:00:00Z' };
    expect(prepare('Task', { kind: 'call', fields }).values).toMatchObject({ ActivityDate: '2026-11-19' });
  });
});

describe('the status of a call', () => {
  const task = createFields(createField('Status', { type: 'picklist', values: STATUSES }));
  const org = (closedStatuses: readonly string[]): Org => createOrg({ Task: task }, { closedStatuses });

  test('is closed by the org’s own name for it', () => {
    expect(prepare('Task', { kind: 'call', fields: { Status: 'Completed' } }, org(['Fertig', 'Erledigt']))).toEqual({
      values: { Status: 'Erledigt' },
      notes: [{ field: 'Status', kind: 'different', reason: 'a closed Task is "Erledigt" here' }],
    });
  });

  test('is left alone where it says something else, or is none of a call', () => {
    expect(prepare('Task', { kind: 'call', fields: { Status: 'Offen' } }, org(['Erledigt'])).values).toEqual({
      Status: 'Offen',
    });
    expect(prepare('Task', { kind: 'task', id: TASK, fields: { Status: 'Offen' } }, org(['Erledigt'])).notes).toEqual(
      [],
    );
  });
});

describe('where a Task hangs', () => {
  const call = (rest: Partial<RecordWrite>): PreparedWrite['values'] =>
    prepare('Task', { kind: 'call', ...rest }).values;

  test('on a person or on a company', () => {
    expect(call({ contactId: CONTACT, fields: { WhatId: ACCOUNT } })).toMatchObject({
      WhoId: CONTACT,
      WhatId: ACCOUNT,
    });
    expect(call({ contactId: ACCOUNT })).toMatchObject({ WhatId: ACCOUNT });
    expect(call({ contactId: null })).not.toHaveProperty('WhoId');
  });

  test('on a Lead, and then on nothing else', () => {
    const values = call({ contactId: LEAD, fields: { WhatId: ACCOUNT } });
    expect(values).toMatchObject({ WhoId: LEAD });
    expect(values['WhatId'] ?? null).toBeNull();
    expect(call({ id: TASK, contactId: LEAD })).toEqual({ WhoId: LEAD, WhatId: null });
    expect(call({ id: TASK, contactId: ACCOUNT })).toEqual({ WhatId: ACCOUNT, WhoId: null });
  });

  test('is not said again where it is known', () => {
    expect(call({ id: TASK, contactId: CONTACT, attach: false })).toEqual({});
  });
});

describe('what keeps Tasks apart', () => {
  const call = { kind: 'call', key: 'callab/call_1' } as const;

  test('our unique field, where the org has it', () => {
    expect(prepare('Task', call).values).toEqual({ Hookline_Call_Id__c: 'callab/call_1' });
    expect(prepare('Task', { ...call, id: TASK }).values).toEqual({});
  });

  test('else CallObject, else nothing', () => {
    const without = createOrg({ Task: createFields('CallObject', createField('Hookline_Call_Id__c')) });
    expect(prepare('Task', call, without).values).toEqual({ CallObject: 'callab/call_1' });
    expect(prepare('Task', call, createOrg({ Task: createFields('Subject') })).values).toEqual({});
  });
});

describe('keys', () => {
  const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 });
  const length = fc.integer({ min: 20, max: 100 });

  test('are as they are while they fit, and told by their hash then', () => {
    expect(keyText('callab/call_1', { length: 255 })).toBe('callab/call_1');
    expect(keyText('callab/call_1', undefined)).toBe('callab/call_1');
    const long = keyText(`callab/${'x'.repeat(300)}`, { length: 255 });
    expect(long).toMatch(/^callab\/x{183}~[0-9a-f]{64}$/);
  });

  test('never longer than their field', () => {
    fc.assert(
      fc.property(key, length, (text, max) => {
        expect(keyText(text, { length: max }).length).toBeLessThanOrEqual(max);
      }),
    );
  });

  test('different ones stay different, however short the field; and none has half a letter in it', () => {
    fc.assert(
      fc.property(key, key, length, (left, right, max) => {
        fc.pre(left !== right);
        expect(keyText(left, { length: max })).not.toBe(keyText(right, { length: max }));
        expect(keyText(left, { length: max }).isWellFormed()).toBe(left.isWellFormed());
      }),
      { numRuns: 1000 },
    );
    expect(keyText('😀'.repeat(60), { length: 66 }).isWellFormed()).toBe(true);
    const alike = 'callab/'.padEnd(300, 'x');
    expect(keyText(`${alike}1`, { length: 64 })).not.toBe(keyText(`${alike}2`, { length: 64 }));
  });
});
