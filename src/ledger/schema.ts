import type { Generated } from 'kysely';

import type { LockTable, SharedTimeTable } from './locks/lock-table.ts';

/*
 * Tables as SQL sees them. `…_ms` are epoch milliseconds; JSON is text; what is true is 1. `call_key` is
 * `<source>/<provider call id>`. Rows become domain objects in the `…-row.ts` files and nowhere else.
 */

/** An accepted delivery. Never changed after it was inserted; what becomes of it is in the tables below. */
export interface EventTable {
  readonly id: string;
  readonly source: string;
  readonly platform: string;
  readonly receipt_key: string;
  readonly semantic_key: string | null;
  readonly type: string;
  readonly provider_event: string | null;
  readonly call_id: string | null;
  readonly call_key: string | null;
  readonly orphan: number;
  readonly state: string;
  readonly received_at_ms: number;
  readonly body: Uint8Array;
  readonly body_hash: string;
  readonly content_type: string | null;
  readonly headers: string;
  readonly proof: string;
  readonly notes: string;
}

/** Work for the fold: events not folded yet. */
export interface PendingEventTable {
  readonly event_id: string;
  readonly source: string;
  /** The call it will be folded into; for an orphan the id it came with, which names no call. */
  readonly call_key: string;
  readonly orphan: number;
  readonly received_at_ms: number;
  readonly bytes: number;
  /** Not before this time. Null: an orphan that sleeps until a call of its source is folded. */
  readonly try_at_ms: number | null;
  /** Why the last fold of its call threw. */
  readonly problem: string | null;
}

/** Repeated deliveries of an event: the first ones each, the later ones counted in the last row. */
export interface DuplicateTable {
  readonly event_id: string;
  readonly slot: number;
  readonly received_at_ms: number;
  readonly times: number;
}

/** An orphan event joined to a call by heuristics. */
export interface JoinTable {
  readonly event_id: string;
  readonly call_key: string;
  readonly reason: string;
  readonly undone_at_ms: number | null;
}

export interface RefusalTable {
  readonly id: Generated<number>;
  readonly received_at_ms: number;
  readonly source: string;
  readonly status: number;
  readonly cause: string;
  readonly remote_address: string;
  readonly body_bytes: number;
  readonly body_hash: string | null;
}

/** Counted for ever, also when the refusals themselves are gone. */
export interface RefusalCountTable {
  readonly cause: string;
  readonly count: number;
}

export interface CallTable {
  readonly id: string;
  readonly call_key: string;
  readonly source: string;
  readonly platform: string;
  readonly provider_call_id: string;
  /** Grows when the fields changed. */
  readonly version: number;
  /** Grows with every fold: guards against two folds at a time. */
  readonly revision: number;
  readonly fields: string;
  readonly fields_hash: string;
  readonly status: string;
  readonly customer_number: string | null;
  readonly person_key: string;
  /** ISO 8601: the start of the call, else its first event. */
  readonly called_at: string;
  readonly first_event_at: string;
  readonly last_event_at: string;
  readonly event_types: string;
  readonly events: number;
  readonly first_received_at_ms: number;
  readonly last_received_at_ms: number;
  readonly unmatched: string;
}

/** Calls of a person that retention deleted: they go on counting. */
export interface ForgottenCallTable {
  readonly customer_number: string;
  readonly total_calls: number;
  readonly completed_calls: number;
  readonly first_call_at: string;
  readonly last_call_at: string;
}

export interface RunTable {
  readonly id: string;
  readonly call_id: string;
  readonly integration: string;
  /** The pool that claims it next. */
  readonly destination: string;
  readonly state: string;
  readonly due_at_ms: number;
  /** When it may be claimed: due time, settle time, end of the pause, end of the lease. Null: not until something happens. */
  readonly claim_at_ms: number | null;
  readonly person_key: string;
  /** The newest call version this integration asked to be brought out. */
  readonly wanted_version: number;
  /** Where that starts. */
  readonly wanted_destination: string;
  readonly done_version: number | null;
  /** Attempts that counted since the run was last raised or replayed. */
  readonly attempts: number;
  /** Number of the newest attempt ever. */
  readonly last_attempt: number;
  readonly force: number;
  /** Replayed while it was running: due again when the attempt ends. */
  readonly again: number;
  readonly owner: string | null;
  readonly trigger: string;
  readonly config_hash: string;
  readonly reason: string | null;
  readonly hint: string | null;
  readonly updated_at_ms: number;
}

/** Results of finished steps of a run that is not done yet. */
export interface RunStepTable {
  readonly run_id: string;
  readonly step: number;
  readonly call_version: number;
  readonly result: string;
}

export interface AttemptTable {
  readonly id: string;
  readonly run_id: string;
  readonly number: number;
  readonly started_at_ms: number;
  readonly finished_at_ms: number;
  readonly call_version: number;
  readonly config_hash: string;
  readonly outcome: string;
  readonly steps: string;
  readonly requests: string;
}

export interface LinkTable {
  readonly destination: string;
  readonly kind: string;
  readonly key: string;
  readonly state: string;
  readonly record_id: string | null;
  readonly hash: string | null;
  readonly stamps: string;
  readonly updated_at_ms: number;
}

export interface PauseTable {
  readonly destination: string;
  readonly reason: string;
  readonly hint: string | null;
  readonly since_ms: number;
  readonly until_ms: number | null;
}

export interface SecretTable {
  readonly name: string;
  readonly value: string;
}

export interface SandboxRecordTable {
  readonly id: string;
  readonly destination: string;
  readonly kind: string;
  readonly key: string;
  readonly contact_id: string | null;
  readonly fields: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** Text and number fields of sandbox records, to be searched. */
export interface SandboxValueTable {
  readonly record_id: string;
  readonly destination: string;
  readonly kind: string;
  readonly field: string;
  readonly value: string;
}

export interface SandboxChangeTable {
  readonly number: Generated<number>;
  readonly record_id: string;
  readonly destination: string;
  readonly kind: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
  readonly at_ms: number;
}

export interface MigrationTable {
  readonly number: number;
  readonly name: string;
  readonly applied_at_ms: number;
}

export interface Schema {
  readonly events: EventTable;
  readonly pending_events: PendingEventTable;
  readonly duplicates: DuplicateTable;
  readonly joins: JoinTable;
  readonly refusals: RefusalTable;
  readonly refusal_counts: RefusalCountTable;
  readonly calls: CallTable;
  readonly forgotten_calls: ForgottenCallTable;
  readonly runs: RunTable;
  readonly run_steps: RunStepTable;
  readonly attempts: AttemptTable;
  readonly links: LinkTable;
  readonly locks: LockTable;
  readonly shared_time: SharedTimeTable;
  readonly pauses: PauseTable;
  readonly secrets: SecretTable;
  readonly sandbox_records: SandboxRecordTable;
  readonly sandbox_values: SandboxValueTable;
  readonly sandbox_changes: SandboxChangeTable;
  readonly migrations: MigrationTable;
}
