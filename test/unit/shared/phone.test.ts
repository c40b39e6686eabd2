import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { parsePhone } from '../../../src/shared/phone.ts';

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
