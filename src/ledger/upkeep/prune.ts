import type { Database, UsedBytes } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { createPruneCalls } from './prune-calls.ts';
import { createPruneEvents, pruneQuarantined } from './prune-events.ts';
import { add, NOTHING, type Pruned } from './pruned.ts';
import { pruneRefusals } from './prune-refusals.ts';

/** Deletes old history (contract: Ledger.prune). */
export function createPrune(database: Database): Ledger['prune'] {
  const pieces = { calls: createPruneCalls(database), events: createPruneEvents(database) };
  return async ({ beforeMs, maxBytes }) => {
    const old = await pruneByAge(pieces, beforeMs);
    const refusals = await pruneRefusals(database, beforeMs);
    const large = await pruneBySize(database, pieces, maxBytes);
    await giveBackSpace(database, maxBytes);
    const { events, calls } = add(old, large);
    return { events, calls, refusals };
  };
}

interface Pieces {
  readonly calls: ReturnType<typeof createPruneCalls>;
  readonly events: ReturnType<typeof createPruneEvents>;
}

async function pruneByAge(pieces: Pieces, beforeMs: number): Promise<Pruned> {
  let total = NOTHING;
  for (;;) {
    const pruned = await pieces.calls(beforeMs);
    total = add(total, pruned);
    if (pruned.calls === 0) break;
  }
  for (;;) {
    const pruned = await pieces.events(beforeMs);
    total = add(total, pruned);
    if (pruned.events === 0) return total;
  }
}

async function pruneBySize(database: Database, pieces: Pieces, maxBytes: number): Promise<Pruned> {
  let total = NOTHING;
  // Free room is part of the files: while these are within the limit, so is what is in use, and it need not be counted.
  if ((await database.fileBytes()) <= maxBytes) return total;
  let used = await database.usedBytes();
  while (used.bytes > maxBytes) {
    const pruned = await pruneOldest(database, pieces);
    total = add(total, pruned);
    if (pruned.calls + pruned.events === 0) break;
    used = await usedAfter(database, used, pruned);
  }
  return total;
}

/** Some of what is oldest; nothing when nothing may go. */
async function pruneOldest(database: Database, pieces: Pieces): Promise<Pruned> {
  // Before anything that is somebody's: else a stranger could push calls out by sending enough that proves nothing.
  const unproved = await pruneQuarantined(database);
  if (unproved.events > 0) return unproved;
  const calls = await pieces.calls(Infinity);
  // Events without a call that are no newer than the calls just deleted; all of them when no call is left to delete.
  return add(calls, await pieces.events(calls.newestMs ?? Infinity));
}

async function usedAfter(database: Database, used: UsedBytes, pruned: Pruned): Promise<UsedBytes> {
  const { bytes, bytesPerEvent } = used;
  if (bytesPerEvent === null) return database.usedBytes();
  return { bytes: bytes - pruned.bodyBytes - pruned.events * bytesPerEvent, bytesPerEvent };
}

/** Free space within the limit is left for reuse: giving it back moves pages, and new events would ask for it again. */
async function giveBackSpace(database: Database, maxBytes: number): Promise<void> {
  while ((await database.fileBytes()) > maxBytes) {
    if (!(await database.giveBackSpace())) return;
  }
}
