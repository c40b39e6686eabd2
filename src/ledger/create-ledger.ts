import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Database } from './database.ts';
import { createPauses } from './pauses/pauses.ts';
import { createSecrets } from './pauses/secrets.ts';
import { createRecordEvent } from './events/record-event.ts';
import { createRecordRefusal } from './events/record-refusal.ts';
import { createFoldPending } from './fold/fold-pending.ts';
import { hasPendingEvents } from './fold/has-pending-events.ts';
import { undoJoin } from './fold/undo-join.ts';
import type { Ledger } from './ledger.ts';
import { createLinks } from './links/links.ts';
import { createPersonHistory } from './links/person-history.ts';
import { createBacklog } from './lists/backlog.ts';
import { createCallStory } from './lists/call-story.ts';
import { createListCalls } from './lists/list-calls.ts';
import { createEventLists } from './lists/list-events.ts';
import { createListRefusals } from './lists/list-refusals.ts';
import { createRunLists } from './lists/list-runs.ts';
import { createStats } from './lists/stats.ts';
import { createLocks } from './locks/locks.ts';
import { createClaimRuns } from './runs/claim-runs.ts';
import { createFinishAttempt } from './runs/finish-attempt.ts';
import { createKeepRun } from './runs/keep-run.ts';
import { createNextDue } from './runs/next-due.ts';
import { createReplay } from './runs/replay.ts';
import { createTakeOver } from './runs/take-over.ts';
import { createSandboxStore, type SandboxStore } from './sandbox-store.ts';
import { createCheckWritable } from './upkeep/check-writable.ts';
import { createPrune } from './upkeep/prune.ts';

export interface LedgerWithSandbox extends Ledger {
  /** The sandbox CRM, which lives in the same file. */
  readonly sandbox: SandboxStore;
}

/** The ledger over a migrated database. `own`: what this database does in another way. */
export function createLedger(
  database: Database,
  clock: Clock,
  ids: Ids,
  own: Partial<LedgerWithSandbox> = {},
): LedgerWithSandbox {
  return {
    recordEvent: createRecordEvent(database),
    recordRefusal: createRecordRefusal(database),
    foldPending: createFoldPending(database, clock, ids),
    undoJoin: (eventId) => undoJoin(database, clock, eventId),
    claimRuns: createClaimRuns(database),
    ...createKeepRun(database, clock),
    takeOver: createTakeOver(database),
    finishAttempt: createFinishAttempt(database, ids),
    nextDue: createNextDue(database),
    hasPendingEvents: () => hasPendingEvents(database, clock),
    replay: createReplay(database),
    ...createLinks(database),
    ...createLocks(database),
    // One process at a time works on it: its clock is all there is.
    readTime: () => Promise.resolve(clock.now()),
    personHistory: createPersonHistory(database),
    ...createSecrets(database),
    ...createPauses(database),
    listCalls: createListCalls(database),
    callStory: createCallStory(database),
    ...createEventLists(database),
    ...createRunLists(database),
    listRefusals: createListRefusals(database),
    stats: createStats(database, clock),
    backlog: createBacklog(database, clock),
    checkWritable: createCheckWritable(database),
    prune: createPrune(database),
    sandbox: createSandboxStore(database),
    close: () => database.close(),
    ...own,
  };
}
