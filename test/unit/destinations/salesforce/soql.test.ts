import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { isOneOf, phrase, select, subQuery } from '../../../../src/destinations/salesforce/soql.ts';

test('a query', () => {
  const where = isOneOf('Email', ['a@example.com', "o'neill@example.com"]);
  expect(select({ from: 'Lead', fields: ['Id', 'Email'], where })).toBe(
    "SELECT Id,Email FROM Lead WHERE Email IN ('a@example.com','o\\'neill@example.com')",
  );
});

test('a query of a composite, of what is there or of everything', () => {
  const soql = "SELECT Id FROM Task WHERE Subject IN ('a & b=c')";
  const { url, ...rest } = subQuery('66.0', 'Task0', { soql }) as { url: string };
  expect(rest).toEqual({ method: 'GET', referenceId: 'Task0' });
  expect(url).toMatch(/^\/services\/data\/v66\.0\/query\?q=/);
  expect(new URL(url, 'https://acme.my.salesforce.com').searchParams.get('q')).toBe(soql);
  expect(subQuery('66.0', 'Task0', { soql, all: true })['url']).toMatch(/\/queryAll\?q=/);
});

/** What Salesforce's manual says of literals: a backslash and the letter after it are one letter. */
const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  b: '\b',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** Reads `F IN ('…','…')` to its end, as a parser would; throws where it is anything else. */
function readList(condition: string): readonly string[] {
  const start = 'F IN (';
  if (!condition.startsWith(start)) throw new Error('no list');
  const values: string[] = [];
  let at = start.length;
  while (condition[at] === "'") {
    let value = '';
    for (at += 1; condition[at] !== "'"; at += 1) {
      const letter = condition[at];
      if (letter === undefined) throw new Error('the literal does not end');
      value += letter === '\\' ? LETTERS[condition[(at += 1)] ?? ''] : letter;
    }
    values.push(value);
    at += condition[at + 1] === ',' ? 2 : 1;
  }
  if (condition.slice(at) !== ')') throw new Error(`behind the list stands ${condition.slice(at)}`);
  return values;
}

/** Texts that are made to get out of a literal, and any others. */
const hostile = fc.oneof(
  fc.string({ unit: fc.constantFrom("'", '"', '\\', ')', ',', '\n', '\r', '\b', 'a', ' OR ', '--', '}') }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom("' OR Name != '", "\\' OR Id != null OR Name = '", 'x\\', "'; --", "\\\\'"),
);

test('no text closes the literal it stands in: read back, it is the text that was given', () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (values) => {
      expect(readList(isOneOf('F', values))).toEqual(values);
    }),
    { numRuns: 2000 },
  );
});

describe('phrases of a search', () => {
  test.each([
    ['202 555 0143', '"202 555 0143"'],
    ['a"b{c}', '"a\\"b\\{c\\}"'],
    ['x\\', '"x\\\\"'],
    ['1+1?*', '"1\\+1\\?\\*"'],
  ])('%s becomes %s', (text, written) => {
    expect(phrase(text)).toBe(written);
  });

  test('no text ends the phrase, or the braces around it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const inside = phrase(text).slice(1, -1);
        expect(inside.replaceAll(/\\([\s\S])/g, '$1')).toBe(text);
        expect(inside.replaceAll(/\\[\s\S]/g, '')).not.toMatch(/[&|!(){}[\]^"~*?:\\'+-]/);
      }),
      { numRuns: 2000 },
    );
  });
});
