import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { maskBody, maskJson, maskText, maskUrl } from '../../../src/observability/mask.ts';

const token = fc.stringMatching(/^[A-Za-z0-9_-]{12,48}$/);
const digits = fc.stringMatching(/^[1-9][0-9]{9,14}$/);
const secretKey = fc.constantFrom(
  'token',
  'access_token',
  'client_secret',
  'Authorization',
  'X-API-Key',
  'apiKey',
  'password',
  'X-Callab-Signature',
  'set-cookie',
);
const phoneKey = fc.constantFrom('phone', 'customer_number', 'caller_number', 'From', 'to', 'MobilePhone', 'phones');
const words = fc.constantFrom('', 'refused: ', 'the number ', 'said "', '(', 'tel:');

test('a phone keeps its last four digits, in every common notation', () => {
  for (const phone of [
    '+12025550143',
    '+1 (202) 555-0143',
    '%2B12025550143',
    '12025550143',
    '202-555-0143',
    '(202) 555-0143',
  ]) {
    expect(maskText(`call from ${phone} ended`)).toBe('call from ***0143 ended');
  }
});

test('numbers with slashes, zeros in front and a one in front are numbers too', () => {
  for (const phone of ['+49 30/901820', '+49 (0)30 901820', '0049 30 901820', '030 901820', '(0171) 2901820']) {
    expect(maskText(`call from ${phone} ended`)).toBe('call from ***1820 ended');
  }
  expect(maskText('1-800-555-0143')).toBe('***0143');
});

// Salesforce is asked for a caller in every way in which people write his number, a search in the URL itself.
test('numbers in queries are numbers, whatever stands between their digits', () => {
  const written = '020 7946 0018|02079460018|020-7946-0018|020.7946.0018|+44 20 7946 0018|01.42.34.56.78|30901820';
  for (const phone of written.split('|')) {
    const last = phone.replaceAll(/\D/g, '').slice(-4);
    expect(maskText(`Phone IN ('${phone}','x')`)).toBe(`Phone IN ('***${last}','x')`);
  }
  for (const text of ["'2026-11-20'", '"127.100.100.254"', '"30901820"', "'00Q5g0000000001EAA'", "'66.0'"]) {
    expect(maskText(text)).toBe(text);
  }
});

test('a URL is masked as it reads, too', () => {
  const search = 'https://acme.my.salesforce.com/services/data/v66.0/search?q=';
  for (const phrase of ['"202 555 0143"', '"020 7946 0143" OR "20 7946 0143"', '"01 42 34 01 43"']) {
    const masked = maskUrl(search + encodeURIComponent(`FIND {${phrase}} IN PHONE FIELDS RETURNING Lead(Id)`));
    expect(masked).toMatch(/^https:\/\/acme\.my\.salesforce\.com\/services\/data\/v66\.0\/search\?q=FIND/);
    expect(masked).toContain('***0143');
    expect(masked).not.toMatch(/555|7946|42/);
  }
  expect(maskUrl('https://crm.example.com/contacts?phone=(202)%20555-0143')).not.toContain('555');
  for (const url of ['https://crm.example.com/a%20b?c=%22d%22', 'https://crm.example.com/100%', `${search}%ff`]) {
    expect(maskUrl(url)).toBe(url);
  }
});

test('what a CRM says about our key does not give it away', () => {
  const key = 'ab12'.repeat(16);
  for (const text of [`Invalid API key: ${key}`, `access key="${key}"`, `Cookie: session=${key}`]) {
    expect(maskText(text)).not.toContain(key);
  }
});

test('a text of any length and shape costs little: the rest is dropped, and nothing is cut in two', () => {
  for (const part of ['+1)(1)(1)(1)(1)(1)(x', 'token-', 'a', 'a@b.', '\u00f6+', '1 ']) {
    const text = part.repeat(400_000 / part.length);
    expect(maskText(text).length).toBeLessThan(20_000);
    expect(maskBody(JSON.stringify({ [part]: Array.from({ length: 50 }, () => text) })).length).toBeLessThan(100_000);
  }
  const phone = '+12025550143';
  for (let before = 15_980; before < 16_001; before += 1) {
    const masked = maskText(`${'x '.repeat(before / 2)}${before % 2 === 0 ? '' : ' '}${phone} ${'y '.repeat(5000)}`);
    expect(masked).not.toMatch(/\+1\d*/);
  }
});

