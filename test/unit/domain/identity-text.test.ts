import { expect, test } from '@jest/globals';

import { identityEmail, identityId, identityText } from '../../../src/domain/identity-text.ts';

test.each([
  [' E1 ', 'E1'],
  ['x'.repeat(256), 'x'.repeat(256)],
  ['x'.repeat(257), null],
  ['   ', null],
  ['\ud800', null],
  [null, null],
  [undefined, null],
  [7, null],
])('%p → %p', (given, expected) => {
  expect(identityText(given)).toBe(expected);
});

test.each([
  ['Ada@Example.com ', 'ada@example.com'],
  ['unknown', null],
  ['n/a', null],
  ['no email', null],
  ['john at gmail', null],
  ['a@b', null],
  ['a@b@c.de', null],
])('as an address, %p → %p', (given, expected) => {
  expect(identityEmail(given)).toBe(expected);
});

test.each([
  ['4711', '4711'],
  ['Unknown', null],
  ['N/A', null],
  ['null', null],
  ['0', null],
  ['-', null],
])('as an id, %p → %p: what everybody has, nobody is known by', (given, expected) => {
  expect(identityId(given)).toBe(expected);
});
