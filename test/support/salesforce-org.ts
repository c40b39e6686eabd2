import type { Field, Fields, Org } from '../../src/destinations/salesforce/org.ts';
import type { SObjectType } from '../../src/destinations/salesforce/objects.ts';

/** A field as describe shows it: a text of 255 that may be written, unless told otherwise. */
export function createField(name: string, rest: Partial<Field> = {}): Field {
  return {
    name,
    label: name,
    type: 'string',
    length: 255,
    isCreateable: true,
    isUpdateable: true,
    isRequired: false,
    isKey: false,
    isFilterable: true,
    values: null,
    isRestricted: false,
    ...rest,
  };
}

export function createFields(...fields: readonly (string | Field)[]): Fields {
  return new Map(
    fields.map((field) => (typeof field === 'string' ? createField(field) : field)).map((field) => [field.name, field]),
  );
}

/** An org in New York that shows these objects. */
export function createOrg(objects: Partial<Record<SObjectType, Fields | null>>, rest: Partial<Org> = {}): Org {
  return {
    objects,
    timeZone: 'America/New_York',
    country: 'US',
    closedStatuses: ['Completed'],
    readAtMs: 0,
    ...rest,
  };
}
