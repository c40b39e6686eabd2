import type { JsonObject } from '../../../domain/json.ts';
import { OBJECT_TYPES, UNIQUE_PROPERTIES, type ObjectType } from '../objects.ts';

/** A property that `setup hubspot` makes. */
export interface WantedProperty {
  readonly type: ObjectType;
  readonly name: string;
  /** As `POST /crm/properties` takes it. */
  readonly definition: JsonObject;
}

/** Where an operator finds our properties in HubSpot; each object type has groups of its own. */
export const GROUP = { name: 'hookline', label: 'Hookline' } as const;

/** Our keys. What is unique must be so from the beginning (hubspot.md section 5.3). */
export const WANTED_PROPERTIES: readonly WantedProperty[] = [
  wanted('contact', 'Hookline person key', 'Set by Hookline: keeps one contact per person. Leave it as it is.'),
  wanted('call', 'Hookline call id', 'Set by Hookline: keeps one record per call. Leave it as it is.'),
  wanted('task', 'Hookline call id', 'Set by Hookline: keeps one task per call and rule. Leave it as it is.'),
  wanted('note', 'Hookline call id', 'Set by Hookline: keeps one note per part of a long text. Leave it as it is.'),
];

function wanted(kind: keyof typeof OBJECT_TYPES, label: string, description: string): WantedProperty {
  const name = UNIQUE_PROPERTIES[kind];
  const how = { groupName: GROUP.name, type: 'string', fieldType: 'text', formField: false, hasUniqueValue: true };
  return { type: OBJECT_TYPES[kind], name, definition: { name, label, description, ...how } };
}
