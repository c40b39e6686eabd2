import { AssociationTypes } from '@hubspot/api-client';
import { expect, test } from '@jest/globals';

import type { JsonObject, JsonValue } from '../../../../src/domain/json.ts';
import { readError, readRows } from '../../../../src/destinations/hubspot/answer.ts';
import { classifyRow } from '../../../../src/destinations/hubspot/classify-row.ts';
import { classifyAnswer } from '../../../../src/destinations/hubspot/classify.ts';
import { createReadLimits, generalRate } from '../../../../src/destinations/hubspot/limits.ts';
import { TO_CONTACT } from '../../../../src/destinations/hubspot/objects.ts';
import { hubspotSchema } from '../../../../src/destinations/hubspot/schema.ts';
import { nextMidnight } from '../../../../src/shared/next-midnight.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const MIDNIGHT = NOW + 3_600_000;
const LABEL = 'POST /crm/objects/2026-03/contacts/batch/upsert';

function classify(
  status: number,
  body: JsonValue,
  {
    effect = 'write',
    headers = {},
    midnightMs = MIDNIGHT,
    mayBeForbidden = false,
  }: Partial<{
    effect: 'read' | 'write';
    headers: Record<string, string>;
    midnightMs: number | null;
    mayBeForbidden: boolean;
  }> = {},
): ReturnType<typeof classifyAnswer> {
  const context = { destination: 'hubspot', label: LABEL, effect, nowMs: NOW, midnightMs, mayBeForbidden };
  return classifyAnswer({ status, headers, body }, context);
}

test.each([200, 201, 207, 400, 404, 409])('%i is for the asker to read', (status) => {
  expect(classify(status, {})).toMatchObject({ kind: 'answer' });
});

test.each<[what: string, status: number, body: JsonObject, headers: Record<string, string>, verdict: JsonObject]>([
  [
    'ten-secondly without a time',
    429,
    { policyName: 'TEN_SECONDLY_ROLLING' },
    {},
    { kind: 'retry', notBeforeMs: NOW + 10_000 },
  ],
  ['secondly', 429, { policyName: 'SECONDLY' }, {}, { kind: 'retry', notBeforeMs: NOW + 1_000 }],
  [
    'with Retry-After',
    429,
    { policyName: 'SECONDLY' },
    { 'retry-after': '7' },
    { kind: 'retry', notBeforeMs: NOW + 7_000 },
  ],
  ['daily', 429, { policyName: 'DAILY' }, {}, { kind: 'paused', untilMs: MIDNIGHT }],
  ['lock', 423, { message: 'locked' }, {}, { kind: 'retry', notBeforeMs: NOW + 2_000 }],
  ['migration', 477, { message: 'moving' }, { 'retry-after': '86400' }, { kind: 'paused', untilMs: NOW + 86_400_000 }],
  ['migration without a time', 477, {}, {}, { kind: 'paused', untilMs: NOW + 3_600_000 }],
  ['URI too long', 414, {}, {}, { kind: 'rejected' }],
])('%s', (...[, status, body, headers, verdict]) => {
  expect(classify(status, body, { headers })).toMatchObject(verdict);
});

test('the daily quota of an account whose time zone is not known is tried again within the hour', () => {
  expect(classify(429, { policyName: 'DAILY' }, { midnightMs: null })).toMatchObject({ untilMs: NOW + 3_600_000 });
});

test.each([500, 502, 503, 504, 521, 523, 524, 530, 408])(
  '%i: a write may have been done, a look is repeated',
  (status) => {
    const html = '<html><body>error code: 502</body></html>';
    expect(classify(status, html)).toMatchObject({ kind: 'unknown' });
    expect(classify(status, html, { effect: 'read' })).toMatchObject({ kind: 'retry' });
  },
);

test('a missing scope holds everything and names what would do; where it may be missing it is an answer', () => {
  const body = {
    category: 'MISSING_SCOPES',
    message: "This app hasn't been granted all required scopes",
    errors: [{ message: 'one of', context: { requiredGranularScopes: ['crm.objects.contacts.write'] } }],
  };
  expect(classify(403, body)).toMatchObject({
    kind: 'paused',
    hint: expect.stringContaining('crm.objects.contacts.write'),
  });
  expect(classify(403, body, { mayBeForbidden: true })).toMatchObject({ kind: 'answer' });
});

test('a refused token is to be renewed', () => {
  expect(classify(401, { category: 'EXPIRED_AUTHENTICATION', message: 'expired 2 second(s) ago' })).toMatchObject({
    kind: 'refresh_auth',
    reason: expect.stringContaining('expired 2 second(s) ago'),
  });
});

const row = (body: JsonObject): ReturnType<typeof classifyRow> => classifyRow(readError(body), LABEL);

