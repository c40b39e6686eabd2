import Sqlite from 'better-sqlite3';

import { makePrivately } from './connection.ts';

/** A daemon that was told to stop may take this long to let go. */
const PATIENCE_MS = 1_000;

/** Proof that no other process works on the ledger. */
export interface LedgerHold {
  release(): void;
}

/**
 * Takes the ledger for one working process; null when another has it. Leases would keep two daemons from doing the same
 * run, but each would spend the whole rate of a CRM and pause it by itself. The hold is a lock the operating system keeps
 * on a file beside the ledger, so it ends with the process, however that ends.
 */
export function holdLedger(ledgerFile: string, patienceMs = PATIENCE_MS): LedgerHold | null {
  makePrivately(`${ledgerFile}-lock`);
  const lock = new Sqlite(`${ledgerFile}-lock`, { timeout: patienceMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return { release: () => void lock.close() };
  } catch (error) {
    lock.close();
    if ((error as { readonly code?: unknown }).code === 'SQLITE_BUSY') return null;
    throw new Error(`The lock of the ledger, ${ledgerFile}-lock, cannot be taken.`, { cause: error });
  }
}

/** Whether a daemon works on the ledger at this moment. */
export function isLedgerHeld(ledgerFile: string): boolean {
  const hold = holdLedger(ledgerFile, 0);
  hold?.release();
  return hold === null;
}
