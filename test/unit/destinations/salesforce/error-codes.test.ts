import { expect, test } from '@jest/globals';

import { failureOf } from '../../../../src/destinations/salesforce/error-codes.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const CONTEXT = { destination: 'salesforce', reason: 'POST /composite → 400: …', nowMs: NOW };

function meaning(code: string, message = ''): ReturnType<typeof failureOf> {
  return failureOf({ code, message, fields: [], matches: [] }, CONTEXT);
}

test.each([
  'UNABLE_TO_LOCK_ROW',
  'SERVER_UNAVAILABLE',
  'QUERY_TIMEOUT',
  'REQUEST_RUNNING_TOO_LONG',
  'TOO_MANY_APEX_REQUESTS',
  'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
  'API_CURRENTLY_DISABLED',
  'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  'PROCESSING_HALTED',
])('%s passes', (code) => {
  expect(meaning(code)).toEqual({ kind: 'retry', reason: CONTEXT.reason });
});

test.each([
  ['API_DISABLED_FOR_ORG', 'It takes the permission "API Enabled". Then resume salesforce.'],
  ['INVALID_TYPE', 'The user may not see an object that Hookline needs: give it read access. Then resume salesforce.'],
  ['INVALID_OPERATION_WITH_EXPIRED_PASSWORD', "The user's password has expired. Then resume salesforce."],
  ['STORAGE_LIMIT_EXCEEDED', "The org's data storage is full. Then resume salesforce."],
  ['UNSUPPORTED_API_VERSION', 'Choose another api_version. Then resume salesforce.'],
])('%s stops everything until somebody has acted', (code, hint) => {
  expect(meaning(code)).toEqual({ kind: 'paused', reason: CONTEXT.reason, hint: expect.stringContaining(hint) });
});

test('two limits have one code: the day is waited out, the moment only briefly', () => {
  const code = 'REQUEST_LIMIT_EXCEEDED';
  expect(meaning(code, 'TotalRequests Limit exceeded.')).toMatchObject({ kind: 'paused', untilMs: NOW + 900_000 });
  expect(meaning(code, 'ConcurrentPerOrgLongTxn Limit exceeded.')).toEqual({
    kind: 'retry',
    reason: CONTEXT.reason,
    notBeforeMs: NOW + 5_000,
  });
});

test.each(['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'CANNOT_EXECUTE_FLOW_TRIGGER', 'APEX_ERROR'])(
  '%s is a matter of the org’s own automation, unless a lock was in its way',
  (code) => {
    expect(meaning(code, 'System.NullPointerException')).toMatchObject({
      kind: 'rejected',
      hint: expect.stringContaining('its administrator has to mend it'),
    });
    expect(meaning(code, 'UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record')).toMatchObject({
      kind: 'retry',
    });
  },
);

test.each(['DUPLICATE_VALUE', 'STRING_TOO_LONG', 'INVALID_FIELD', 'SOMETHING_NEW', ''])(
  '%j depends on what was asked',
  (code) => {
    expect(meaning(code)).toBeNull();
  },
);
