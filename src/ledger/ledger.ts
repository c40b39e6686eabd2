import type { Call, CallFields } from '../domain/call.ts';
import type { EventIdentity, FoldableEvent } from '../domain/event.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RunState } from '../domain/run.ts';

/*
 * The ledger is the truth. Every method is atomic and, once its promise has resolved, survives kill -9 and power loss.
 * Bookkeeping times are epoch milliseconds. Consumers take `Pick<Ledger, …>` of what they need.
 */

export interface NewEvent extends EventIdentity {
  readonly id: string;
  readonly source: string;
  readonly platform: string;
  readonly receivedAtMs: number;
  /** Exactly the bytes that were verified. */
  readonly body: Buffer;
  readonly bodyHash: string;
  readonly contentType: string | null;
  /** Header lines worth keeping, secrets masked. */
  readonly headers: readonly (readonly [string, string])[];
  readonly proof: string;
  readonly notes: readonly string[];
  /** `unparseable`, `no_call` (source.test, unknown, no call id) and `quarantined` events are kept but not folded. */
  readonly state: 'pending' | 'unparseable' | 'no_call' | 'quarantined';
}

export interface RecordedEvent {
  readonly kind: 'recorded' | 'duplicate';
  /** The event's id; for a duplicate, the id of its first delivery. */
  readonly id: string;
}

export interface NewRefusal {
  readonly receivedAtMs: number;
  /** As named in the URL, cut to 100 characters; may not exist. */
  readonly source: string;
  readonly status: number;
  readonly cause: string;
  readonly remoteAddress: string;
  readonly bodyBytes: number;
  readonly bodyHash: string | null;
}

/** An event as stored. */
export interface StoredEvent extends Omit<NewEvent, 'state'> {
  readonly state: NewEvent['state'] | 'folded';
  readonly duplicates: number;
  /** The call it was folded into; null while pending or when it has none. */
  readonly callRowId: string | null;
}

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
  /** Destinations with runs that became due, with the earliest time. */
  readonly due: readonly { readonly destination: string; readonly atMs: number }[];
  /** True when more events wait. */
  readonly more: boolean;
}

export interface RunSummary {
  readonly id: string;
  readonly integration: string;
  readonly destination: string;
  readonly state: RunState;
  readonly dueAtMs: number;
  readonly attempts: number;
  readonly doneVersion: number | null;
  readonly reason: string | null;
  readonly hint: string | null;
  readonly configHash: string;
}

/** A run under lease. */
export interface ClaimedRun extends RunSummary {
  readonly call: Call;
  readonly personKey: string;
  /** Number of the attempt that starts now, from 1; counted from the last replay. */
  readonly attempt: number;
  /** Set by `--force` replays: write even what looks unchanged. */
  readonly force: boolean;
  /** Results of steps finished for this call version by earlier attempts: step index → result. */
  readonly finishedSteps: Readonly<Record<number, JsonValue>>;
  readonly leaseUntilMs: number;
}

/** One request of an attempt, masked before it gets here. */
export interface RequestRecord {
  readonly method: string;
  readonly url: string;
  readonly effect: 'read' | 'write';
  readonly requestBody: string | null;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly responseBody: string | null;
  readonly error: string | null;
  readonly startedAtMs: number;
  readonly durationMs: number;
}

export interface FinishedAttempt {
  readonly runId: string;
  readonly owner: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly callVersion: number;
  readonly configHash: string;
  readonly outcome: Outcome;
  /** Decided by the retry policy: where the run goes from here. */
  readonly next:
    | { readonly state: 'done' }
    | { readonly state: 'due'; readonly dueAtMs: number; readonly destination: string }
    | { readonly state: 'held'; readonly dueAtMs: number | null }
    | { readonly state: 'dead' };
  /** False when nothing was tried in earnest (paused destination, shutdown, next pool): the next claim has the same `attempt`. */
  readonly countsAsAttempt: boolean;
  /** What the attempt did, step by step, for `calls show`. */
  readonly steps: JsonValue;
  readonly requests: readonly RequestRecord[];
}

