import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { JsonValue } from '../../../src/domain/json.ts';
import { readBody } from '../../../src/platforms/read-body.ts';
import { fixture } from '../../support/platform-source.ts';

const JSON_TYPE = 'application/json';

function json(text: string | Buffer, contentType: string | null = JSON_TYPE): JsonValue | undefined {
  const body = readBody(Buffer.from(text), contentType);
  return body.kind === 'json' ? body.value : undefined;
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

describe('trap 2: text is made of bytes only after the bytes were hashed', () => {
  test('a BOM is skipped', () => {
    expect(json(fixture('_traps/bom.json'))).toEqual({ event: 'call.ended', callId: 'A' });
  });

  test('invalid UTF-8 is unparseable, not repaired', () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(readBody(body, JSON_TYPE)).toEqual({ kind: 'unparseable', problem: 'it is not valid UTF-8' });
  });
});

describe('trap 16: form bodies', () => {
  test.each([['application/x-www-form-urlencoded'], ['Application/X-WWW-Form-Urlencoded; charset=UTF-8'], [null]])(
    'are decoded once, empty values kept (content type %p)',
    (contentType) => {
      expect(readBody(Buffer.from('From=%2B12025550143&ToCity=&Note=a+b%2520c&a=1&a=2'), contentType)).toEqual({
        kind: 'form',
        value: { From: '+12025550143', ToCity: '', Note: 'a b%20c', a: '2' },
      });
    },
  );

  test('a literal + becomes a space, which the phone reader knows about', () => {
    const body = readBody(fixture('callscaler/in_call.form_literal_plus.txt'), 'application/x-www-form-urlencoded');
    expect(body).toEqual({ kind: 'form', value: { From: ' 12025550143', To: ' 12025550110', CallSid: 'abc-123-def' } });
  });

  test('JSON under the content type of a form is still JSON', () => {
    expect(json('{"a":1}', 'application/x-www-form-urlencoded')).toEqual({ a: 1 });
  });

  test('a form cannot bring a prototype', () => {
    expect(readBody(Buffer.from('__proto__=1&constructor=2&a=3'), 'application/x-www-form-urlencoded')).toEqual({
      kind: 'form',
      value: { a: '3' },
    });
  });
});

describe('trap 22: JSON that means harm', () => {
  test('of two equal keys the last one wins', () => {
    expect(json(fixture('_traps/duplicate_keys.json'))).toEqual({
      event: 'call.ended',
      callId: 'B',
      status: 'completed',
    });
  });

  test('64 levels are read, 65 are not, and a million costs nothing', () => {
    expect(json(nested(64))).toBeDefined();
    expect(readBody(Buffer.from(nested(65)), JSON_TYPE)).toEqual({
      kind: 'unparseable',
      problem: 'it is nested deeper than 64 levels',
    });
    expect(readBody(Buffer.from('['.repeat(1_000_000)), JSON_TYPE).kind).toBe('unparseable');
  });

  test('brackets inside strings are no depth', () => {
    const text = `{"a":"${'[{'.repeat(500)}\\"${'['.repeat(100)}","b":1}`;
    expect(json(text)).toMatchObject({ b: 1 });
  });

  test('integers beyond 2^53 survive as text, smaller ones stay numbers', () => {
    const text =
      '{"id":9007199254740993,"negative":-12345678901234567890,"safe":5635304278851584,"float":1.5,"big":1e300}';
    expect(json(text)).toEqual({
      id: '9007199254740993',
      negative: '-12345678901234567890',
      safe: 5_635_304_278_851_584,
      float: 1.5,
      big: 1e300,
    });
  });

  test('keys that reach prototypes are left out at every level, however spelled', () => {
    const value = json('{"a":{"__proto__":{"x":1},"constructor":2},"prototype":3,"\\u005f_proto__":{"y":1},"b":1}');
    expect(value).toEqual({ a: {}, b: 1 });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

test.each([JSON_TYPE, 'application/json; charset=utf-8', 'text/plain', null])(
  'JSON is read under content type %p',
  (contentType) => {
    expect(json('{"a":1}', contentType)).toEqual({ a: 1 });
  },
);

test.each(['', ' \n', '\ufeff'])('%p is empty', (text) => {
  expect(readBody(Buffer.from(text), JSON_TYPE)).toEqual({ kind: 'empty' });
});

test('a template that rendered to broken JSON is unparseable, and the problem does not repeat the body', () => {
  expect(readBody(fixture('callab/integration.broken_template.txt'), JSON_TYPE)).toEqual({
    kind: 'unparseable',
    problem: "it is not valid JSON: Unexpected token ','",
  });
  for (const text of ['transcript of a secret', '{"a": secret}', '"secret']) {
    expect(JSON.stringify(readBody(Buffer.from(text), JSON_TYPE))).not.toContain('secret');
  }
});

test('trap 13: a JWT body is read as its claims', () => {
  expect(readBody(fixture('dialpad/hangup.jwt.txt'), 'application/jwt')).toEqual(
    readBody(fixture('dialpad/hangup.json'), JSON_TYPE),
  );
});

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10, noUnicodeString: false }), (value) => {
      fc.pre(!/__proto__|constructor|prototype/.test(JSON.stringify(value)));
      const text = JSON.stringify(value);
      const expected = JSON.parse(text) as JsonValue;
      const read = readBody(Buffer.from(text), JSON_TYPE);
      const hasHugeInteger = /\d{16}/.test(text);
      if (read.kind === 'json' && !hasHugeInteger) expect(read.value).toEqual(expected);
      else expect(hasHugeInteger).toBe(true);
    }),
  );
});

test('never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(text)),
      ),
      fc.option(fc.string()),
      (bytes, contentType) => {
        expect(readBody(Buffer.from(bytes), contentType).kind).toEqual(expect.any(String));
      },
    ),
  );
});

describe('absurdly many of anything is unparseable, and found out without reading it', () => {
  const unparseable = (text: string, type: string) => readBody(Buffer.from(text), type);

  test.each([
    ['numbers', `[${'1,'.repeat(250_000)}1]`],
    ['empty objects', `[${'{},'.repeat(250_000)}1]`],
    ['brackets without commas', `[${`${'['.repeat(60)}${']'.repeat(60)},`.repeat(5000)}1]`],
    ['keys of one object', `{${Array.from({ length: 250_001 }, (_, index) => `"${index}":1`).join(',')}}`],
  ])('%s', (_name, text) => {
    expect(unparseable(text, JSON_TYPE)).toEqual({ kind: 'unparseable', problem: 'it holds more than 250000 values' });
  });

  test('commas in a text are no values', () => {
    expect(unparseable(JSON.stringify({ transcript: ',[{'.repeat(400_000) }), JSON_TYPE).kind).toBe('json');
  });

  test('parameters of a form', () => {
    const type = 'application/x-www-form-urlencoded';
    expect(unparseable('a=1&'.repeat(10_000), type)).toEqual({
      kind: 'unparseable',
      problem: 'it holds more than 10000 parameters',
    });
    expect(unparseable('a=1&'.repeat(9_999), type).kind).toBe('form');
  });
});
