import { globSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { HUBSPOT_DEFAULTS } from '../../../../src/destinations/hubspot/defaults.ts';
import { UNIQUE_PROPERTIES } from '../../../../src/destinations/hubspot/objects.ts';

// docs/hubspot.md says what the code does: defaults, and the words operators search for.

const DOCS = readFileSync('docs/hubspot.md', 'utf8');

/** Rows of the table whose first heading is this. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const lines = DOCS.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) => line.split('|').map((cell) => cell.trim()));
}

function codesIn(text = ''): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

test.each(['contact', 'call', 'task'] as const)('the table of what is written has every default of a %s', (kind) => {
  const shown = rowsOf('record')
    .filter(([, record]) => record === kind)
    .flatMap(([, , property]) => codesIn(property));
  const status = kind === 'contact' ? [HUBSPOT_DEFAULTS.status?.field ?? ''] : [];
  const written = [...Object.keys(HUBSPOT_DEFAULTS[kind]), ...status, UNIQUE_PROPERTIES[kind]];
  expect(shown.toSorted((a, b) => a.localeCompare(b))).toEqual(written.toSorted((a, b) => a.localeCompare(b)));
});

/** HubSpot's own words. */
const THEIRS = ['MISSING_REQUIRED_PROPERTY'];

test('what the troubleshooting explains is what the code says', () => {
  const source = ['src/destinations/**/*.ts', 'src/sync/*.ts']
    .flatMap((pattern) => globSync(pattern))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  // A text with values in it is looked for by the words between them.
  const said = source.replaceAll(/\$\{[^}]*\}/g, '');
  const explained = rowsOf('you read').flatMap(([, words]) => codesIn(words));
  expect(explained.length).toBeGreaterThan(10);
  expect(explained.filter((words) => !THEIRS.includes(words) && !said.includes(words))).toEqual([]);
});
