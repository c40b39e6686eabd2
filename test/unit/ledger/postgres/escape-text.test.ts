import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { escapeText, unescapeText } from '../../../../src/ledger/postgres/escape-text.ts';

const text = fc.string({ unit: fc.constantFrom('\u0000', '\u0001', '\u0002', '\u0003', 'a', 'é') });

test('any text comes back as it was, and none of it is what PostgreSQL refuses', () => {
  fc.assert(
    fc.property(text, (given) => {
      const escaped = escapeText(given);
      expect(escaped).not.toContain('\u0000');
      expect(unescapeText(escaped)).toBe(given);
    }),
  );
});

test('the order of texts stays, so that ids and cursors sort the same', () => {
  const order = (left: string, right: string): number =>
    Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)));
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(order(escapeText(left), escapeText(right))).toBe(order(left, right));
    }),
  );
});

test('ordinary text is left alone', () => {
  expect(escapeText('Dana\n+12025550143 \u0002')).toBe('Dana\n+12025550143 \u0002');
});
