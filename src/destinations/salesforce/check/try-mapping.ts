import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { FieldNote, RecordWrite } from '../../destination.ts';
import type { Mapping } from '../../mapped-field.ts';
import { PERSON_TYPES, type SObjectType } from '../objects.ts';
import type { Org } from '../org.ts';
import type { SalesforceParts } from '../parts.ts';
import { prepareWrite } from '../prepare.ts';

/** A kind of write that a mapping may be part of. */
interface Target {
  readonly type: SObjectType;
  readonly isNew: boolean;
}

/** What would come of one value in one kind of write. */
export interface Trial {
  readonly type: SObjectType;
  readonly value: JsonValue;
  readonly values: JsonObject;
  readonly notes: readonly FieldNote[];
}

/** Where the check and what runs have to agree: every value goes through the preparation of a real write. Pure. */
export function tryMapping(mapping: Mapping, parts: SalesforceParts, org: Org): readonly Trial[] {
  return targetsOf(mapping, parts, org).flatMap((target) =>
    valuesOf(mapping, org, target).map((value) => tryValue(mapping, value, { target, parts, org })),
  );
}

/** Objects that the user may not see are told of as such. */
export function targetsOf(
  { kind }: Pick<Mapping, 'kind'>,
  parts: SalesforceParts,
  { objects }: Org,
): readonly Target[] {
  return typesOf(kind, parts)
    .filter((type) => (objects[type] ?? null) !== null)
    .flatMap((type) => [
      ...(type === 'Task' || type === parts.createAs ? [{ type, isNew: true }] : []),
      { type, isNew: false },
    ]);
}

function typesOf(kind: Mapping['kind'], { people, createAs }: SalesforceParts): readonly SObjectType[] {
  if (kind !== 'contact') return ['Task'];
  return PERSON_TYPES.filter((type) => type === createAs || people.types.includes(type));
}

/** Without a known one, a value that meets everything but the value itself: is the field there, may it be written? */
function valuesOf({ field, knownValues }: Mapping, { objects }: Org, { type }: Target): readonly JsonValue[] {
  const known = knownValues.filter((value) => value !== null && value !== '');
  if (known.length > 0) return known;
  const name = field.split('.').at(-1) ?? field;
  return [objects[type]?.get(name)?.type === 'boolean' ? true : null];
}

function tryValue(
  { kind, field }: Mapping,
  value: JsonValue,
  { target, parts, org }: { readonly target: Target; readonly parts: SalesforceParts; readonly org: Org },
): Trial {
  const { type, isNew } = target;
  const fields = { [field]: value };
  const write: RecordWrite = {
    kind,
    key: '',
    id: isNew ? null : '',
    fields,
    allFields: fields,
    attemptedAtMs: null,
    contactId: null,
    attach: false,
    scope: {},
  };
  const { values, notes } = prepareWrite(write, { type, org, zone: parts.zoneOf(org) });
  return { type, value, values, notes };
}
