import { join } from 'node:path';

import type { Ledger, RefusalRow, StoredEvent } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/open-sqlite-ledger.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { createTempFolder } from './temp-folder.ts';
import { waitUntil } from './wait-until.ts';

export interface TestLedger extends Ledger {
  /** All events, oldest first. */
  events(): Promise<readonly StoredEvent[]>;
  /** All refusals once there are so many: nobody waits for them to be written. */
  refusals(atLeast: number): Promise<readonly RefusalRow[]>;
}

/** A real SQLite ledger in a folder of its own, which goes when it is closed. */
export async function openTestLedger(): Promise<TestLedger> {
  const folder = createTempFolder('ledger');
  const file = join(folder.path, 'ledger.db');
  const ledger = await openSqliteLedger({ file, clock: systemClock, ids: createIds(systemClock) });
  return {
    ...ledger,
    async events() {
      const { rows } = await ledger.listEvents({ limit: 1000 });
      return rows.toSorted((left, right) => left.id.localeCompare(right.id));
    },
    refusals: (atLeast) =>
      waitUntil(
        async () => {
          const { rows } = await ledger.listRefusals({ limit: 1000 });
          return rows.length >= atLeast ? rows : null;
        },
        { what: `${atLeast} refusals`, everyMs: 2 },
      ),
    async close() {
      await ledger.close();
      folder.remove();
    },
  };
}
