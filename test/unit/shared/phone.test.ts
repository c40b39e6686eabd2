import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { nationalNumber, parsePhone, writtenForms, writtenGroups } from '../../../src/shared/phone.ts';

describe('numbers that are numbers', () => {
  test.each([
    ['+12025550143', null, '+12025550143'],
    ['+1 202-555-0143', null, '+12025550143'],
    ['+1 (202) 555.0143', null, '+12025550143'],
    [' 12025550143', null, '+12025550143'],
    ['0012025550143', null, '+12025550143'],
    ['0049 30 123456', 'US', '+4930123456'],
    ['+49 (0)30 123456', null, '+4930123456'],
    ['202-555-0143', 'US', '+12025550143'],
    ['(202) 555-0143', 'US', '+12025550143'],
    ['1-202-555-0143', 'US', '+12025550143'],
    ['030 123456', 'DE', '+4930123456'],
    ['sip:+12025550143@pbx.example.com', null, '+12025550143'],
    ['tel:+12025550143', null, '+12025550143'],
    [12_025_550_143, 'US', '+12025550143'],
    ['+4915112345678', null, '+4915112345678'],
  ])('%p with default country %p is %s', (raw, country, e164) => {
    expect(parsePhone(raw, country)).toEqual({ e164, raw: String(raw) });
  });
});

describe('what is no number stays as it came', () => {
  test.each([
    ['anonymous', 'US'],
    ['Restricted', 'US'],
    ['blocked', 'US'],
    ['unknown', 'US'],
    ['client:alice', 'US'],
    ['sip:alice@example.com', 'US'],
    ['1-800-FLOWERS', 'US'],
    ['+1202', null],
    ['911', 'US'],
    ['+266696687', null],
    ['+7378742833', null],
    ['call +12025550143 now', 'US'],
  ])('%p', (raw, country) => {
    expect(parsePhone(raw, country)).toEqual({ e164: null, raw });
  });

  test('a national number without a country stays unread: none is invented', () => {
    expect(parsePhone('202-555-0143', null)).toEqual({ e164: null, raw: '202-555-0143' });
    expect(parsePhone('12025550143', null)).toEqual({ e164: null, raw: '12025550143' });
  });

  test.each([null, undefined, '', '   ', {}, true])('%p is nothing at all', (raw) => {
    expect(parsePhone(raw, 'US')).toEqual({ e164: null, raw: null });
  });
});

test('any text gives null or E.164, and E.164 reads as itself', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[+0 ]?[\d ().-]{3,20}$/)),
      fc.constantFrom(null, 'US', 'DE'),
      (raw, country) => {
        const { e164 } = parsePhone(raw, country);
        expect(e164 === null || /^\+[1-9]\d{3,14}$/.test(e164)).toBe(true);
        if (e164 !== null) expect(parsePhone(e164, null).e164).toBe(e164);
      },
    ),
  );
});

describe('how people write a number', () => {
  test.each([
    [
      '+12025550143',
      [
        '+12025550143',
        '12025550143',
        '2025550143',
        '(202) 555-0143',
        '202 555 0143',
        '202-555-0143',
        '202.555.0143',
        '+1 202 555 0143',
      ],
    ],
    [
      '+442079460018',
      [
        '+442079460018',
        '442079460018',
        '2079460018',
        '020 7946 0018',
        '02079460018',
        '020-7946-0018',
        '020.7946.0018',
        '+44 20 7946 0018',
      ],
    ],
    [
      '+33142345678',
      [
        '+33142345678',
        '33142345678',
        '142345678',
        '01 42 34 56 78',
        '0142345678',
        '01-42-34-56-78',
        '01.42.34.56.78',
        '+33 1 42 34 56 78',
      ],
    ],
  ])('%s', (e164, forms) => {
    expect(writtenForms(e164)).toEqual(forms);
  });

  test.each([
    ['+12025550143', ['202 555 0143']],
    // With the zero that is dialled at home, and without.
    ['+442079460018', ['020 7946 0018', '20 7946 0018']],
    ['+390612345678', ['06 1234 5678']],
    ['+74951234567', ['8 495 123 45 67', '495 123 45 67']],
  ])('the groups of %s, whatever stands between them', (e164, groups) => {
    expect(writtenGroups(e164)).toEqual(groups);
  });

  test('what no plan knows is looked for as it is', () => {
    expect(writtenForms('+999123')).toEqual(['+999123']);
    expect(writtenGroups('+999123')).toEqual(['999123']);
  });

  const northAmerican = fc.stringMatching(/^\+1[2-9]\d{2}[2-9]\d{6}$/);

  test('every form of a North American number reads back as that number', () => {
    fc.assert(
      fc.property(northAmerican, (e164) => {
        const forms = writtenForms(e164);
        expect(forms.filter((form) => parsePhone(form, 'US').e164 !== e164)).toEqual([]);
        expect(new Set(forms).size).toBe(forms.length);
      }),
    );
  });

  test('of any number no digit is lost and none invented but a prefix that is dialled at home', () => {
    const international = fc
      .tuple(
        fc.constantFrom('44', '49', '33', '61', '39', '55', '7', '36', '52', '353'),
        fc.stringMatching(/^[1-9]\d{7,9}$/),
      )
      .map(([country, rest]) => `+${country}${rest}`);
    fc.assert(
      fc.property(fc.oneof(international, northAmerican), (e164) => {
        fc.pre(parsePhone(e164, null).e164 === e164);
        for (const form of [...writtenForms(e164), ...writtenGroups(e164)]) {
          expect(form.replaceAll(/\D/g, '')).toMatch(new RegExp(`${nationalNumber(e164)}$`));
        }
      }),
      { numRuns: 500 },
    );
  });
});
