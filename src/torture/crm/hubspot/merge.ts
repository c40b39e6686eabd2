import type { Portal } from './portal.ts';
import { uniqueValues, type HubSpotRecord } from './record-table.ts';
import { invalid, notFound } from './refusals.ts';
import { complete } from './write-records.ts';

/**
 * Merges two contacts as a person in HubSpot would. The survivor has the primary's values, the other's where the
 * primary has none, both addresses, all associations and, unless the portal keeps it, a new id.
 */
export function mergeContacts(portal: Portal, primaryId: string, loserId: string): HubSpotRecord {
  const primary = portal.find('contacts', primaryId);
  const loser = portal.find('contacts', loserId);
  if (primary === undefined || loser === undefined)
    throw notFound('Object not found. One of the contacts does not exist.');
  if (primary.id === loser.id) throw invalid('A contact cannot be merged with itself.');
  const id = portal.options.mergeKeepsId ? primary.id : portal.nextId();
  const survivor = complete(portal, 'contacts', {
    id,
    properties: mergedProperties(primary, loser),
    createdAtMs: Math.min(primary.createdAtMs, loser.createdAtMs),
  });
  const table = portal.tables.contacts;
  for (const gone of [primary, loser].filter((record) => record.id !== id)) {
    table.mergeInto(gone.id, id);
    portal.tellSearch('contacts', { ...gone, archived: true });
    portal.associations.move({ type: 'contacts', id: gone.id }, { type: 'contacts', id });
  }
  table.put(survivor);
  portal.tellSearch('contacts', survivor);
  return survivor;
}

function mergedProperties(primary: HubSpotRecord, loser: HubSpotRecord): Record<string, string> {
  const properties = { ...loser.properties, ...primary.properties };
  const addresses = [primary, loser].flatMap((record) => uniqueValues(record.properties, 'email'));
  const secondary = [...new Set(addresses)].filter((address) => address !== properties['email']);
  return {
    ...properties,
    ...(secondary.length === 0 ? {} : { hs_additional_emails: secondary.join(';') }),
    hs_merged_object_ids: [primary, loser]
      .flatMap(({ id, properties: { hs_merged_object_ids: earlier = '' } }) => [...earlier.split(';'), id])
      .filter((id) => id !== '')
      .join(';'),
  };
}
