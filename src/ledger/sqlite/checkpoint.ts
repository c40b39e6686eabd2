import type { Connection } from './connection.ts';

/** Pages of the write-ahead log that are worth a checkpoint: fewer and each page is written more often than need be. */
const DUE_PAGES = 2_000;

/**
 * Carries the write-ahead log over into the file when there is enough of it. To be called after the answers are sent:
 * SQLite's own checkpoint is a part of the commit, and made one group in twenty-five wait for it. Should this one fail or
 * fall behind, SQLite's own follows (`wal_autocheckpoint`), whose faults nobody overlooks.
 */
export function checkpointIfDue(connection: Connection): void {
  const [state] = connection.prepare('pragma wal_checkpoint(noop)').all() as readonly LogState[];
  if (state !== undefined && state.log - state.checkpointed >= DUE_PAGES)
    connection.prepare('pragma wal_checkpoint(passive)').all();
}

/** https://sqlite.org/pragma.html#pragma_wal_checkpoint */
interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}
