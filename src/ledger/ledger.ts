import type { Call, CallFields } from '../domain/call.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type {
  AttemptRow,
  Backlog,
  CallRow,
  CallStory,
  FinishedAttempt,
  LedgerStats,
  Link,
  ListFilter,
  NewEvent,
  NewRefusal,
  Page,
  Pause,
  PersonHistory,
  RecordedEvent,
  RefusalRow,
  RunRow,
  RunSummary,
  StoredEvent,
} from './records.ts';

export type * from './records.ts';

/*
 * The ledger is the truth. Every method is atomic and, once its promise has resolved, survives kill -9 and power loss.
 * Bookkeeping times are epoch milliseconds. Consumers take `Pick<Ledger, …>` of what they need.
 */

/** All events of one call, pending and folded, plus the call as it stands; handed to the fold. */
export interface CallEvents {
  readonly source: string;
  readonly platform: string;
  readonly providerCallId: string;
  readonly events: readonly StoredEvent[];
  /** Null when the call is new. */
  readonly call: Call | null;
  readonly runs: readonly RunSummary[];
}

/** A run the fold wants: made if absent, otherwise raised to the new call version. */
export interface WantedRun {
  readonly integration: string;
  /** Destination of its first action: the pool that will claim it. */
  readonly destination: string;
  readonly state: 'waiting' | 'due';
  readonly dueAtMs: number;
  /** After the fold: of an event that came in by a clock that was ahead, `dueAtMs` says too much. */
  readonly waitsAtMostMs: number;
  readonly configHash: string;
  /** Event type that asked for it. */
  readonly trigger: string;
}

/** What the fold of one call came to; written in one transaction together with `events → folded`. */
export interface Folded {
  readonly fields: CallFields;
  readonly firstEventAt: string;
  readonly lastEventAt: string;
  readonly eventTypes: readonly string[];
  /** Same string for everything that must not run at the same time: the customer's number, else the call. */
  readonly personKey: string;
  readonly runs: readonly WantedRun[];
  /** Why integrations did not match, for the operator: `Keep HubSpot in step: when is false`. */
  readonly unmatched: readonly string[];
}

/**
 * The fold function, pure and synchronous. Called once per call with new events.
 * `version` is what the call's version will be if the fields changed.
 */
export type Fold = (input: CallEvents) => Folded;

/** An orphan event (see CanonicalEvent.orphan) and the calls it may belong to. */
export interface OrphanCandidates {
  readonly event: StoredEvent;
  /** Calls of the same source with an event received within 15 minutes, newest first, with their stored events. */
  readonly candidates: readonly CallEvents[];
}

/** Decides which call an orphan joins; null leaves it waiting for its call. Pure. */
export type Join = (input: OrphanCandidates) => { readonly providerCallId: string; readonly reason: string } | null;

export interface FoldBatch {
  /** Calls folded. */
  readonly folded: number;
  /** Calls whose fold threw: their events stay, are marked with the error, and are tried again ten minutes later. */
  readonly failed: readonly { readonly source: string; readonly providerCallId: string; readonly error: unknown }[];
  /** Destinations with runs that became due, with the earliest time. */
  readonly due: readonly { readonly destination: string; readonly atMs: number }[];
  /** True when more events wait. */
  readonly more: boolean;
}

/** A run under lease. */
export interface ClaimedRun extends RunSummary {
  readonly call: Call;
  readonly personKey: string;
  /** Number of the attempt that starts now, from 1; counted from the last replay. */
  readonly attempt: number;
  /** Event type that asked for it, or `replay`. */
  readonly trigger: string;
  /** Since when it could have been claimed; `dueAtMs` of a claimed run is the end of its lease. */
  readonly waitingSinceMs: number;
  /** Set by `--force` replays: write even what looks unchanged. */
  readonly force: boolean;
  /** Results of steps finished for this call version by earlier attempts: step index → result. */
  readonly finishedSteps: Readonly<Record<number, JsonValue>>;
  readonly leaseUntilMs: number;
}

/** Keys of one destination that `owner` wants for itself. */
export interface LockClaim {
  readonly destination: string;
  readonly keys: readonly string[];
  /** One process at work on one destination: the same name nowhere else, so that its locks are renewed together. */
  readonly owner: string;
  readonly nowMs: number;
  readonly untilMs: number;
}

export interface ReplayFilter {
  /** A call id, run id or event id; or everything that matches `state`. */
  readonly id?: string;
  readonly state?: 'dead' | 'held' | 'done';
  readonly integration?: string;
  readonly force: boolean;
  readonly nowMs: number;
}

export interface Ledger {
  // receive
  recordEvent(event: NewEvent): Promise<RecordedEvent>;
  /** Counted always, kept up to a bound. */
  recordRefusal(refusal: NewRefusal): Promise<void>;

  // fold
  foldPending(limit: number, fold: Fold, join: Join): Promise<FoldBatch>;
  /** Takes a heuristic join back: the event waits alone again and is never joined by itself. */
  undoJoin(eventId: string): Promise<boolean>;

