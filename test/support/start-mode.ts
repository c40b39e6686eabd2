import { join } from 'node:path';

import type { Mode } from '../../src/config/mode.ts';
import type { LedgerWithSandbox } from '../../src/ledger/create-ledger.ts';
import { openSqliteLedger } from '../../src/ledger/open-sqlite-ledger.ts';
import { openPostgresLedger } from '../../src/ledger/postgres/open-postgres-ledger.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { startRedis, type TestRedis } from './redis.ts';

export type ModeName = Mode['kind'];

export const ALL_MODES: readonly ModeName[] = ['embedded', 'postgres', 'scaled_out'];

/** What a mode needs besides the daemon, fresh and empty. */
export interface RunningMode {
  readonly name: ModeName;
  /** Environment of daemons and commands. */
  readonly variables: Readonly<Record<string, string>>;
  /** The ledger, as another process has it. */
  openLedger(): Promise<LedgerWithSandbox>;
  /** The servers, where the mode has them. */
  readonly postgres?: TestPostgres;
  readonly redis?: TestRedis;
  /** Takes the servers down. */
  stop(): Promise<void>;
}

/** `dataDir` is for the embedded mode. */
export async function startMode(name: ModeName, dataDir: string): Promise<RunningMode> {
  const clock = systemClock;
  const ids = createIds(clock);
  if (name === 'embedded') {
    const file = join(dataDir, 'hookline.db');
    return {
      name,
      variables: { DATA_DIR: dataDir },
      openLedger: () => openSqliteLedger({ file, clock, ids }),
      stop: () => Promise.resolve(),
    };
  }
  const [postgres, redis] = await Promise.all([startPostgres(), name === 'scaled_out' ? startRedis() : null]);
  const url = await postgres.createDatabase();
  return {
    name,
    variables: { DATABASE_URL: url, ...(redis === null ? {} : { REDIS_URL: redis.url }), DRAIN_SECONDS: '0' },
    openLedger: () => openPostgresLedger({ url, clock, ids }),
    postgres,
    ...(redis === null ? {} : { redis }),
    stop: async () => void (await Promise.all([postgres.stop(), redis?.stop()])),
  };
}
