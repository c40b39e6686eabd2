import type { LedgerWithSandbox } from '../ledger/create-ledger.ts';
import { openPostgresLedger } from '../ledger/postgres/open-postgres-ledger.ts';
export { describeServer } from '../ledger/postgres/pool.ts';
import { createFollowingClock, type Clock } from '../shared/clock.ts';
import { createIds, type Ids } from '../shared/ids.ts';

export interface SharedLedger {
  readonly ledger: LedgerWithSandbox;
  /** The clock that all processes on this ledger have in common. */
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Opens the ledger in PostgreSQL, migrated as needed. `onError` hears when the time could not be asked for once. */
export async function openSharedLedger(url: string, onError: (error: unknown) => void): Promise<SharedLedger> {
  const clock = createFollowingClock();
  const ids = createIds(clock);
  const ledger = await openPostgresLedger({ url, clock, ids });
  try {
    const unfollow = await clock.follow(ledger, onError);
    const close = (): Promise<void> => {
      unfollow();
      return ledger.close();
    };
    return { clock, ids, ledger: { ...ledger, close } };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}
