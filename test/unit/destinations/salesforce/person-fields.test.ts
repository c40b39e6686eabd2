import { describe, expect, test } from '@jest/globals';

import {
  emailFieldOf,
  fieldsToRead,
  nameOn,
  phoneFieldsOf,
  phonesOf,
} from '../../../../src/destinations/salesforce/person-fields.ts';
import { createFields, createOrg } from '../../../support/salesforce-org.ts';

test.each([
  ['Lead', 'Phone', 'Phone'],
  ['Lead', 'Lead.Company', 'Company'],
  ['Contact', 'Lead.Company', null],
  ['Contact', 'Contact.Account__r', 'Account__r'],
  ['Account', 'Account.Phone', 'Phone'],
  // Nothing of ours: a name that only looks like one.
  ['Lead', 'Task.Subject', 'Task.Subject'],
] as const)('on a %s, %s is %s', (type, field, name) => {
  expect(nameOn(type, field)).toBe(name);
});

const ORG = createOrg({
  Contact: createFields('Id', 'Phone', 'MobilePhone', 'OtherPhone', 'AssistantPhone', 'Email', 'CreatedDate'),
  Lead: createFields('Id', 'Phone', 'Company', 'CountryCode', 'Rating', 'IsConverted'),
  Account: null,
});

describe('what is asked for', () => {
  test('are numbers of the person, as far as the user sees them', () => {
    expect(phoneFieldsOf(ORG, 'Contact')).toEqual(['Phone', 'MobilePhone', 'OtherPhone']);
    expect(phoneFieldsOf(ORG, 'Lead')).toEqual(['Phone']);
    expect(phoneFieldsOf(ORG, 'Account')).toEqual([]);
    expect(emailFieldOf(ORG, 'Contact')).toBe('Email');
    expect(emailFieldOf(ORG, 'Lead')).toBeNull();
  });

  test('and what integrations write, each once and only where it is', () => {
    const asked = ['Lead.Rating', 'Phone', 'Contact.Level__c', 'Nowhere'];
    expect(fieldsToRead(ORG, 'Lead', asked)).toEqual([
      'Id',
      'Company',
      'IsConverted',
      'Phone',
      'CountryCode',
      'Rating',
    ]);
    expect(fieldsToRead(ORG, 'Account', asked)).toEqual([]);
  });
});

describe('numbers of a record', () => {
  test('are told as they were typed, fax machines and assistants apart', () => {
    const contact = {
      Phone: '(202) 555-0143',
      MobilePhone: '+44 20 7946 0018',
      HomePhone: null,
      OtherPhone: 'ask the desk',
      AssistantPhone: '202-555-0199',
      Fax: '202-555-0198',
    };
    expect(phonesOf('Contact', contact, 'US')).toEqual(['+12025550143', '+442079460018']);
  });

  test('have the country of the record before any other', () => {
    const lead = { Phone: '030 901820', CountryCode: 'DE' };
    expect(phonesOf('Lead', lead, 'US')).toEqual(['+4930901820']);
    expect(phonesOf('Lead', { Phone: '202-555-0143' }, null)).toEqual([]);
    expect(phonesOf('Lead', { Phone: '202-555-0143', MobilePhone: '+12025550143' }, 'US')).toEqual(['+12025550143']);
  });
});
