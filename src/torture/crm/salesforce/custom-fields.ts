import type { Field } from './field.ts';
import { findEntity, type Entity } from './object-types.ts';
import type { Org } from './org.ts';

/** The objects a field of this one appears on: those of Activity on Task and Event. */
export function entitiesOf(object: string): readonly Entity[] {
  if (object === 'Activity') return ['Task', 'Event'];
  const entity = findEntity(object);
  return entity === undefined ? [] : [entity];
}

/** The id of its `CustomField`; nobody sees it until a permission set says so. */
export function addField(org: Org, object: string, field: Field): string {
  for (const entity of entitiesOf(object)) org.schemas[entity].put(field);
  const developerName = field.name.replace(/__c$/, '');
  return org.seed('CustomField', {
    DeveloperName: developerName,
    TableEnumOrId: object,
    FullName: `${object}.${field.name}`,
  });
}

/** With everything records held in it, and the permissions on it. */
export function dropField(org: Org, object: string, name: string): void {
  for (const entity of entitiesOf(object)) {
    const table = org.tables[entity];
    for (const record of table.all()) {
      if (!(name in record.fields)) continue;
      table.put({ ...record, fields: without(record.fields, name) });
    }
    org.schemas[entity].remove(name);
    removeRows(org, 'FieldPermissions', (fields) => fields['Field'] === `${entity}.${name}`);
  }
  removeRows(org, 'CustomField', (fields) => fields['FullName'] === `${object}.${name}`);
  org.security.forget();
}

function removeRows(org: Org, entity: Entity, isGone: (fields: Readonly<Record<string, unknown>>) => boolean): void {
  const table = org.tables[entity];
  for (const { id, fields } of table.live()) if (isGone(fields)) table.remove(id);
}

function without<Fields extends Readonly<Record<string, unknown>>>(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name)) as Fields;
}
