import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import { holdLedger } from '../../../src/ledger/sqlite/hold-ledger.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { checkDataDirectory, ledgerFile } from '../../../src/shared/data-directory.ts';
import { createIds } from '../../../src/shared/ids.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hookline-private-'));

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8);
}

test('nobody but the user of the daemon can read the ledger: calls, phone numbers and tokens are in it', async () => {
  const directory = path.join(folder, 'data');
  expect(checkDataDirectory(directory)).toMatchObject({ kind: 'ok' });
  const hold = holdLedger(ledgerFile(directory));
  const ledger = await openSqliteLedger({
    file: ledgerFile(directory),
    clock: systemClock,
    ids: createIds(systemClock),
  });
  await ledger.saveSecret('crm/oauth', { accessToken: 'x' });
  const files = readdirSync(directory);
  const modes = files.map((file) => modeOf(path.join(directory, file)));
  await ledger.close();
  hold?.release();
  expect(files).toEqual(
    expect.arrayContaining(['hookline.db', 'hookline.db-lock', 'hookline.db-shm', 'hookline.db-wal']),
  );
  expect(new Set(modes)).toEqual(new Set(['600']));
  expect(modeOf(directory)).toBe('700');
});
