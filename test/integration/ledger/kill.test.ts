import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { startNode } from '../../support/start-process.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const KILLS = 3;
const PER_LIFE = 300;

test('every event that was acknowledged before kill -9 is there afterwards', async () => {
  const folder = createTempFolder('kill');
  const file = join(folder.path, 'ledger.db');
  const acknowledged: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const child = startNode(['test/support/record-events.ts', file]);
    const lines = () => child.stdout().split('\n').slice(0, -1);
    await waitUntil(() => child.hasExited() || lines().length >= PER_LIFE, {
      what: 'events to be recorded',
      timeoutMs: 30_000,
    });
    const exit = await child.stop('SIGKILL');
    expect({ exit, stderr: child.stderr() }).toEqual({ exit: { code: null, signal: 'SIGKILL' }, stderr: '' });
    acknowledged.push(...lines());
  }
  const ledger = await openSqliteLedger({ file, clock: systemClock, ids: createIds(systemClock) });
  const lost: string[] = [];
  for (const id of acknowledged) if ((await ledger.findEvent(id)) === null) lost.push(id);
  expect(lost).toEqual([]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS * PER_LIFE);
  await ledger.close();
  folder.remove();
}, 120_000);
