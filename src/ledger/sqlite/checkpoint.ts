import type { Connection } from './connection.ts';

/**
 * Pages of the write-ahead log that are worth a checkpoint: the more there are, the more often a page was written in between
 * that now has to be written once. 8 MiB.
 */
const DUE_PAGES = 2_000;
/** Asking how many there are costs more than recording an event. */
const LOOK_AFTER_GROUPS = 16;

/** To be called after each group, when its answers are sent. */
export type Checkpoint = (connection: Connection) => void;

/**
 * Carries the write-ahead log over into the file when there is enough of it. SQLite's own checkpoint is a part of the
 * commit, and made one group in twenty-five wait for it. Should this one fail or fall behind, SQLite's own follows
 * (`wal_autocheckpoint`), whose faults nobody overlooks.
 */
export function createCheckpoint(): Checkpoint {
  let groups = 0;
  return (connection) => {
    groups += 1;
    if (groups % LOOK_AFTER_GROUPS !== 0) return;
    const [state] = connection.prepare('pragma wal_checkpoint(noop)').all() as readonly LogState[];
    if (state !== undefined && state.log - state.checkpointed >= DUE_PAGES)
      connection.prepare('pragma wal_checkpoint(passive)').all();
  };
}

/** https://sqlite.org/pragma.html#pragma_wal_checkpoint */
interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}
