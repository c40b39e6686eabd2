import type { CheckFinding, RecordKind } from '../../destination.ts';
import { OBJECT_TYPES, UNIQUE_PROPERTIES } from '../objects.ts';
import type { HubSpotParts } from '../parts.ts';
import type { Portal } from '../portal.ts';

/** Whether HubSpot itself keeps doubles out, and what happens where it does not. */
export function checkKeys(parts: HubSpotParts, portal: Portal, kinds: readonly RecordKind[]): readonly CheckFinding[] {
  const lacking = kinds.filter((kind) => !parts.portals.hasUniqueKey(portal, kind));
  const findings = lacking.map((kind) => withoutKey(parts, portal, kind));
  const kept = kinds.filter((kind) => !lacking.includes(kind)).map((kind) => OBJECT_TYPES[kind]);
  const keepsOut: CheckFinding[] =
    kept.length === 0
      ? []
      : [{ level: 'ok', message: `HubSpot itself keeps doubles out: ${kept.join(', ')} have a unique key of ours.` }];
  return [...keepsOut, ...findings, ...checkExternalId(parts, portal)];
}

function withoutKey({ destination }: HubSpotParts, { schemas }: Portal, kind: RecordKind): CheckFinding {
  const type = OBJECT_TYPES[kind];
  const property = UNIQUE_PROPERTIES[kind];
  const consequence = `so ${type} are made one at a time, each after a look whether it is there`;
  const schema = schemas[kind];
  if (schema === null) {
    const message = `The token may not read the properties of ${type}, so its fields are not checked, and ${type} are made one at a time. Give it the scope crm.schemas.${type}.read.`;
    return { level: 'warning', message };
  }
  if (schema.has(property)) {
    const message = `The property ${property} of ${type} is not unique, ${consequence}. HubSpot cannot make it unique later: delete it there, then run npm run hookline -- setup ${destination}`;
    return { level: 'warning', message };
  }
  const message = `${capital(type)} have no unique property ${property}, ${consequence}. Run npm run hookline -- setup ${destination}`;
  return { level: 'warning', message };
}

/** By these HubSpot looks records up although its schema does not call them unique. */
const LOOKED_UP_ANYHOW = ['hs_object_id', 'email', UNIQUE_PROPERTIES.contact];

function checkExternalId(
  { externalIdProperty, destination }: HubSpotParts,
  { schemas: { contact } }: Portal,
): readonly CheckFinding[] {
  if (contact === null || LOOKED_UP_ANYHOW.includes(externalIdProperty)) return [];
  const property = contact.get(externalIdProperty);
  if (property?.isUnique === true) return [];
  const what = property === undefined ? 'does not exist' : 'is not unique';
  const message = `external_id_property at destinations.${destination}: the contact property "${externalIdProperty}" ${what}, so nobody is found by the platform's id. Name a unique property, or hs_object_id.`;
  return [{ level: 'error', message }];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
