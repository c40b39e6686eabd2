import type { Connection } from './connection.ts';

/** Between two looks whether another process has ended its transaction. */
const LOOK_MS = 1;
/** How long a process that had to wait lets others go before its next transaction: longer than their next look. */
const LET_OTHERS_GO_MS = 2;

/**
 * Begins a writing transaction; waits at most so long for another process that is writing, then throws SQLITE_BUSY.
 * SQLite's own way of waiting sleeps up to 100 ms between two looks, while whoever has just written takes the lock again
 * at once: of two receivers one would stand still for half a second.
 */
export type Begin = (connection: Connection) => void;

/** Creates the `Begin` of one thread; it remembers whether others write, too. */
export function createBegin(timeoutMs: number): Begin {
  let shared = false;
  return (connection) => {
    if (shared) sleep(LET_OTHERS_GO_MS);
    const deadline = performance.now() + timeoutMs;
    shared = false;
    while (!tryBegin(connection, deadline)) {
      shared = true;
      sleep(LOOK_MS);
    }
  };
}

function tryBegin(connection: Connection, deadline: number): boolean {
  try {
    connection.prepare('begin immediate').run();
    return true;
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (typeof code !== 'string' || !code.startsWith('SQLITE_BUSY') || performance.now() >= deadline) throw error;
    return false;
  }
}

const NEVER_SET = new Int32Array(new SharedArrayBuffer(4));

function sleep(ms: number): void {
  Atomics.wait(NEVER_SET, 0, 0, ms);
}
