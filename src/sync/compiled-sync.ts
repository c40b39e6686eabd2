import type { Destination } from '../destinations/destination.ts';
import type { MappedField } from '../destinations/mapped-field.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';

/**
 * How a value meets the one that is already there.
 *
 * - `newer`: the newest call wins; an older call never overwrites it
 * - `overwrite`: whoever comes last
 * - `fill_if_empty`: only where the CRM has nothing
 * - `append`: a marked block per call in a text; replaced, never repeated
 * - `max`: the greater number or later date stays
 */
export const WRITE_POLICIES = ['newer', 'overwrite', 'fill_if_empty', 'append', 'max'] as const;
export type WritePolicy = (typeof WRITE_POLICIES)[number];

export type Rendered =
  | {
      readonly kind: 'value';
      readonly value: JsonValue;
      /** True for a value that only stands in for one: no rule of the status applied. */
      readonly isFallback?: boolean;
    }
  | { readonly kind: 'failed'; readonly reason: string };

export type Render = (scope: JsonObject) => Rendered;
export type Condition = (scope: JsonObject) => boolean;

export interface CompiledField {
  /** The CRM's name. */
  readonly field: string;
  readonly render: Render;
  readonly write: WritePolicy;
  /** Null: always. */
  readonly when: Condition | null;
  /** Null: on create and on update. */
  readonly onlyOn: 'create' | 'update' | null;
  /** False: an empty text or list is written too. Null never is. */
  readonly omitEmpty: boolean;
  /** Longer texts are cut to this many characters. */
  readonly maxLength: number | null;
  /** What the destination is told of it before there is a call. */
  readonly mapped: MappedField;
}

export const IDENTITY_KINDS = ['external_id', 'phone', 'email'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

export interface CompiledContact {
  /** In order of trust. */
  readonly match: readonly IdentityKind[];
  readonly onNoMatch: 'create' | 'skip' | 'hold';
  readonly onManyMatches: 'newest' | 'oldest' | 'hold';
  readonly fields: readonly CompiledField[];
}

export interface CompiledTask {
  readonly when: Condition | null;
  /** Seen by the fields as `task.subject` and `task.due`. */
  readonly subject: Render;
  readonly due: Render;
  readonly fields: readonly CompiledField[];
}

/** One `sync` action, ready to run. Null parts are not synced. */
export interface CompiledSync {
  readonly destination: Destination;
  readonly when: Condition | null;
  readonly contact: CompiledContact | null;
  readonly call: { readonly fields: readonly CompiledField[] } | null;
  readonly task: CompiledTask | null;
}
