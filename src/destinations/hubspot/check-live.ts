import type { CheckFinding, RecordKind, RequestContext } from '../destination.ts';
import { OBJECT_TYPES, UNIQUE_PROPERTIES } from './objects.ts';
import type { HubSpotParts } from './parts.ts';

/** Token, scopes and unique properties. Reads only. */
export async function checkLive(
  { portals, destination }: HubSpotParts,
  kinds: readonly RecordKind[],
  context: RequestContext,
): Promise<readonly CheckFinding[]> {
  const portal = await portals.portal(context, true);
  if ('kind' in portal) {
    const hint = 'hint' in portal && portal.hint !== undefined ? ` ${portal.hint}` : '';
    return [{ level: 'error', message: `${portal.reason}.${hint}` }];
  }
  const lacking = kinds.filter((kind) => !portals.hasUniqueKey(portal, kind));
  const findings = lacking.map((kind) => ({
    level: 'warning' as const,
    message: `${OBJECT_TYPES[kind]} have no unique property ${UNIQUE_PROPERTIES[kind]}: ${destination} makes them one by one and looks first. Run: npm run hookline -- setup ${destination}`,
  }));
  return [{ level: 'ok', message: 'HubSpot accepts the token.' }, ...findings];
}
