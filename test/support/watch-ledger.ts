import type { Ledger } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/open-sqlite-ledger.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { ledgerFile } from '../../src/shared/data-directory.ts';
import { createIds } from '../../src/shared/ids.ts';
import { waitUntil } from './wait-until.ts';

/** Opens the daemon's ledger beside it, as the command line does. */
export function openLedger(dataDir: string): Promise<Ledger> {
  return openSqliteLedger({ file: ledgerFile(dataDir), clock: systemClock, ids: createIds(systemClock) });
}

/** Resolves to true when no event and no run waits for anything, to false when that did not come about in time. */
export async function waitUntilQuiet(ledger: Pick<Ledger, 'stats'>, timeoutMs: number): Promise<boolean> {
  try {
    return await waitUntil(() => isQuiet(ledger), { what: 'a ledger without work', timeoutMs, everyMs: 100 });
  } catch {
    return false;
  }
}

async function isQuiet(ledger: Pick<Ledger, 'stats'>): Promise<boolean> {
  const { events, runs } = await ledger.stats();
  return (events['pending'] ?? 0) + runs.waiting + runs.due + runs.running + runs.held === 0;
}
