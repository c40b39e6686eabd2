import type { Call } from '../domain/call.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Urgency } from '../domain/urgency.ts';
import type { RecordKind } from '../destinations/destination.ts';
import type { RequestRecord } from '../ledger/ledger.ts';

/** One call to be brought into one destination by one `sync` action. */
export interface SyncInput {
  readonly call: Call;
  /** `<source>/<provider_call_id>`: the key of everything written for this call. */
  readonly callKey: string;
  /** What templates see (`call`, `contact`, `outcomes`, `history`, Callab's names, …). */
  readonly scope: JsonObject;
  /** Name of the integration and index of the action: makes task keys unique. */
  readonly integration: string;
  readonly step: number;
  /** Write even what looks unchanged. */
  readonly force: boolean;
  /** `preview`: reads are sent, writes are only recorded, and no link is touched. */
  readonly mode: 'live' | 'preview';
  readonly signal: AbortSignal;
  /** Who goes first when the destination's budget is short. */
  readonly urgency: Urgency;
  /** False when another worker may be at this run: nothing may be written any more. */
  readonly stillHeld: () => Promise<boolean>;
}

/** What happens, or would happen, to one field. */
export interface FieldReport {
  readonly field: string;
  /** Undefined when the current value is not known. */
  readonly before?: JsonValue;
  readonly after: JsonValue;
  /** `kept`: the write policy or an older call forbids it; `dropped`: it cannot be written, see `reason`. */
  readonly action: 'write' | 'same' | 'kept' | 'dropped';
  readonly reason?: string;
  /** Of `dropped`: this call has nothing for the field, so no value was lost. */
  readonly empty?: boolean;
}

export interface RecordReport {
  readonly kind: RecordKind;
  /** Null when nothing was written or, in a preview, when the record does not exist yet. */
  readonly recordId: string | null;
  readonly action: 'created' | 'updated' | 'unchanged' | 'skipped';
  /** How the record was found or why it was skipped: `link`, `phone`, `email`, `external_id`, `created: no match`. */
  readonly how: string;
  readonly fields: readonly FieldReport[];
}

export interface SyncReport {
  readonly records: readonly RecordReport[];
}

/** `finished` carries the report; anything else is how the attempt must end. The report so far comes along. */
export type SyncResult =
  | { readonly kind: 'finished'; readonly report: SyncReport; readonly requests: readonly RequestRecord[] }
  | {
      readonly kind: 'stopped';
      readonly outcome: Exclude<Outcome, { kind: 'done' }>;
      readonly report: SyncReport;
      readonly requests: readonly RequestRecord[];
    };
