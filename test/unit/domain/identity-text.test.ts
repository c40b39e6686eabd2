import { expect, test } from '@jest/globals';

import { identityText } from '../../../src/domain/identity-text.ts';

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
