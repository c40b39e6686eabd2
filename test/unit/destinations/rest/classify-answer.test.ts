import { describe, expect, test } from '@jest/globals';

import type { Answer } from '../../../../src/destinations/rest/answer.ts';
import { classifyAnswer, type AnswerContext, type Purpose } from '../../../../src/destinations/rest/classify-answer.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

function classify(status: number, changes: Partial<AnswerContext> = {}, answer: Partial<Answer> = {}): unknown {
  const context: AnswerContext = {
    label: 'POST /contacts',
    purpose: 'create',
    success: null,
    conflict: ({ status: seen }) => seen === 409,
    rules: [],
    retryAfter: undefined,
    nowMs: NOW,
    destination: 'crm',
    ...changes,
  };
  return classifyAnswer({ status, headers: {}, body: null, ...answer }, context);
}

test.each<[status: number, kinds: Partial<Record<Purpose, string>>]>([
  [200, { search: 'success', read: 'success', create: 'success', update: 'success' }],
  [204, { update: 'success' }],
  [302, { search: 'rejected', create: 'rejected' }],
  [400, { create: 'rejected', update: 'rejected' }],
  [401, { search: 'refresh_auth', create: 'refresh_auth' }],
  [403, { create: 'rejected' }],
  [404, { search: 'rejected', read: 'gone', create: 'rejected', update: 'gone' }],
  [408, { search: 'retry', create: 'unknown', update: 'unknown' }],
  [409, { create: 'conflict', update: 'rejected' }],
  [410, { read: 'gone', update: 'gone' }],
  [422, { create: 'rejected' }],
  [425, { search: 'retry', create: 'retry' }],
  [429, { search: 'retry', create: 'retry', update: 'retry' }],
  [500, { search: 'retry', create: 'unknown', update: 'unknown' }],
  [502, { create: 'unknown' }],
  [503, { search: 'retry', create: 'unknown' }],
])('%i', (status, kinds) => {
  for (const [purpose, kind] of Object.entries(kinds)) {
    expect([purpose, classify(status, { purpose: purpose as Purpose })]).toMatchObject([purpose, { kind }]);
  }
});

test('a create under a person’s path that is answered 404 says that the person is gone', () => {
  expect(classify(404, { label: 'POST /contacts/{{ contact_id }}/notes' })).toMatchObject({ kind: 'gone' });
});

describe('when to come back', () => {
  test.each<[headers: Record<string, string>, atMs: number]>([
    [{ 'retry-after': '7' }, NOW + 7000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT' }, NOW + 60_000],
    [{ 'retry-after': 'Fri, 20 Nov 2020 12:01:00 GMT' }, NOW],
    [{ 'retry-after': '99999999' }, NOW + 86_400_000],
    [{ 'x-reset': String(NOW / 1000 + 30) }, NOW + 30_000],
  ])('%j', (headers, notBeforeMs) => {
    const retryAfter = { header: 'X-Reset', unit: 'epoch_seconds' as const };
    expect(classify(429, { retryAfter }, { headers })).toMatchObject({ kind: 'retry', notBeforeMs });
  });

  test('nothing readable: nothing said', () => {
    expect(classify(429, {}, { headers: { 'retry-after': 'soon' } })).not.toHaveProperty('notBeforeMs');
  });

  test('a 503 that says when did nothing', () => {
    expect(classify(503, {}, { headers: { 'retry-after': '7' } })).toMatchObject({
      kind: 'retry',
      notBeforeMs: NOW + 7000,
    });
  });
});

describe('rules of the operator', () => {
  const rule = (changes: object): Partial<AnswerContext> => ({
    rules: [{ statuses: null, body: null, verdict: 'permanent', afterMs: null, ...changes }],
  });

  test.each([
    [
      { statuses: [403], verdict: 'retry', afterMs: 5000 },
      { kind: 'retry', notBeforeMs: NOW + 5000 },
    ],
    [
      { statuses: [403], verdict: 'pause', afterMs: 5000 },
      { kind: 'paused', untilMs: NOW + 5000 },
    ],
    [{ statuses: [403], verdict: 'pause' }, { kind: 'paused' }],
    [{ statuses: [403], verdict: 'refresh_auth' }, { kind: 'refresh_auth' }],
    [{ statuses: [403], verdict: 'conflict' }, { kind: 'conflict' }],
    [{ statuses: [403], verdict: 'permanent' }, { kind: 'rejected' }],
    [
      { statuses: [500], verdict: 'permanent' },
      { kind: 'rejected', hint: expect.any(String) },
    ],
  ])('%j', (changes, verdict) => {
    expect(classify(403, rule(changes))).toMatchObject(verdict);
  });

  test('one without a status judges failures only: words in a good answer are data', () => {
    const body = (): boolean => true;
    expect(classify(200, rule({ body }))).toMatchObject({ kind: 'success' });
    expect(classify(200, rule({ body, statuses: [200], verdict: 'retry' }))).toMatchObject({ kind: 'retry' });
    expect(classify(500, rule({ body, verdict: 'retry' }))).toMatchObject({ kind: 'retry' });
  });
});

describe('200 with an error in it', () => {
  const success = ({ body }: { body?: unknown }): boolean => (body as { ok: boolean }).ok;

  test('is a refusal in the CRM’s own words', () => {
    expect(classify(200, { success }, { body: { ok: false, error: 'channel_not_found' } })).toMatchObject({
      kind: 'rejected',
      reason: 'POST /contacts → 200: channel_not_found',
    });
    expect(classify(200, { success }, { body: { ok: true } })).toMatchObject({ kind: 'success' });
  });
});

describe('reasons', () => {
  test.each<[body: Answer['body'], words: string]>([
    [{ statusCode: 422, message: ['phone is bad', 'email is bad'] }, '["phone is bad","email is bad"]'],
    [{ success: false, error: 'Invalid', error_info: 'See docs' }, 'See docs; Invalid'],
    [{ errors: [{ field: 'phone', code: 'bad' }] }, '[{"field":"phone","code":"bad"}]'],
    [[{ errorCode: 'X', message: 'Required' }], 'Required'],
    ['<html>\n<h1>Access denied</h1></html>', '<html> <h1>Access denied</h1></html>'],
    [{ code: 17 }, '{"code":17}'],
    [null, '(no words)'],
  ])('%j', (body, words) => {
    expect(classify(400, {}, { body })).toMatchObject({ reason: `POST /contacts → 400: ${words}` });
  });

  test('are bounded', () => {
    const { reason } = classify(400, {}, { body: 'x'.repeat(100_000) }) as { reason: string };
    expect(reason.length).toBeLessThan(600);
  });

  test('a redirect tells where to, without its secrets', () => {
    const answer = { headers: { location: 'https://eu.crm.example.com/api/contacts?token=secret' } };
    expect(classify(301, {}, answer)).toMatchObject({ hint: expect.stringContaining('https://eu.crm.example.com') });
    expect(JSON.stringify(classify(301, {}, answer))).not.toContain('secret');
  });
});