test.each<[what: string, body: JsonObject, verdict: JsonObject]>([
  [
    '409 with the id',
    { category: 'CONFLICT', message: 'Contact already exists. Existing ID: 17' },
    { kind: 'exists', id: '17', property: null },
  ],
  [
    'a value that another holds: not the half-allocated record',
    {
      category: 'VALIDATION_ERROR',
      message:
        'Cannot set PropertyValueCoordinates{portalId=1, objectTypeId=0-1, propertyName=email, value=a@b.example} on 111. 222 already has that value.',
    },
    { kind: 'exists', id: '222', property: 'email' },
  ],
  [
    'a property that is gone, as JSON in the message',
    {
      message:
        'Property values were not valid: [{"isValid":false,"message":"Property \\"plan\\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"plan"}]',
    },
    { kind: 'bad_fields', properties: [{ property: 'plan', code: 'PROPERTY_DOESNT_EXIST' }] },
  ],
  [
    'an option that is none, structured',
    {
      message: 'Property values were not valid',
      errors: [
        {
          message: 'x was not one of the allowed options',
          code: 'INVALID_OPTION',
          context: { propertyName: ['hs_lead_status'] },
        },
      ],
    },
    { kind: 'bad_fields', properties: [{ property: 'hs_lead_status', code: 'INVALID_OPTION' }] },
  ],
  ['gone', { category: 'OBJECT_NOT_FOUND', message: 'Could not get some CONTACT objects' }, { kind: 'gone' }],
  [
    'a property that is not unique',
    { category: 'VALIDATION_ERROR', message: 'Unable to perform upsert by non-unique 0-48 property hookline_call_id' },
    { kind: 'not_unique' },
  ],
  ['limits', { category: 'RATE_LIMITS', message: 'slow down' }, { kind: 'retry' }],
  ['a conflict without words', { category: 'CONFLICT', message: 'conflict' }, { kind: 'retry' }],
  ['a row HubSpot failed on', { status: 500, message: 'internal' }, { kind: 'unknown' }],
  ['anything else', { category: 'VALIDATION_ERROR', message: 'no', correlationId: 'c-1' }, { kind: 'rejected' }],
  ['nothing at all', {}, { kind: 'rejected' }],
])('a refused row: %s', (_what, body, verdict) => {
  expect(row(body)).toMatchObject(verdict);
});

test('the reason carries the correlation id', () => {
  expect(row({ category: 'VALIDATION_ERROR', message: 'no', correlationId: 'c-1' })).toMatchObject({
    reason: `${LABEL} → VALIDATION_ERROR: no (correlation id c-1)`,
  });
});

test('results and errors of a 207 are read, whatever else stands there', () => {
  const rows = readRows({
    body: {
      status: 'COMPLETE',
      results: [
        { id: 5, properties: { a: 'x', b: null, c: 3 }, new: true, objectWriteTraceId: '1', url: 'https://…' },
        'odd',
      ],
      errors: [{ message: 'no', context: { objectWriteTraceId: ['2'] } }, null],
    },
  });
  expect(rows.records).toEqual([
    { id: '5', properties: { a: 'x', b: null, c: '3' }, createdAt: null, isNew: true, traceId: '1' },
  ]);
  expect(rows.errors).toMatchObject([{ traceIds: ['2'], message: 'no' }]);
  expect(readRows({ body: '<html>' })).toEqual({ records: [], errors: [] });
});

test('association ids are those of the official client', () => {
  expect(TO_CONTACT).toEqual({
    call: AssociationTypes.callToContact,
    task: AssociationTypes.taskToContact,
    note: AssociationTypes.noteToContact,
  });
});

const config = (rest: JsonObject = {}): ReturnType<typeof hubspotSchema.parse> =>
  hubspotSchema.parse({ type: 'hubspot', access_token: 't', ...rest });

test('limits follow the headers, with something to spare, unless the operator set them', () => {
  const answer = {
    status: 200,
    body: '{}',
    headers: { 'x-hubspot-ratelimit-max': '190', 'x-hubspot-ratelimit-interval-milliseconds': '10000' },
  };
  expect(createReadLimits(config())(answer)).toEqual({
    per: [
      { n: 180, seconds: 10 },
      { n: 19, seconds: 1 },
    ],
  });
  const own = config({ rate: { max_in_flight: 2, per: [] } });
  expect(createReadLimits(own)(answer)).toEqual({});
  expect(generalRate(own)).toEqual({ max_in_flight: 2, per: [] });
  expect(createReadLimits(config())({ status: 200, body: '{}', headers: {} })).toEqual({});
});

test('a 429 asks for silence: as long as it says, else by its policy', () => {
  const limited = (body: JsonObject, headers: Record<string, string> = {}): unknown =>
    createReadLimits(config())({ status: 429, body: JSON.stringify(body), headers });
  expect(limited({ policyName: 'TEN_SECONDLY_ROLLING' })).toEqual({ silentForMs: 10_000 });
  expect(limited({ policyName: 'SECONDLY' })).toEqual({ silentForMs: 1_000 });
  expect(limited({ policyName: 'SECONDLY' }, { 'retry-after': '3' })).toEqual({ silentForMs: 3_000 });
});

test.each([
  [{ access_token: undefined }, 'needs either'],
  [{ oauth: { client_id: 'a', client_secret: 'b', refresh_token: 'c' } }, 'needs either'],
  [{ api_version: 'v3' }, 'version'],
  [{ external_id_property: 'Person Key' }, 'internal name'],
])('a config with %j is refused', (change, words) => {
  const parsed = hubspotSchema.safeParse({ type: 'hubspot', access_token: 't', ...change });
  expect(JSON.stringify(parsed.error?.issues)).toContain(words);
});

test.each([
  ['America/New_York', Date.UTC(2026, 10, 21, 5)],
  ['Europe/Berlin', Date.UTC(2026, 10, 20, 23)],
  ['Nowhere/Else', Date.UTC(2026, 10, 21)],
])('the day of %s ends', (zone, endsAtMs) => {
  expect(nextMidnight(NOW, zone)).toBe(endsAtMs);
});
