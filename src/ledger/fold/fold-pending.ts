import type { Clock } from '../../shared/clock.ts';
import type { Ids } from '../../shared/ids.ts';
import type { Database } from '../database.ts';
import { LedgerUnavailableError } from '../ledger-unavailable-error.ts';
import type { Fold, FoldBatch, Folded, Join, Ledger } from '../ledger.ts';
import { prepare } from '../statement.ts';
import { hasPendingEvents } from './has-pending-events.ts';
import { createJoinOrphans } from './join-orphans.ts';
import { createPendingCallsAlone, createPendingCallsAmongMany } from './pending-calls.ts';
import { readCalls, type ReadCall } from './read-calls.ts';
import { createWriteCall, type WriteCall } from './write-call.ts';

/** A fold that threw is a fault of ours: it waits, so that the calls behind it get their turn. */
const TRY_AGAIN_MS = 10 * 60_000;

type CallResult =
  | { readonly kind: 'folded'; readonly folded: Folded }
  /** Another process folded it first. */
  | { readonly kind: 'refused'; readonly read: ReadCall }
  | { readonly kind: 'failed'; readonly read: ReadCall; readonly error: unknown };

/** Folds pending events, oldest first: orphans look for their call, then each call is folded in a commit of its own. */
export function createFoldPending(database: Database, clock: Clock, ids: Ids): Ledger['foldPending'] {
  const joinOrphans = createJoinOrphans(database, clock);
  const writeCall = createWriteCall(database, clock, ids);
  const putOff = preparePutOff(database);
  const pendingCalls = database.manyWriters ? createPendingCallsAmongMany(database) : createPendingCallsAlone(database);
  return async (limit: number, fold: Fold, join: Join): Promise<FoldBatch> => {
    await joinOrphans(join);
    const calls = await readCalls(database, await pendingCalls.take(limit, clock.now()));
    // One list per call, sent together: they share a commit, and one call's fault stays its own.
    const foldInTime: Fold = (input) => notLater(fold(input), clock.now());
    const results = await Promise.all(calls.map((read) => foldCall(database, writeCall, foldInTime, read)));
    const failed = results.filter((result) => result.kind === 'failed');
    await Promise.all(
      failed.map(({ read, error }) =>
        database.write([putOff({ key: read.key, problem: String(error), tryAtMs: clock.now() + TRY_AGAIN_MS })]),
      ),
    );
    await pendingCalls.giveBack(results.flatMap((result) => (result.kind === 'refused' ? [result.read.key] : [])));
    return toBatch(results, await hasPendingEvents(database, clock));
  };
}

async function foldCall(database: Database, writeCall: WriteCall, fold: Fold, read: ReadCall): Promise<CallResult> {
  try {
    const folded = fold(read.input);
    const written = await database.write(writeCall(read, folded));
    return written.kind === 'written' ? { kind: 'folded', folded } : { kind: 'refused', read };
  } catch (error) {
    if (error instanceof LedgerUnavailableError) throw error;
    return { kind: 'failed', read, error };
  }
}

function notLater(folded: Folded, nowMs: number): Folded {
  const runs = folded.runs.map((run) => ({ ...run, dueAtMs: Math.min(run.dueAtMs, nowMs + run.waitsAtMostMs) }));
  return { ...folded, runs };
}

function toBatch(results: readonly CallResult[], more: boolean): FoldBatch {
  const due = new Map<string, number>();
  const folded = results.flatMap((result) => (result.kind === 'folded' ? [result.folded] : []));
  for (const { destination, dueAtMs } of folded.flatMap(({ runs }) => runs)) {
    due.set(destination, Math.min(due.get(destination) ?? dueAtMs, dueAtMs));
  }
  return {
    folded: folded.length,
    failed: results.flatMap((result) =>
      result.kind === 'failed'
        ? [{ source: result.read.input.source, providerCallId: result.read.input.providerCallId, error: result.error }]
        : [],
    ),
    due: [...due].map(([destination, atMs]) => ({ destination, atMs })),
    more,
  };
}

function preparePutOff({ db }: Database) {
  return prepare<{ readonly key: string; readonly problem: string; readonly tryAtMs: number }>((call) =>
    db
      .updateTable('pending_events')
      .set({ try_at_ms: call.tryAtMs, problem: call.problem })
      .where('call_key', '=', call.key)
      .where('orphan', '=', 0),
  );
}
