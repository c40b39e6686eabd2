import { expect, test } from '@jest/globals';

import { HUBSPOT_DEFAULTS } from '../../../../src/destinations/hubspot/defaults.ts';
import { UNIQUE_PROPERTIES } from '../../../../src/destinations/hubspot/objects.ts';
import { readPage, sorted, unsaid } from '../../../support/documented.ts';

// docs/hubspot.md says what the code does: defaults, and the words operators search for.

const PAGE = readPage('docs/hubspot.md');

test.each(['contact', 'call', 'task'] as const)('the table of what is written has every default of a %s', (kind) => {
  const status = kind === 'contact' ? [HUBSPOT_DEFAULTS.status?.field ?? ''] : [];
  const written = [...Object.keys(HUBSPOT_DEFAULTS[kind]), ...status, UNIQUE_PROPERTIES[kind]];
  expect(sorted(PAGE.fieldsOf([kind]))).toEqual(sorted(written));
});

/** HubSpot's own words. */
const THEIRS = ['MISSING_REQUIRED_PROPERTY'];

test('what the troubleshooting explains is what the code says', () => {
  const explained = PAGE.explained(THEIRS);
  expect(explained.length).toBeGreaterThan(10);
  expect(unsaid(explained, ['src/destinations/*.ts', 'src/destinations/hubspot/**/*.ts', 'src/sync/*.ts'])).toEqual([]);
});
