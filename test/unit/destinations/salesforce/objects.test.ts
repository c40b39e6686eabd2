import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { isId, keyFieldOf, longId, personTypeOf, typeOfId } from '../../../../src/destinations/salesforce/objects.ts';

const shortId = fc.stringMatching(/^[A-CX-Za-cx-z0-29]{15}$/);

describe('ids', () => {
  // The first two stand in Salesforce's documentation of its identity URL.
  test.each([
    ['00Dx0000000BV7z', '00Dx0000000BV7zEAG'],
    ['005x00000012Q9P', '005x00000012Q9PAAU'],
    ['00Q5g0000000001', '00Q5g0000000001EAA'],
  ])('%s is written %s by the API', (short, long) => {
    expect(longId(short)).toBe(long);
    expect(longId(long)).toBe(long);
  });

  test('two ids stay two, also for whoever does not look at case', () => {
    fc.assert(
      fc.property(shortId, shortId, (left, right) => {
        fc.pre(left !== right);
        expect(isId(longId(left))).toBe(true);
        expect(longId(left).toLowerCase()).not.toBe(longId(right).toLowerCase());
      }),
    );
    expect(longId('00q5g0000000abc').toLowerCase()).not.toBe(longId('00q5g0000000aBc').toLowerCase());
  });

  test.each([
    '',
    '00Q5g000000000',
    '00Q5g0000000001E',
    '00Q5g0000000001eaa',
    "00Q5g000000000'",
    '00Q5g0000000001EAA\n',
  ])('%j is none', (text) => {
    expect(isId(text)).toBe(false);
    expect(typeOfId(text)).toBeNull();
  });

  test('tell what they are of', () => {
    expect(typeOfId('00Q5g0000000001EAA')).toBe('Lead');
    expect(typeOfId('003000000000001')).toBe('Contact');
    expect(typeOfId('001000000000001')).toBe('Account');
    expect(typeOfId('00T000000000001')).toBe('Task');
    expect(typeOfId('500000000000001')).toBeNull();
    expect(personTypeOf('00T000000000001')).toBeNull();
    expect(personTypeOf('003000000000001')).toBe('Contact');
  });
});

test('our keys: one for calls, one for people, none for companies, which we never make', () => {
  expect((['Task', 'Lead', 'Contact', 'Account'] as const).map((type) => keyFieldOf(type))).toEqual([
    'Hookline_Call_Id__c',
    'Hookline_Person_Key__c',
    'Hookline_Person_Key__c',
    null,
  ]);
});
