import { expect, test } from '@jest/globals';

import { SALESFORCE_DEFAULTS } from '../../../../src/destinations/salesforce/defaults.ts';
import { CALL_KEY, PERSON_KEY } from '../../../../src/destinations/salesforce/objects.ts';
import { readPage, sorted, unsaid } from '../../../support/documented.ts';

// docs/salesforce.md says what the code does: defaults, and the words operators search for.

const PAGE = readPage('docs/salesforce.md');

test.each([
  ['contact', ['Lead, Contact', 'Lead'], [SALESFORCE_DEFAULTS.status?.field ?? '', PERSON_KEY]],
  ['call', ['call Task'], [CALL_KEY]],
  ['task', ['follow-up Task'], [CALL_KEY]],
] as const)('the table of what is written has every default of a %s', (kind, records, others) => {
  const written = [...Object.keys(SALESFORCE_DEFAULTS[kind]), ...others];
  expect(sorted(PAGE.fieldsOf(records))).toEqual(sorted(written));
});

/** Salesforce's own words. */
const THEIRS = ['UNABLE_TO_LOCK_ROW', 'DUPLICATE_VALUE'];

test('what the troubleshooting explains is what the code says', () => {
  const explained = PAGE.explained(THEIRS);
  expect(explained.length).toBeGreaterThan(40);
  const said = ['src/destinations/*.ts', 'src/destinations/salesforce/**/*.ts', 'src/sync/*.ts'];
  expect(unsaid(explained, said)).toEqual([]);
});
