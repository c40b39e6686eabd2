import { OBJECT_TYPES, type ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import type { HubSpotRecord } from './record-table.ts';
import { invalid } from './refusals.ts';

/** A record named by a unique property instead of its id. */
export interface NamedRecord {
  readonly idProperty: string;
  readonly value: string;
  readonly verb: 'read' | 'update' | 'upsert';
}

/** Throws 400 when the property is not unique in this portal (`hs_object_id` never is one to send). */
export function checkIdProperty(
  portal: Portal,
  type: ObjectType,
  { idProperty, verb }: Omit<NamedRecord, 'value'>,
): void {
  const isEmail = type === 'contacts' && idProperty === 'email';
  // Contacts by email: read always, upsert where the portal allows it, batch update never (hubspot.md 4, 7).
  const refused = isEmail && (verb === 'update' || (verb === 'upsert' && !portal.options.upsertsByEmail));
  if (refused || !portal.schemas[type].unique().includes(idProperty)) {
    throw invalid(
      `Unable to perform ${verb} by non-unique ${OBJECT_TYPES[type].typeId} property ${idProperty}. Please use a unique property.`,
    );
  }
}

/** The live record with this value; throws 400 when the property is not unique. */
export function findByProperty(portal: Portal, type: ObjectType, named: NamedRecord): HubSpotRecord | undefined {
  checkIdProperty(portal, type, named);
  const value = normaliseKey(named);
  const holder = portal.tables[type].holder(named.idProperty, value);
  const isSecondary = named.idProperty === 'email' && holder?.properties['email'] !== value;
  return isSecondary && !portal.options.findsSecondaryEmail ? undefined : holder;
}

/** Addresses are compared as HubSpot keeps them: in lower case. */
export function normaliseKey({ idProperty, value }: Pick<NamedRecord, 'idProperty' | 'value'>): string {
  return idProperty === 'email' ? value.trim().toLowerCase() : value;
}
