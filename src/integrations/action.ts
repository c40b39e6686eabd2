import type { Call } from '../domain/call.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Urgency } from '../domain/urgency.ts';
import type { RequestRecord } from '../ledger/ledger.ts';

export interface ActionInput {
  readonly call: Call;
  readonly callKey: string;
  readonly scope: JsonObject;
  readonly integration: string;
  readonly step: number;
  readonly force: boolean;
  readonly mode: 'live' | 'preview';
  readonly signal: AbortSignal;
  /** Who goes first when the destination's budget is short. */
  readonly urgency: Urgency;
  /** False when another worker may be at this run: nothing may be written any more. */
  readonly stillHeld: () => Promise<boolean>;
}

/** A step finished (its result is kept and it is not repeated for this call version), or the attempt ends here. */
export type ActionResult =
  | { readonly kind: 'finished'; readonly result: JsonValue; readonly requests: readonly RequestRecord[] }
  | {
      readonly kind: 'stopped';
      readonly outcome: Exclude<Outcome, { kind: 'done' }>;
      readonly result: JsonValue;
      readonly requests: readonly RequestRecord[];
    };

/** One compiled action of an integration. One file per action kind in `actions/`. */
export interface Action {
  readonly kind: string;
  /** The destination it works on; runs wait in that destination's pool. */
  readonly destination: string;
  run(input: ActionInput): Promise<ActionResult>;
}
