import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';
import { FILTERS } from '../../../src/templates/engine.ts';
import { knownNames } from '../../../src/templates/known-names.ts';
import { compileTemplate } from '../../../src/templates/template.ts';

function filtered(value: JsonValue | undefined, filters: string): JsonValue {
  const issues: ConfigIssue[] = [];
  const template = compileTemplate(`{{ outcomes.x | ${filters} }}`, { known: knownNames(), issues, path: [] });
  expect(issues).toEqual([]);
  return template.render({ outcomes: value === undefined ? {} : { x: value } });
}

test.each([
  [undefined, 'none'],
  [null, 'none'],
  ['', 'none'],
  [[], 'none'],
  [false, false],
  [0, 0],
  ['a', 'a'],
])('default: %j', (value, expected) => {
  expect(filtered(value, 'default: "none"')).toEqual(expected);
});

test('truncate counts characters, the ellipsis included, and cuts no character in half', () => {
  expect(filtered('abcdef', 'truncate: 4')).toBe('abc…');
  expect(filtered('abcd', 'truncate: 4')).toBe('abcd');
  expect(filtered('😀😀😀', 'truncate: 3')).toBe('😀😀😀');
  expect(filtered('😀😀😀', 'truncate: 2, ""')).toBe('😀😀');
  expect(filtered(12, 'truncate: 1')).toBe(12);
  expect(filtered(null, 'truncate: 1')).toBeNull();
});

test('map translates words; what has no entry stays', () => {
  const words = 'map: no_answer: "MISSED", completed: 7, else: "OTHER"';
  expect(filtered('no-answer', words)).toBe('MISSED');
  expect(filtered('No Answer', words)).toBe('MISSED');
  expect(filtered('completed', words)).toBe(7);
  expect(filtered('busy', words)).toBe('OTHER');
  expect(filtered(true, 'map: true: "Yes", false: "No"')).toBe('Yes');
  expect(filtered(['a', 'b'], 'map: a: "A"')).toEqual(['A', 'b']);
});

describe('date', () => {
  test.each([
    ['2026-11-20T23:30:05Z', 'date: "%Y-%m-%d %H:%M:%S"', '2026-11-20 23:30:05'],
    ['2026-11-20T23:30:05Z', 'date: "%Y-%m-%d", "Europe/Berlin"', '2026-11-21'],
    ['2026-11-20T23:30:05Z', 'date: "%-d %B %Y at %l:%M %p", "America/New_York"', '20 November 2026 at 6:30 PM'],
    ['2026-11-20T23:30:05.250Z', 'date: "epoch_ms"', 1795217405250],
    ['2026-11-20T23:30:05.250Z', 'date: "epoch_s"', 1795217405],
    ['2026-11-20T23:30:05Z', 'date: "iso", "Europe/Berlin"', '2026-11-21T00:30:05.000+01:00'],
    ['2026-11-20T23:30:05Z', 'date', '2026-11-20T23:30:05.000Z'],
    ['2026-11-24', 'date: "%d.%m.%Y", "America/New_York"', '24.11.2026'],
    ['2026-11-24 15:00', 'date: "iso"', '2026-11-24T15:00:00.000Z'],
    [1795217405, 'date: "%F %T"', '2026-11-20 23:30:05'],
    ['next week', 'date: "%F"', null],
    ['', 'date: "%F"', null],
    [null, 'date: "%F"', null],
    [{ a: 1 }, 'date: "%F"', null],
  ])('%j | %s', (value, filter, expected) => {
    expect(filtered(value, filter)).toBe(expected);
  });
});

test.each([
  ['+12025550143', 'phone: "e164"', '+12025550143'],
  ['+1 (202) 555-0143', 'phone', '+12025550143'],
  ['+12025550143', 'phone: "national"', '(202) 555-0143'],
  ['+12025550143', 'phone: "international"', '+1 202 555 0143'],
  ['+12025550143', 'phone: "digits"', '12025550143'],
  ['(202) 555-0143', 'phone: "e164", "US"', '+12025550143'],
  ['(202) 555-0143', 'phone: "e164"', null],
  ['anonymous', 'phone: "national"', null],
])('%s | %s', (value, filter, expected) => {
  expect(filtered(value, filter)).toBe(expected);
});

test('hash and base32hex make keys that any API takes', () => {
  expect(filtered('abc', 'hash')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  // RFC 4648 section 10.
  expect(filtered('foobar', 'base32hex')).toBe('cpnmuoj1e8');
  expect(filtered('foob', 'base32hex')).toBe('cpnmuog');
  expect(filtered('call_1', 'hash | base32hex')).toMatch(/^[0-9a-v]{5,1024}$/);
  expect(filtered(null, 'hash')).toBeNull();
});

test('json and url_encode', () => {
  expect(filtered({ a: ['"', 1] }, 'json')).toBe('{"a":["\\"",1]}');
  expect(filtered('a b/c?+%', 'url_encode')).toBe('a%20b%2Fc%3F%2B%25');
  expect(filtered('\ud800', 'url_encode')).toBe('%EF%BF%BD');
});

const ARGUMENTS: Readonly<Record<string, string>> = {
  map: 'a: outcomes.y, else: outcomes.z',
  append: 'outcomes.y',
  prepend: 'outcomes.y',
  // A length from data may go over the memory limit, rightly.
  slice: 'outcomes.y, 5',
};

test('no value and no argument makes a filter fail', () => {
  const hostile = fc.oneof(fc.jsonValue(), fc.constant({ toString: 1, valueOf: 1, equals: 1, next: 1 }));
  const templates = FILTERS.map((name) => {
    const issues: ConfigIssue[] = [];
    const args = ARGUMENTS[name] ?? 'outcomes.y, outcomes.z';
    const template = compileTemplate(`{{ outcomes.x | ${name}: ${args} }}`, { known: knownNames(), issues, path: [] });
    expect(issues).toEqual([]);
    return template;
  });
  fc.assert(
    fc.property(hostile, hostile, hostile, (x, y, z) => {
      for (const template of templates) {
        const value = template.render({ outcomes: { x, y, z } as JsonObject });
        expect(JSON.parse(JSON.stringify(value))).toBeDefined();
      }
    }),
  );
});
