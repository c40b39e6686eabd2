import { toIso } from '../../../shared/clock.ts';
import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import { CREATED, MODIFIED } from './default-schemas.ts';
import { OBJECT_TYPES, singular, type ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import type { HubSpotRecord } from './record-table.ts';

/** What is answered when no properties are asked for. */
function defaultProperties(type: ObjectType): readonly string[] {
  const named = type === 'contacts' ? ['email', 'firstname', 'lastname'] : [];
  return [CREATED[type], MODIFIED[type], 'hs_object_id', ...named];
}

/** A record with its default properties and those asked for; a property the portal does not have is left out. */
export function showRecord(
  portal: Portal,
  type: ObjectType,
  record: HubSpotRecord,
  asked: readonly string[] = [],
): JsonObject {
  const wanted = asked.length === 0 ? defaultProperties(type) : [...asked, ...defaultProperties(type).slice(0, 3)];
  const names = [...new Set(wanted)].filter((name) => portal.schemas[type].find(name) !== undefined);
  return {
    id: record.id,
    properties: Object.fromEntries(names.map((name) => [name, record.properties[name] ?? null])),
    createdAt: toIso(record.createdAtMs),
    updatedAt: toIso(record.updatedAtMs),
    archived: record.archived,
    url: `https://app.hubspot.com/contacts/${portal.options.portalId}/record/${OBJECT_TYPES[type].typeId}/${record.id}`,
  };
}

/** After a write: the defaults and what was written. */
export function showWritten(
  portal: Portal,
  type: ObjectType,
  record: HubSpotRecord,
  sent: JsonValue | undefined,
): JsonObject {
  return showRecord(portal, type, record, [...Object.keys(sent ?? {}), ...defaultProperties(type)]);
}

/** `{calls: {results: [{id, type: 'contact_to_call'}]}}`, as in a read with `associations=calls`. */
export function showAssociations(
  portal: Portal,
  from: { readonly type: ObjectType; readonly id: string },
  types: readonly ObjectType[],
): JsonObject {
  const entries = types.flatMap((type) => {
    const ids = [...portal.associations.of(from, type).keys()];
    const kind = `${singular(from.type)}_to_${singular(type)}`;
    return ids.length === 0 ? [] : [[type, { results: ids.map((id) => ({ id, type: kind })) }] as const];
  });
  return entries.length === 0 ? {} : { associations: Object.fromEntries(entries) };
}