/** "This call / this person is record X in destination D", with what was written last. */
export interface Link {
  readonly destination: string;
  readonly kind: 'contact' | 'call' | 'task';
  /**
   * For `call` the call key (`source/callId`), for `task` the call key with integration and step. A contact has several:
   * the person's identities (`phone:+1…`, `email:…`, `external:…`), one per call (`call:source/callId`), and
   * `record:<id>`, which alone carries hash and stamps.
   */
  readonly key: string;
  /** `intent`: a create was about to be sent and its fate is not known. */
  readonly state: 'intent' | 'linked';
  /** Null while `intent`. */
  readonly recordId: string | null;
  /** Hash of the projection last written; null before the first. */
  readonly hash: string | null;
  /** Per field: hash of the value last written, and of which call: `<ISO time of the call> <call key>`, comparable as text. */
  readonly stamps: Readonly<Record<string, { readonly hash: string; readonly asOf: string }>>;
  readonly updatedAtMs: number;
}

/** Numbers about one person, from the ledger alone. */
export interface PersonHistory {
  readonly total_calls: number;
  readonly first_call_at: string | null;
  readonly last_call_at: string | null;
  readonly completed_calls: number;
}

/** Why a destination is not being called. */
export interface Pause {
  readonly destination: string;
  readonly reason: string;
  readonly hint: string | null;
  readonly sinceMs: number;
  /** Null: until a person resumes it. */
  readonly untilMs: number | null;
}

export interface ListFilter {
  readonly limit: number;
  /** Opaque, from the last page. */
  readonly after?: string;
  readonly source?: string;
  readonly state?: string;
  /** Call id (ours or the platform's), run id, event id, or E.164 phone. */
  readonly search?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

export interface CallRow {
  readonly call: Call;
  readonly events: number;
  readonly runs: readonly RunSummary[];
}

export interface AttemptRow extends Omit<FinishedAttempt, 'owner' | 'next' | 'countsAsAttempt'> {
  readonly id: string;
  readonly number: number;
}

/** The whole story of one call. */
export interface CallStory {
  readonly call: Call;
  readonly events: readonly StoredEvent[];
  readonly duplicates: readonly { readonly eventId: string; readonly receivedAtMs: number }[];
  readonly joins: readonly { readonly eventId: string; readonly reason: string; readonly undone: boolean }[];
  readonly unmatched: readonly string[];
  readonly runs: readonly { readonly run: RunSummary; readonly attempts: readonly AttemptRow[] }[];
  readonly links: readonly Link[];
}

export interface RunRow {
  readonly run: RunSummary;
  readonly callId: string;
  readonly providerCallId: string;
  readonly source: string;
  readonly updatedAtMs: number;
}

export interface RefusalRow extends NewRefusal {
  readonly id: number;
}

export interface LedgerStats {
  readonly events: Readonly<Record<string, number>>;
  readonly runs: Readonly<Record<RunState, number>>;
  /** Receipt time of the oldest event not folded yet. */
  readonly oldestPendingEventMs: number | null;
  /** Due time of the oldest run that should have run. */
  readonly oldestDueRunMs: number | null;
  readonly refusals: Readonly<Record<string, number>>;
  readonly bytes: number;
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
   * Leases due runs of one destination. Never two runs of one person at a time, in any process.
   * Runs whose lease ended count as due. Waiting runs whose time came are claimed too.
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
  /** Writes the attempt and moves the run; if the call grew meanwhile, the run is due again at once. False when the lease was lost. */
  finishAttempt(attempt: FinishedAttempt): Promise<boolean>;
  /** Gives back claimed runs that were not started (shutdown). */
  releaseRuns(owner: string, runIds: readonly string[]): Promise<void>;
  /** When anything of these will be due next, per destination; for the sweeper. */
  nextDue(nowMs: number): Promise<readonly { readonly destination: string; readonly atMs: number }[]>;
  hasPendingEvents(): Promise<boolean>;
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
  /** `excluding` one call id? No: the current call counts. */
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

  // upkeep
  /** Deletes what is older than `beforeMs` and, oldest first, what exceeds `maxBytes`; never anything that still has work to do. */
  prune(limits: {
    readonly beforeMs: number;
    readonly maxBytes: number;
  }): Promise<{ readonly events: number; readonly calls: number; readonly refusals: number }>;
  close(): Promise<void>;
}
