import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/open-sqlite-ledger.ts';
import { openPostgresLedger } from '../ledger/postgres/open-postgres-ledger.ts';
import { systemClock } from '../shared/clock.ts';
import { ledgerFile } from '../shared/data-directory.ts';
import { createIds } from '../shared/ids.ts';
import type { Stage } from './stage/stage.ts';

/** Opens the daemons' ledger beside them, as the command line does. */
export function openLedger({ postgres, dataFolder }: Pick<Stage, 'postgres' | 'dataFolder'>): Promise<Ledger> {
  const clock = systemClock;
  const ids = createIds(clock);
  if (postgres !== null) return openPostgresLedger({ url: postgres.url, clock, ids });
  return openSqliteLedger({ file: ledgerFile(dataFolder), clock, ids });
}
