import { existsSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

const OPERATIONS = readFileSync('docs/operations.md', 'utf8');

test('every promise names tests, and every test named exists', () => {
  const section = OPERATIONS.slice(OPERATIONS.indexOf('## Promises'));
  const rows = section.split('\n').filter((line) => line.startsWith('| **'));
  expect(rows).toHaveLength(8);
  for (const row of rows) {
    const files = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  }
});
