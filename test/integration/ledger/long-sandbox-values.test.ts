import { join } from 'node:path';

import Sqlite from 'better-sqlite3';
import { expect, test } from '@jest/globals';

import { migrateSqlite } from '../../../src/ledger/sqlite/migrate-sqlite.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

test('long values to be found by, which would keep a ledger from moving to PostgreSQL, go', async () => {
  const folder = createTempFolder('long-values');
  const file = join(folder.path, 'hookline.db');
  await migrateSqlite(file, systemClock);
  const sqlite = new Sqlite(file);
  const insert = sqlite.prepare("insert into sandbox_values values ('r', 'crm', 'call', ?, ?)");
  insert.run('transcript', 'x'.repeat(20_000));
  insert.run('phone', '+14155550100');
  sqlite.exec("delete from migrations where name = 'short sandbox values'");
  await migrateSqlite(file, systemClock);
  expect(sqlite.prepare('select field from sandbox_values').all()).toEqual([{ field: 'phone' }]);
  sqlite.close();
  folder.remove();
});
