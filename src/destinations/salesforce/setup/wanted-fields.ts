import type { JsonObject } from '../../../domain/json.ts';
import { CALL_KEY, PERSON_KEY, type SObjectType } from '../objects.ts';

/** A field that `setup salesforce` makes. */
export interface WantedField {
  /** Where it is made: a field of Tasks belongs to Activity (salesforce.md section 4.2). */
  readonly object: 'Activity' | 'Lead' | 'Contact';
  /** Where it is seen, and where access to it is given (section 5). */
  readonly type: SObjectType;
  readonly name: string;
  /** As the Tooling API takes it. */
  readonly metadata: JsonObject;
}

/** Our keys. docs/salesforce-metadata has the same for orgs that are changed by deployment only. */
export const WANTED_FIELDS: readonly WantedField[] = [
  {
    object: 'Activity',
    type: 'Task',
    name: CALL_KEY,
    metadata: key('Hookline call id', 'Set by Hookline: keeps one Task per call. Leave it as it is.'),
  },
  wantedOfPerson('Lead'),
  wantedOfPerson('Contact'),
];

export const PERMISSION_SET = {
  Name: 'Hookline',
  Label: 'Hookline',
  Description: 'Lets Hookline read and write the fields by which it knows its records again.',
} as const;

function wantedOfPerson(type: 'Lead' | 'Contact'): WantedField {
  const description = `Set by Hookline: keeps one ${type} per person. Leave it as it is.`;
  return { object: type, type, name: PERSON_KEY, metadata: key('Hookline person key', description) };
}

/** Unique, so that it takes no "View All Data" to look by it (section 4.1); ids of platforms may differ in case alone. */
function key(label: string, description: string): JsonObject {
  return { type: 'Text', label, description, length: 255, externalId: true, unique: true, caseSensitive: true };
}

/** As permissions name it. */
export function fullName({ type, name }: Pick<WantedField, 'type' | 'name'>): string {
  return `${type}.${name}`;
}