  // runs
  /**
   * Leases due runs of one destination, oldest due first. Never two runs of one person at a time in one destination, in
   * any process; another destination may be slow without holding this one up. Runs whose lease ended count as due;
   * waiting runs whose time came, and held runs whose pause ended, are claimed too. May give fewer than `limit` when
   * many runs of one person wait; claim again when one of them has ended.
   */
  claimRuns(claim: {
    readonly destination: string;
    readonly limit: number;
    readonly owner: string;
    readonly leaseMs: number;
    readonly nowMs: number;
  }): Promise<readonly ClaimedRun[]>;
  renewLease(runId: string, owner: string, leaseUntilMs: number): Promise<boolean>;
  saveStep(runId: string, owner: string, callVersion: number, step: number, result: JsonValue): Promise<void>;
  /**
   * Writes the attempt and moves the run; if the call grew meanwhile, the run is due again at once (a retry keeps its time,
   * a held run that has an end keeps waiting for it). False, and nothing is written, when the lease was lost to another
   * worker; a lease that merely ended while nobody took the run is still good.
   */
  finishAttempt(attempt: FinishedAttempt): Promise<boolean>;
  /** Gives back claimed runs that were not started (shutdown). */
  releaseRuns(owner: string, runIds: readonly string[]): Promise<void>;
  /**
   * Ends every lease now, and brings back what was written by a clock that has been set back since, or was wrong: it is due
   * as long after now as it was after that. Only for the one process that works on this ledger, when it starts: whoever had
   * the leases is dead, and a lead need not wait for a lease to run out, or for an hour that came twice.
   */
  takeOver(nowMs: number): Promise<void>;
  /** When anything of these will be due next, per destination; for the sweeper. */
  nextDue(nowMs: number): Promise<readonly { readonly destination: string; readonly atMs: number }[]>;
  hasPendingEvents(): Promise<boolean>;
  /**
   * Makes runs due now, counts their attempts anew, repeats their finished steps. By id it also folds the call again, so
   * that a changed mapping or a new integration takes effect. A running run is due again when its attempt ends.
   */
  replay(filter: ReplayFilter): Promise<readonly { readonly runId: string; readonly destination: string }[]>;

  // sync
  findLinks(
    destination: string,
    keys: readonly { readonly kind: Link['kind']; readonly key: string }[],
  ): Promise<readonly Link[]>;
  saveLink(link: Link): Promise<void>;
  /** All of them or none: the keys of one person point at one record. */
  saveLinks(links: readonly Link[]): Promise<void>;
  removeLink(destination: string, kind: Link['kind'], key: string): Promise<void>;
  /**
   * Takes all of these keys or none; false while another owner has one of them. What is not renewed in time may be taken by
   * others; what the owner has already it keeps.
   */
  takeLocks(claim: LockClaim): Promise<boolean>;
  /** Of these keys, prolongs those that the owner still has, and resolves to them. One that ended but that nobody took is still good. */
  renewLocks(owner: string, keys: readonly string[], untilMs: number): Promise<readonly string[]>;
  /** Of these keys, gives back those that the owner still has. */
  releaseLocks(owner: string, keys: readonly string[]): Promise<void>;
  /**
   * What time it is for every process on this ledger, epoch milliseconds: it goes on steadily whoever's clock is set.
   * `sinceMs`: how long ago this process asked last, by a clock that nobody sets; null at first.
   */
  readTime(sinceMs: number | null): Promise<number>;
  /** The current call counts too. */
  personHistory(customerNumber: string): Promise<PersonHistory>;

  // destinations
  loadSecret(name: string): Promise<JsonObject | null>;
  /** Rotated OAuth tokens and the like; never shown by any list. */
  saveSecret(name: string, value: JsonObject): Promise<void>;
  pauses(): Promise<readonly Pause[]>;
  savePause(pause: Pause): Promise<void>;
  clearPause(destination: string): Promise<void>;

  // lists
  listCalls(filter: ListFilter): Promise<Page<CallRow>>;
  /** By our id or the platform's. */
  callStory(id: string): Promise<CallStory | null>;
  listEvents(filter: ListFilter): Promise<Page<StoredEvent>>;
  findEvent(id: string): Promise<StoredEvent | null>;
  listRuns(filter: ListFilter): Promise<Page<RunRow>>;
  findRun(id: string): Promise<{ readonly run: RunRow; readonly attempts: readonly AttemptRow[] } | null>;
  listRefusals(filter: ListFilter): Promise<Page<RefusalRow>>;
  stats(): Promise<LedgerStats>;
  /** What waits, at a cost that follows what waits and not what is kept; for metrics, every few seconds. */
  backlog(): Promise<Backlog>;

  // upkeep
  /** Rejects with LedgerUnavailableError when it could not take an event now. Writes nothing, so a full disk it may not notice. */
  checkWritable(): Promise<void>;
  /**
   * Deletes what is older than `beforeMs` and, oldest first, what exceeds `maxBytes`, in small pieces between which others
   * get their turn. Never events that wait for the fold, nor calls with a run that is waiting, due, running or held; dead
   * letters go with their call. Links stay, so that a late event of a forgotten call updates the records it made.
   */
  prune(limits: {
    readonly beforeMs: number;
    readonly maxBytes: number;
  }): Promise<{ readonly events: number; readonly calls: number; readonly refusals: number }>;
  close(): Promise<void>;
}
