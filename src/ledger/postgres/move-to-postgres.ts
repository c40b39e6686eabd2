import type { Clock } from '../../shared/clock.ts';
import type { CopyProgress } from '../move/copy-table.ts';
import { moveLedger, type MoveResult } from '../move/move-ledger.ts';
import { freezeLedger } from '../sqlite/freeze-ledger.ts';
import { migratePostgres } from './migrate-postgres.ts';
import { openPostgresDatabase } from './open-postgres-database.ts';
import type { PoolLimits } from './pool.ts';

export interface MoveOptions {
  /** The embedded ledger; it must be there, and is only read. */
  readonly file: string;
  /** postgres://… */
  readonly url: string;
  readonly clock: Clock;
  readonly onProgress: (progress: CopyProgress) => void;
}

/** As many as one copy needs, and time for large tables. */
const LIMITS: PoolLimits = { connections: 1, connectTimeoutMs: 5_000, statementTimeoutMs: 0 };

/** Moves an embedded ledger; see `moveLedger`. `source_in_use`: a daemon works on it. */
export async function moveToPostgres(options: MoveOptions): Promise<MoveResult | { readonly kind: 'source_in_use' }> {
  const { file, url, clock, onProgress } = options;
  const frozen = freezeLedger(file);
  if (frozen.kind === 'in_use') return { kind: 'source_in_use' };
  try {
    const own = nameConnections(url);
    await migratePostgres(own, clock);
    const database = await openPostgresDatabase(own, LIMITS);
    try {
      return await moveLedger(frozen.ledger, database, onProgress);
    } finally {
      await database.close();
    }
  } finally {
    frozen.ledger.close();
  }
}

/** Told apart from daemons by their name. */
function nameConnections(url: string): string {
  const named = new URL(url);
  named.searchParams.set('application_name', 'hookline-migrate');
  return named.href;
}
