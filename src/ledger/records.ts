import type { Call } from '../domain/call.ts';
import type { EventIdentity } from '../domain/event.ts';
import type { JsonValue } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RunState } from '../domain/run.ts';

/* What the ledger keeps, as its callers see it. */

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
  /** `pending` waits for the fold, `orphan` for a call to join (see CanonicalEvent.orphan). */
  readonly state: NewEvent['state'] | 'orphan' | 'folded';
  readonly duplicates: number;
  /** The call it was folded into; null while pending or when it has none. */
  readonly callRowId: string | null;
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
  /** What it was for: `find`, `write_contact`; absent in records of older versions. */
  readonly operation?: string;
  /** How long it waited for its turn (rate, requests in flight) before it began; absent in records of older versions. */
  readonly waitedMs?: number;
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

/** A value written to a field: its hash, and of which call: `<ISO time of the call> <call key>`, comparable as text. */
export interface WrittenValue {
  readonly hash: string;
  readonly asOf: string;
}

export interface Stamp extends WrittenValue {
  /** Hash of the value that was last left unwritten because a look showed another one: the same need not look again. */
  readonly kept?: string;
  /** Values sent after it, of which no answer told what became of them: until one does, the field may hold any of them. */
  readonly pending?: readonly WrittenValue[];
}

/** "This call / this person is record X in destination D", with what was written last. */
export interface Link {
  readonly destination: string;
  readonly kind: 'contact' | 'call' | 'task' | 'note';
  /**
   * For `call` the call key (`source/callId`), for `task` the call key with integration and step, for `note` the call key
   * with `note` and a number. A contact has several:
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
  /** Per field, what was written last, and of which call. */
  readonly stamps: Readonly<Record<string, Stamp>>;
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

/** Exact up to 100,000 events and runs; beyond that `folded` and `done` are what the database knows without counting. */
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

/** What waits. */
export interface Backlog {
  readonly pendingEvents: number;
  /** Receipt time of the oldest event not folded yet. */
  readonly oldestPendingEventMs: number | null;
  readonly runs: Readonly<Record<Exclude<RunState, 'done'>, number>>;
  /** Runs that could be claimed now, per destination, and since when the oldest could; a lease that ended counts. */
  readonly due: readonly { readonly destination: string; readonly count: number; readonly oldestMs: number }[];
  /** Dead letters per destination. */
  readonly dead: readonly { readonly destination: string; readonly count: number }[];
  /** Size of the ledger on disk. */
  readonly bytes: number;
}