test('times, versions, short numbers and ids stay readable', () => {
  for (const text of [
    '2026-11-20T12:00:00.000Z',
    'HTTP/1.1 404 in 12.5 ms',
    'evt_01jd3k5n8q0r2s4t6u8v0a2c4',
    'contact 48291 not found',
    '123e4567-e89b-12d3-a456-426614174000',
  ]) {
    expect(maskText(text)).toBe(text);
  }
});

test('an e-mail address keeps its domain only', () => {
  expect(maskText('no contact ada.lovelace@example.com')).toBe('no contact ***@example.com');
  expect(maskText('?email=ada%40example.com')).toBe('?email=***%40example.com');
});

test('URLs lose credentials, secret parameters and path tokens', () => {
  expect(maskText('POST https://user:pw@crm.example.com/v1?access_token=abc&limit=2')).toBe(
    'POST https://***@crm.example.com/v1?access_token=***&limit=2',
  );
  expect(maskText('/webhooks/tracking/s3cr3t-path?x=1')).toBe('/webhooks/tracking/***?x=1');
});

test('authorization in a text keeps its scheme only', () => {
  expect(maskText('Authorization: Bearer abc.def')).toBe('Authorization: Bearer ***');
  expect(maskText('a basic plan')).toBe('a basic plan');
});

test('of transcripts, summaries and bodies only the length stays', () => {
  expect(
    maskJson({ call: { transcript: 'Hello', summary: 'Hi', hs_call_body: 'x' }, transcript_turns: [{ text: 'a' }] }),
  ).toEqual({
    call: { transcript: '[5 characters]', summary: '[2 characters]', hs_call_body: '[1 characters]' },
    transcript_turns: '[1 items]',
  });
});

test('errors are shown with message and cause, masked', () => {
  const error = new Error('cannot reach +12025550143', { cause: new Error('token=abcdef') });
  expect(maskJson({ error })).toEqual({
    error: { name: 'Error', message: 'cannot reach ***0143', cause: { name: 'Error', message: 'token=***' } },
  });
});

test('a body is masked as JSON when it is JSON, as text otherwise', () => {
  expect(maskBody('{"phone":"+12025550143","id":7}')).toBe('{"phone":"***0143","id":7}');
  expect(maskBody('{broken +12025550143')).toBe('{broken ***0143');
});

test('circular structures end', () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  expect(JSON.stringify(maskJson(loop))).toContain('[deeper]');
});

test('property: a secret under a secret-looking key never comes out, at any depth', () => {
  fc.assert(
    fc.property(
      secretKey,
      token,
      fc.array(fc.constantFrom('a', 'data', 'items'), { maxLength: 5 }),
      (key, secret, path) => {
        let value: unknown = { [key]: secret };
        for (const name of path) value = name === 'items' ? [value] : { [name]: value };
        expect(JSON.stringify(maskJson(value))).not.toContain(secret);
      },
    ),
  );
});

test('property: a secret in a URL, a header or a text never comes out', () => {
  fc.assert(
    fc.property(token, words, (secret, before) => {
      for (const text of [
        `https://crm.example.com/x?api_key=${secret}&page=2`,
        `https://admin:${secret}@crm.example.com/`,
        `http://127.0.0.1:8080/webhooks/tracking/${secret}`,
        `Authorization: Bearer ${secret}`,
        `{"client_secret": "${secret}"}`,
        `signature=${secret}`,
      ]) {
        expect(maskText(before + text)).not.toContain(secret);
      }
    }),
  );
});

test('property: a phone never comes out whole, under any key and in any text', () => {
  fc.assert(
    fc.property(phoneKey, digits, words, (key, number, before) => {
      const shown = JSON.stringify(
        maskJson({ [key]: number, list: { [key]: [`+${number}`] }, note: `${before}+${number}` }),
      );
      expect(shown).not.toContain(number.slice(0, -4));
      expect(shown).toContain(number.slice(-4));
    }),
  );
});

test('property: masking never throws', () => {
  fc.assert(fc.property(fc.anything(), (value) => void JSON.stringify(maskJson(value))));
});
