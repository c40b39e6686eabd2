import type { CheckFinding, RecordKind, RequestContext } from '../../destination.ts';
import type { Mapping } from '../../mapped-field.ts';
import { sentenceOf } from '../../sentence-of.ts';
import type { HubSpotParts } from '../parts.ts';
import { checkAccess } from './access.ts';
import { checkAccount } from './account.ts';
import { readExternalOptions } from './external-options.ts';
import { checkFields } from './fields.ts';
import { checkKeys } from './keys.ts';

/** From this version on HubSpot holds API writes to the rules of its own forms (hubspot.md section 8.4). */
const ENFORCES_RULES = '2026-09';

/** Token, account, scopes, quota, unique keys, and every mapped field. Reads only. */
export async function checkLive(
  parts: HubSpotParts,
  kinds: readonly RecordKind[],
  mappings: readonly Mapping[],
  context: RequestContext,
): Promise<readonly CheckFinding[]> {
  const account = await checkAccount(parts, context);
  if (!account.usable) return [account.finding];
  const access = await checkAccess(parts, kinds, context);
  const portal = await parts.portals.portal(context, true);
  if ('kind' in portal) return [account.finding, ...access, { level: 'error', message: sentenceOf(portal) }];
  const external = await readExternalOptions(parts, mappings, portal, context);
  return [
    account.finding,
    ...access,
    ...checkKeys(parts, portal, kinds),
    ...(parts.version < ENFORCES_RULES ? [] : [requiredFields(parts)]),
    ...checkFields(mappings, portal, external),
  ];
}

/** Hookline gives every record what HubSpot always asks for; what an administrator asks for besides cannot be read. */
function requiredFields({ version, destination }: HubSpotParts): CheckFinding {
  const message = `With api_version ${version} at destinations.${destination}, HubSpot refuses records without the properties that the account's "create" forms require, and does not tell which. If any are required, map them, or stay with 2026-03.`;
  return { level: 'warning', message };
}
