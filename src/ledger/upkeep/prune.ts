import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { createPruneCalls, type Pruned } from './prune-calls.ts';
import { createPruneEvents, pruneQuarantined } from './prune-events.ts';
import { pruneRefusals } from './prune-refusals.ts';

/** Deletes old history (contract: Ledger.prune). */
export function createPrune(database: Database): Ledger['prune'] {
  const pruneCalls = createPruneCalls(database);
  const pruneEvents = createPruneEvents(database);

  async function pruneByAge(beforeMs: number): Promise<Pruned> {
    let total = { events: 0, calls: 0 };
    for (;;) {
      const pruned = await pruneCalls(beforeMs);
      total = add(total, pruned);
      if (pruned.calls === 0) break;
    }
    for (;;) {
      const events = await pruneEvents(beforeMs);
      total = add(total, { events, calls: 0 });
      if (events === 0) return total;
    }
  }

  async function pruneBySize(maxBytes: number): Promise<Pruned> {
    let total = { events: 0, calls: 0 };
    while ((await database.size()).usedBytes > maxBytes) {
      const pruned = await pruneOldest(database, pruneCalls, pruneEvents);
      total = add(total, pruned);
      if (pruned.calls + pruned.events === 0) break;
    }
    return total;
  }

  return async ({ beforeMs, maxBytes }) => {
    const old = await pruneByAge(beforeMs);
    const refusals = await pruneRefusals(database, beforeMs);
    const large = await pruneBySize(maxBytes);
    await giveBackSpace(database, maxBytes);
    return { ...add(old, large), refusals };
  };
}

/** Some of what is oldest; nothing when nothing may go. */
async function pruneOldest(
  database: Database,
  pruneCalls: ReturnType<typeof createPruneCalls>,
  pruneEvents: ReturnType<typeof createPruneEvents>,
): Promise<Pruned> {
  // Before anything that is somebody's: else a stranger could push calls out by sending enough that proves nothing.
  const unproved = await pruneQuarantined(database);
  if (unproved > 0) return { events: unproved, calls: 0 };
  const { calls, events, newestMs } = await pruneCalls(Infinity);
  // Events without a call that are no newer than the calls just deleted; all of them when no call is left to delete.
  return { events: events + (await pruneEvents(newestMs ?? Infinity)), calls };
}

/** Free space within the limit is left for reuse: giving it back moves pages, and new events would ask for it again. */
async function giveBackSpace(database: Database, maxBytes: number): Promise<void> {
  while ((await database.size()).fileBytes > maxBytes) {
    if (!(await database.giveBackSpace())) return;
  }
}

function add(left: Pruned, right: Pruned): { events: number; calls: number } {
  return { events: left.events + right.events, calls: left.calls + right.calls };
}
