import { expect, test } from '@jest/globals';

import { classifyAnswer, reasonOf, wordsOfErrors } from '../../../../src/destinations/salesforce/classify.ts';
import { createReadLimits, rateOf, readUsage } from '../../../../src/destinations/salesforce/limits.ts';
import type { JsonValue } from '../../../../src/domain/json.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const LABEL = 'POST /composite/sobjects (Lead)';

interface Circumstances {
  readonly effect: 'read' | 'write';
  readonly mayBeForbidden: boolean;
}

function classify(status: number, body: JsonValue, circumstances: Partial<Circumstances> = {}): unknown {
  const { effect = 'write', mayBeForbidden = false } = circumstances;
  const context = { destination: 'salesforce', label: LABEL, effect, mayBeForbidden, nowMs: NOW };
  return classifyAnswer({ status, headers: {}, body }, context);
}

const error = (errorCode: string, message = 'in its own words'): JsonValue => [{ errorCode, message }];

test.each([200, 201, 204, 400, 409])('%i is for the asker to read', (status) => {
  expect(classify(status, null)).toMatchObject({ kind: 'answer', answer: { status } });
});

test('what is not there, or not allowed, is an answer to whom can do without, and stops everybody else', () => {
  for (const status of [403, 404]) {
    expect(classify(status, null, { mayBeForbidden: true })).toMatchObject({ kind: 'answer' });
    expect(classify(status, null)).toMatchObject({ kind: 'paused' });
  }
  expect(classify(403, error('INSUFFICIENT_ACCESS'))).toEqual({
    kind: 'paused',
    reason: `${LABEL} → 403: INSUFFICIENT_ACCESS: in its own words`,
    hint: 'The user of salesforce may not do this. Give the permission in Salesforce, then resume the destination.',
  });
  expect(classify(404, '<html>')).toMatchObject({ hint: expect.stringContaining('check login_url and api_version') });
  const invisible = error('INVALID_TYPE', "sObject type 'DuplicateRule' is not supported.");
  expect(classify(400, invisible, { mayBeForbidden: true })).toMatchObject({ kind: 'answer' });
  expect(classify(400, invisible)).toMatchObject({ kind: 'paused' });
});

test.each([408, 420, 429, 500, 502, 503, 504])('%i: a write may have been done, a look is repeated', (status) => {
  expect(classify(status, '<html>Bad gateway</html>')).toMatchObject({ kind: 'unknown' });
  expect(classify(status, '<html>Bad gateway</html>', { effect: 'read' })).toMatchObject({ kind: 'retry' });
});

test('a code says more than a status', () => {
  // A write that Salesforce stumbled over may have got far.
  expect(classify(500, error('SERVER_UNAVAILABLE'))).toMatchObject({ kind: 'unknown' });
  expect(classify(403, error('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'))).toMatchObject({
    kind: 'paused',
    untilMs: NOW + 900_000,
  });
});

test('a session that ended is renewed, one that nothing mends is not', () => {
  expect(classify(401, error('INVALID_SESSION_ID', 'Session expired or invalid'))).toEqual({
    kind: 'refresh_auth',
    reason: `${LABEL} → 401: INVALID_SESSION_ID: Session expired or invalid`,
  });
  expect(
    classify(401, error('INVALID_SESSION_ID', 'This session is not valid for use with the REST API')),
  ).toMatchObject({ kind: 'paused', hint: expect.stringContaining('may not use the REST API') });
});

test.each([301, 302, 307])('%i: the session goes nowhere else', (status) => {
  expect(classify(status, null)).toMatchObject({
    kind: 'paused',
    hint: 'Salesforce leads elsewhere: check login_url at destinations.salesforce.',
  });
});

test.each([402, 410, 414, 431])('%i is said once', (status) => {
  expect(classify(status, null)).toMatchObject({ kind: 'rejected' });
});

test('a refusal in words: codes, fields, records; one line, not too long', () => {
  const refusal = { code: 'STRING_TOO_LONG', message: 'First Name:\n too large', fields: ['FirstName'], matches: [] };
  expect(wordsOfErrors([refusal])).toBe('STRING_TOO_LONG: First Name: too large (FirstName)');
  const many = Array.from({ length: 50 }, () => refusal);
  expect(wordsOfErrors(many)).toHaveLength(501);
  const answer = { status: 400, headers: {}, body: '<html>\n<h1>Bad Request</h1></html>' };
  expect(reasonOf(answer, { label: LABEL })).toMatch(/^POST \/composite\/sobjects \(Lead\) → 400: /);
});

test.each([
  ['api-usage=18/15000', { used: 18, limit: 15_000 }],
  ['api-usage=18/15000; per-app-api-usage=17/250(appName=sample)', { used: 18, limit: 15_000 }],
  ['', null],
  ['something new', null],
])('the day, as answers tell it: %s', (header, usage) => {
  expect(readUsage({ headers: { 'sforce-limit-info': header } })).toEqual(usage);
});

test('above its share of the day Hookline waits, and looks again', () => {
  const readLimits = createReadLimits({ daily_share: 0.8 }, { now: () => NOW });
  const answer = (info: string): Parameters<typeof readLimits>[0] => ({
    status: 200,
    headers: { 'sforce-limit-info': info },
    body: '',
  });
  expect(readLimits(answer('api-usage=79999/100000'))).toBeNull();
  expect(readLimits(answer('api-usage=80000/100000'))).toEqual({
    pause: {
      reason: "80,000 of the org's 100,000 daily API requests are used, by all apps together",
      hint: 'daily_share is 0.8: Hookline waits above that. It goes on by itself when there is room again.',
      untilMs: NOW + 900_000,
    },
  });
  expect(readLimits(answer('api-usage=0/0'))).toBeNull();
});

test('four requests at a time, or as many as the operator says', () => {
  expect(rateOf({})).toEqual({ max_in_flight: 4, per: [] });
  expect(rateOf({ rate: { max_in_flight: 9, per: [] } })).toEqual({ max_in_flight: 9, per: [] });
});
