import type { Connection } from './connection.ts';
import type { Group } from './messages.ts';

/** Pages of the write-ahead log that are worth a checkpoint, 8 MiB: fewer and each page is written more often than need be. */
const DUE_PAGES = 2_000;
/** Asking how many there are costs as much as recording an event, so it waits for so many groups or bytes of bodies. */
const LOOK_AFTER_GROUPS = 16;
const LOOK_AFTER_BYTES = 4 * 1024 ** 2;

/** To be called after each group, when its answers are sent. */
export type Checkpoint = (connection: Connection, group: Group) => void;

/**
 * Carries the write-ahead log over into the file when there is enough of it. SQLite's own checkpoint is a part of the
 * commit, and made one group in twenty-five wait for it. Should this one fail or fall behind, SQLite's own follows
 * (`wal_autocheckpoint`), whose faults nobody overlooks.
 */
export function createCheckpoint(): Checkpoint {
  let groups = 0;
  let bytes = 0;
  return (connection, group) => {
    groups += 1;
    bytes += group.bytes.byteLength;
    if (groups < LOOK_AFTER_GROUPS && bytes < LOOK_AFTER_BYTES) return;
    groups = 0;
    bytes = 0;
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
