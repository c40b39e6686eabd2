import { expect, test } from '@jest/globals';

import { parseYaml } from '../../../src/config/yaml-source.ts';
import { edited, problemsOf } from '../../support/check-config.ts';

const EMPTY =
  '1:1 the file is empty. `npm run hookline -- init --platform callab` writes a first config where there is none.';
const NO_MAP = '1:1 the file must be a map of keys: sources, destinations, integrations.';
const TEMPLATE = 'a text that starts with { must stand in quotes: "{{ … }}".';

test.each([
  ['nothing', '', EMPTY],
  ['comments alone', '# sources:\n', EMPTY],
  ['a list', '- sources\n', NO_MAP],
  ['a text', 'sources\n', NO_MAP],
  ['a tab', 'sources:\n\tcallab:\n\t\tplatform: callab\n', '2:1 a tab cannot indent YAML. Use spaces.'],
  ['a quote that is not closed', "sources: 'callab\n", '2:1 a quote, comma or bracket is missing here.'],
  [
    'an indentation that fits nothing',
    'sources:\n   callab:\n  tracking:\n',
    '2:11 the indentation does not fit the lines above, or a bracket above is not closed.',
  ],
  [
    'a bracket that is not closed',
    'sources: { callab: { platform: callab }\ndestinations: {}\n',
    '2:1 the indentation does not fit the lines above, or a bracket above is not closed.',
  ],
  ['a colon forgotten', 'sources\n  callab: 1\n', '1:1 a colon is missing after the key, or the indentation is wrong.'],
  [
    'a colon in a text',
    'sources: a: b\n',
    '1:10 the indentation is wrong, or a text with a colon and a space in it lacks quotes.',
  ],
  [
    'two documents',
    'sources: {}\n---\nsources: {}\n',
    '2:1 a second document starts here (---); the config is one document.',
  ],
  [
    'a tag',
    'sources: !!js/function "x"\n',
    '1:10 tags (!name) mean nothing here. A text that starts with ! must stand in quotes.',
  ],
  [
    'an alias of nothing',
    'sources: *nope\n',
    '1:10 there is no anchor &nope above *nope. A text that starts with * must stand in quotes.',
  ],
  [
    'an alias mistyped',
    'sources: { a: &common {}, b: *comon }\n',
    '1:30 there is no anchor &comon above *comon. Did you mean "common"?',
  ],
  ['a list for a key', '? [a]\n: 1\n', '1:3 a key must be a text.'],
  ['no key', '~: 1\n', '1:1 a key must be a text.'],
  ['a key with a meaning of its own', 'sources: { __proto__: {} }\n', '1:12 "__proto__" cannot be a key.'],
])('%s is refused where it stands', (_what, text, problem) => {
  expect(problemsOf(text)).toEqual([problem]);
});

test.each([
  ['{{ call.id }}', `22:17 ${TEMPLATE}`],
  ['{{ call.id }} and more', `22:30 ${TEMPLATE}`],
])('a template without quotes is told as that: %s', (template, problem) => {
  const action = `- sync: sandbox\n        contact:\n          fields:\n            x: ${template}`;
  expect(problemsOf(edited('- sync: sandbox', action))).toEqual([problem]);
});

test('a repeated key is told with the line of the first, at every depth, each by itself', () => {
  const text = edited('type: rest', 'type: rest\n    type: sandbox').concat('sources: {}\n');
  expect(problemsOf(text)).toEqual([
    '8:5 the key "type" stands here a second time; the first one is in line 7.',
    '21:1 the key "sources" stands here a second time; the first one is in line 1.',
  ]);
});

test('aliases that multiply are refused before they are filled in', () => {
  const lists = ['a: &a [x, x, x, x, x, x, x, x, x]', ...['b', 'c', 'd', 'e', 'f', 'g'].map(ninefold)];
  expect(problemsOf(`${lists.join('\n')}\n`)).toEqual([
    '2:8 the aliases (*name) in this file stand for too much. Write the values out instead.',
  ]);
});

function ninefold(name: string): string {
  const before = String.fromCharCode(name.charCodeAt(0) - 1);
  return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
}

test('a few aliases are welcome', () => {
  const text = edited('{ path: /contacts }', '&write { path: /contacts }').replace(
    '      strategy: put',
    '      strategy: append\n      create: *write',
  );
  expect(problemsOf(text.replace("      put: { path: '/calls/{{ call.id }}' }\n", ''))).toEqual([]);
});

test('a place is found by its path, or by the nearest parent that is there', () => {
  const yaml = parseYaml('a:\n  - b: 1\n    c: [x, y]\n');
  if (yaml.kind === 'invalid') throw new Error('this is YAML');
  const { source } = yaml;
  expect(source.position(['a', 0, 'c', 1])).toEqual({ line: 3, column: 12 });
  expect(source.keyPosition(['a', 0, 'c'])).toEqual({ line: 3, column: 5 });
  expect(source.position(['a', 0, 'nothing', 'here'])).toEqual({ line: 2, column: 5 });
  expect(source.keyPosition(['a', 0, 'nothing'])).toEqual({ line: 2, column: 5 });
});

test('line ends of Windows and a byte order mark change no place', () => {
  expect(problemsOf(`\uFEFF${edited('type: rest', 'type: rst')}`.replaceAll('\n', '\r\n'))).toEqual([
    '7:11 destinations.crm.type: "rst" must be hubspot, rest, salesforce or sandbox. Did you mean "rest"?',
  ]);
});
