import { describe, expect, test } from '@jest/globals';

import { readErrors } from '../../../../src/destinations/salesforce/answer.ts';
import { classifyRow } from '../../../../src/destinations/salesforce/classify-row.ts';
import type { JsonObject } from '../../../../src/domain/json.ts';

const LABEL = 'POST /composite/sobjects (Lead)';

function row(...errors: readonly JsonObject[]): ReturnType<typeof classifyRow> {
  return classifyRow(readErrors(errors), { destination: 'salesforce', label: LABEL, nowMs: 0 });
}

describe('it is there already', () => {
  test.each([
    ['duplicate value found: Hookline_Call_Id__c duplicates value on record with id: 00T5g0000000001', true],
    ['duplicate value found: Hookline_Call_Id__c duplicates value on record with id: <00T5g0000000001EAA>', true],
    ['duplicate value found: <unknown> duplicates value on record with id: <unknown>', false],
  ])('%s', (message, isNamed) => {
    expect(row({ statusCode: 'DUPLICATE_VALUE', message, fields: [] })).toEqual({
      kind: 'exists',
      id: isNamed ? '00T5g0000000001EAA' : null,
      field: isNamed ? 'Hookline_Call_Id__c' : null,
      reason: `${LABEL} → DUPLICATE_VALUE: ${message}`,
    });
  });

  test('what a caller said is not taken for an id', () => {
    const message =
      'some value: duplicate value found: X__c duplicates value on record with id: 00T5g0000000001 was refused';
    expect(row({ statusCode: 'DUPLICATE_VALUE', message })).toMatchObject({ kind: 'exists', id: null, field: null });
  });
});

test('a duplicate rule names records, each once', () => {
  const matchRecords = [{ record: { Id: '00Q5g0000000001' } }, { record: { Id: '00Q5g0000000001EAA' } }, {}];
  const found = { statusCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?' };
  for (const key of ['duplicateResut', 'duplicateResult']) {
    expect(row({ ...found, [key]: { matchResults: [{ matchRecords }] } })).toMatchObject({
      kind: 'duplicates',
      ids: ['00Q5g0000000001EAA'],
    });
  }
});

describe('fields that cannot be written so', () => {
  test('are named by Salesforce in its list', () => {
    const refused = { statusCode: 'STRING_TOO_LONG', message: 'First Name: too large', fields: ['FirstName'] };
    expect(row(refused)).toMatchObject({
      kind: 'bad_fields',
      fields: [{ field: 'FirstName', message: 'STRING_TOO_LONG: First Name: too large', isUnknown: false }],
    });
  });

  test.each([
    ['INVALID_FIELD', "No such column 'Plan__c' on sobject of type Lead", ['Plan__c']],
    ['INVALID_FIELD_FOR_INSERT_UPDATE', 'Unable to create/update fields: A__c, B__c. Please check …', ['A__c', 'B__c']],
  ])('or in its words, and then the org is not what it was taken for: %s', (errorCode, message, fields) => {
    const verdict = row({ errorCode, message });
    expect(verdict).toMatchObject({ kind: 'bad_fields', fields: fields.map((field) => ({ field, isUnknown: true })) });
  });

  test('where one of several refusals names none, leaving fields out would not do', () => {
    const long = { statusCode: 'STRING_TOO_LONG', message: 'too large', fields: ['FirstName'] };
    const rule = { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Ask for the budget', fields: [] };
    expect(row(long, rule)).toMatchObject({ kind: 'rejected', hint: expect.stringContaining('A validation rule') });
    expect(row({ statusCode: 'STRING_TOO_LONG', message: 'too large', fields: [] })).toMatchObject({
      kind: 'rejected',
    });
  });
});

describe('gone', () => {
  test.each(['ENTITY_IS_DELETED', 'CANNOT_UPDATE_CONVERTED_LEAD', 'NOT_FOUND', 'INVALID_ID_FIELD'])('%s', (code) => {
    expect(row({ statusCode: code, message: '' })).toMatchObject({ kind: 'gone' });
  });

  test('a reference that leads nowhere is the person’s, or that of a field', () => {
    const refused = (fields: readonly string[]): unknown =>
      row({ statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id', fields: [...fields] });
    // Whether it is the person's own field is for the writer to say.
    expect(refused(['WhoId'])).toMatchObject({ kind: 'bad_fields', fields: [{ field: 'WhoId', isDangling: true }] });
    expect(refused([])).toMatchObject({ kind: 'gone' });
    expect(refused(['OwnerId'])).toMatchObject({ kind: 'bad_fields', fields: [{ field: 'OwnerId' }] });
  });
});

test.each([
  ['REQUIRED_FIELD_MISSING', 'The org requires this field: map it.'],
  ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'A validation rule of the org refuses it'],
  ['INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', 'look at sharing'],
  ['INSUFFICIENT_ACCESS_OR_READONLY', 'look at sharing'],
])('%s is for a person, who is told what to do', (statusCode, hint) => {
  expect(row({ statusCode, message: 'no', fields: ['Budget__c'] })).toEqual({
    kind: 'rejected',
    reason: `${LABEL} → ${statusCode}: no (Budget__c)`,
    hint: expect.stringContaining(hint),
  });
});

test('what is true of every request goes first: a lock beside a bad value is tried again', () => {
  const lock = { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access' };
  expect(row({ statusCode: 'STRING_TOO_LONG', message: '', fields: ['A'] }, lock)).toMatchObject({ kind: 'retry' });
});

test('nothing at all, or nothing that is known, is refused', () => {
  expect(row()).toEqual({ kind: 'rejected', reason: `${LABEL} → refused without a word` });
  expect(row({ statusCode: 'SOMETHING_NEW', message: 'no' })).toEqual({
    kind: 'rejected',
    reason: `${LABEL} → SOMETHING_NEW: no`,
  });
});
