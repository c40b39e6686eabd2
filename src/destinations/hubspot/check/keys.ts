import type { CheckFinding, RecordKind } from '../../destination.ts';
import { OBJECT_TYPES, UNIQUE_PROPERTIES } from '../objects.ts';
import type { HubSpotParts } from '../parts.ts';
import type { Portal, Schema } from '../portal.ts';

/** Whether HubSpot itself keeps doubles out, and what happens where it does not. */
export function checkKeys(parts: HubSpotParts, portal: Portal, kinds: readonly RecordKind[]): readonly CheckFinding[] {
  const schemaOf = (kind: RecordKind): Schema => portal.schemas[kind];
  const kept = kinds.filter((kind) => parts.portals.hasUniqueKey(portal, kind));
  const lacking = kinds.filter((kind) => !kept.includes(kind));
  const missing = lacking.filter((kind) => schemaOf(kind)?.has(UNIQUE_PROPERTIES[kind]) === false);
  const common = lacking.filter((kind) => schemaOf(kind)?.has(UNIQUE_PROPERTIES[kind]) === true);
  const hidden = lacking.filter((kind) => schemaOf(kind) === null);
  return [
    ...(kept.length === 0 ? [] : [keepsOut(kept)]),
    ...(missing.length === 0 ? [] : [notThere(parts, missing)]),
    ...common.map((kind) => notUnique(parts, kind)),
    ...hidden.map((kind) => notShown(kind)),
    ...checkExternalId(parts, portal),
  ];
}

function keepsOut(kinds: readonly RecordKind[]): CheckFinding {
  return { level: 'ok', message: `HubSpot itself keeps doubles out: ${typesOf(kinds)} have a unique key of ours.` };
}

const ONE_BY_ONE = 'are made one at a time, each after a look whether it is there';

function notThere({ destination }: HubSpotParts, kinds: readonly RecordKind[]): CheckFinding {
  const properties = [...new Set(kinds.map((kind) => UNIQUE_PROPERTIES[kind]))].join(', ');
  const types = typesOf(kinds);
  const message = `${types} have no unique key of ours (${properties}), so they ${ONE_BY_ONE}. Run npm run hookline -- setup ${destination}`;
  return { level: 'warning', message: message.charAt(0).toUpperCase() + message.slice(1) };
}

function notUnique({ destination }: HubSpotParts, kind: RecordKind): CheckFinding {
  const type = OBJECT_TYPES[kind];
  const message = `The property ${UNIQUE_PROPERTIES[kind]} of ${type} is not unique, so ${type} ${ONE_BY_ONE}. HubSpot cannot make it unique later: delete it there, then run npm run hookline -- setup ${destination}`;
  return { level: 'warning', message };
}

function notShown(kind: RecordKind): CheckFinding {
  const type = OBJECT_TYPES[kind];
  const message = `The token may not read the properties of ${type}, so fields of ${type} are not checked, and ${type} ${ONE_BY_ONE}. Give it the scope crm.schemas.${type}.read.`;
  return { level: 'warning', message };
}

function typesOf(kinds: readonly RecordKind[]): string {
  return kinds.map((kind) => OBJECT_TYPES[kind]).join(', ');
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
