import type { JsonValue } from '../domain/json.ts';
import type { RecordKind } from './destination.ts';

/** A field that an integration writes, as far as the config tells. */
export interface MappedField {
  readonly field: string;
  /** What can be told without a call: constants, and templates that read only the call's status or direction. */
  readonly knownValues: readonly JsonValue[];
  /** True when calls may bring other values. */
  readonly varies: boolean;
  /** Where it stands: `integrations[0].actions[0].contact.fields.budget`; null for a default of the destination. */
  readonly where: string | null;
}

/** A field of one kind, as integrations map it. */
export interface Mapping extends MappedField {
  readonly kind: RecordKind;
}
