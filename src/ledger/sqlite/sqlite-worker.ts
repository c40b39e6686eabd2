import { parentPort, workerData } from 'node:worker_threads';

import { createCheckpoint } from './checkpoint.ts';
import { openConnection, type Connection } from './connection.ts';
import { isBroken, readGroup, unavailable, writeGroup } from './execute-group.ts';
import type { Answer, Group, Reply, Request, ThreadOptions } from './messages.ts';
import { createBegin } from './take-turn.ts';

/*
 * The thread that owns one connection. better-sqlite3 blocks while the disk works; here it blocks nobody else
 * (docs/decisions/0002).
 */

const options = workerData as ThreadOptions;
const begin = createBegin(options.busyTimeoutMs);
const checkpoint = createCheckpoint();
let connection: Connection | null = null;

parentPort?.on('message', (request: Request) => {
  if (request === 'close') return close();
  const reply: Reply = answer(request);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(reply);
  if (options.mode === 'write') tidyUp(request);
});

function answer(group: Group): readonly Answer[] {
  try {
    connection ??= openConnection(options);
  } catch (error) {
    return group.units.map(() => unavailable(error));
  }
  const answers = options.mode === 'write' ? writeGroup(connection, group, begin) : readGroup(connection, group);
  if (isBroken(answers)) dropConnection();
  return answers;
}

function tidyUp(group: Group): void {
  try {
    if (connection !== null) checkpoint(connection, group);
  } catch {
    // The answers are given; a fault that lasts meets the next group.
  }
}

/** After a fault of the disk nothing in this connection's memory is to be trusted; the next group opens the file anew. */
function dropConnection(): void {
  try {
    connection?.close();
  } finally {
    connection = null;
  }
}

function close(): void {
  dropConnection();
  parentPort?.close();
}
