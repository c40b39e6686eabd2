import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { canonicalJson, hashJson, hashText } from '../../../src/shared/hash.ts';

test('the order of keys does not matter, at any depth', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  expect(hashJson({ a: 1, b: { c: 2, d: 3 } })).toBe(hashJson({ b: { d: 3, c: 2 }, a: 1 }));
});

test('the order of a list does matter, and so do types', () => {
  expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]));
  expect(hashJson({ a: '1' })).not.toBe(hashJson({ a: 1 }));
});

test('a key named __proto__ is data', () => {
  const value: unknown = JSON.parse('{"__proto__":{"a":1},"b":2}');
  expect(canonicalJson(value)).toBe('{"__proto__":{"a":1},"b":2}');
});

test('reading canonical text back gives the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
    }),
  );
});

test('a hash is SHA-256 in lower-case hex', () => {
  expect(hashText('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(hashJson('')).toMatch(/^[0-9a-f]{64}$/);
});
