import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { findOption, formatValue } from '../../../../src/destinations/salesforce/format.ts';
import { textOf } from '../../../../src/torture/crm/json-text.ts';
import type { Field } from '../../../../src/destinations/salesforce/org.ts';
import type { JsonValue } from '../../../../src/domain/json.ts';
import { createField } from '../../../support/salesforce-org.ts';

const ZONE = 'America/New_York';

const RATINGS = [
  { value: 'Hot', label: 'Very hot' },
  { value: 'Cold', label: 'Cold as ice' },
];

function field(type: string, rest: Partial<Field> = {}): Field {
  const values = type === 'picklist' || type === 'multipicklist' ? RATINGS : null;
  return createField('Some__c', { type, values, length: type === 'string' ? 20 : 0, ...rest });
}

test.each<[type: string, raw: JsonValue, value: JsonValue]>([
  ['string', 'as it is ', 'as it is '],
  ['string', 5, '5'],
  ['string', true, 'true'],
  ['string', ['a', null, 2], 'a;;2'],
  ['string', { a: 1 }, '{"a":1}'],
  ['string', [{ a: 1 }], '[{"a":1}]'],
  ['string', '', null],
  ['string', null, null],
  ['textarea', 'two\nlines', 'two\nlines'],
  ['int', '182.4', 182],
  ['int', 0, 0],
  ['double', '12.50', 12.5],
  ['currency', 1e3, 1000],
  ['percent', '', null],
  ['boolean', 'Yes', true],
  ['boolean', 0, false],
  ['boolean', false, false],
  ['date', '2026-11-20', '2026-11-20'],
  ['date', '2026-11-20T03:00:00Z', '2026-11-19'],
  ['date', '2026-11-20T23:00:00-05:00', '2026-11-20'],
  ['date', 1795176000000, '2026-11-20'],
  ['datetime', '2026-11-20T13:00:00+01:00', '2026-11-20T12:00:00.000Z'],
  ['datetime', 1795176000000, '2026-11-20T12:00:00.000Z'],
  ['picklist', 'Hot', 'Hot'],
  ['picklist', ' hot ', 'Hot'],
  ['picklist', 'cold AS ice', 'Cold'],
  ['picklist', 'Lukewarm', 'Lukewarm'],
  ['multipicklist', 'hot;Very hot; cold', 'Hot;Hot;Cold'],
  ['multipicklist', ['Hot', 'Tepid'], 'Hot;Tepid'],
  ['reference', '005Qy00000ABCDE', '005Qy00000ABCDE'],
  ['reference', ' 005Qy00000ABCDEIA5 ', '005Qy00000ABCDEIA5'],
])('%s takes %j as %j', (type, raw, value) => {
  expect(formatValue(raw, field(type), ZONE)).toEqual({ kind: 'value', value });
});

test.each<[type: string, raw: JsonValue, reason: string]>([
  ['int', 'many', '"many" is not a number'],
  ['double', '1,000', '"1,000" is not a number'],
  ['double', ' ', '" " is not a number'],
  ['boolean', 'perhaps', '"perhaps" is not true or false'],
  ['boolean', '', '"" is not true or false'],
  ['boolean', null, 'null is not true or false'],
  ['date', '2026-02-30', '"2026-02-30" is not a date'],
  ['date', 'next week', '"next week" is not a date'],
  ['date', 1_795_176_000, '1795176000 is not a date'],
  ['datetime', 'soon', '"soon" is not a time'],
  ['datetime', true, 'true is not a time'],
  ['reference', 'dana@example.com', '"dana@example.com" is not the id of a record: 15 or 18 letters and digits'],
])('%s does not take %j: %s', (type, raw, reason) => {
  expect(formatValue(raw, field(type), ZONE)).toEqual({ kind: 'unusable', reason });
});

test('what is refused is shown in short', () => {
  const { reason } = formatValue('x'.repeat(500), field('int'), ZONE) as { reason: string };
  expect(reason).toBe(`"${'x'.repeat(59)}… is not a number`);
});

describe('picklists', () => {
  test('a restricted one takes what is listed, and tells the nearest', () => {
    expect(formatValue('Hott', field('picklist', { isRestricted: true }), ZONE)).toEqual({
      kind: 'unusable',
      reason: '"Hott" is not one of its values. Did you mean "Hot"?',
    });
    expect(formatValue('Hot;Tepid', field('multipicklist', { isRestricted: true }), ZONE)).toMatchObject({
      reason: '"Tepid" is not one of its values. Known: Hot, Cold.',
    });
  });

  test('a status is restricted though Salesforce does not say so', () => {
    expect(formatValue('Working', field('picklist', { name: 'Status' }), ZONE)).toMatchObject({ kind: 'unusable' });
  });

  test('a value goes before another one’s label', () => {
    const values = [
      { value: 'a', label: 'b' },
      { value: 'b', label: 'a' },
    ];
    expect(findOption(values, 'b')).toBe('b');
    expect(findOption(values, 'B')).toBe('b');
  });
});

describe('texts that are too long', () => {
  test('are cut to their length, and said to be', () => {
    expect(formatValue('abcdef', field('string', { length: 4 }), ZONE)).toEqual({
      kind: 'value',
      value: 'abc…',
      note: 'cut from 6 to 4 characters',
    });
  });

  test('no letter is cut in half', () => {
    expect(formatValue('ab😀ef', field('string', { length: 4 }), ZONE)).toMatchObject({ value: 'ab\uFFFD…' });
  });
});

const TYPES =
  'string textarea phone email url combobox picklist multipicklist boolean int long double currency percent date datetime time reference';

const anyField = fc.record({
  type: fc.constantFrom('something new', ...TYPES.split(' ')),
  length: fc.constantFrom(0, 1, 2, 18, 255),
  isRestricted: fc.boolean(),
});

const anyNumber = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(1e21, -1e300, 8.65e15));

test('whatever a call brings is written or told of, never thrown; texts fit their field', () => {
  const raw = fc.oneof(fc.jsonValue(), anyNumber, fc.string({ unit: 'binary' })) as fc.Arbitrary<JsonValue>;
  fc.assert(
    fc.property(raw, anyField, (value, { type, ...rest }) => {
      const formatted = formatValue(value, field(type, rest), ZONE);
      if (formatted.kind === 'unusable') return expect(formatted.reason).toMatch(/ is not /);
      if (type === 'string' && rest.length > 0) {
        expect(formatted.value === null || textOf(formatted.value).length <= rest.length).toBe(true);
      }
      return expect(() => JSON.stringify(formatted.value)).not.toThrow();
    }),
    { numRuns: 2000 },
  );
});

test('days and times are those of the calendar', () => {
  const moment = fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.getTime()),
    anyNumber,
  );
  fc.assert(
    fc.property(moment, fc.constantFrom('date', 'datetime'), (epochMs, type) => {
      const formatted = formatValue(epochMs, field(type), ZONE);
      if (formatted.kind === 'value') expect(formatted.value).toMatch(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d\.\d{3}Z)?$/);
    }),
    { numRuns: 1000 },
  );
});
