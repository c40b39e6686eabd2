import type { CheckFinding, RequestContext } from '../../destination.ts';
import { asObject } from '../../rest/read-path.ts';
import { textOf } from '../answer.ts';
import type { HubSpotParts } from '../parts.ts';
import { failed, look } from './look.ts';

/** Whose token it is: account, data centre, time zone. `usable` false: nothing else needs to be asked. */
export async function checkAccount(
  { client, version, destination }: HubSpotParts,
  context: RequestContext,
): Promise<{ readonly usable: boolean; readonly finding: CheckFinding }> {
  const looked = await look(client, `/account-info/${version}/details`, context);
  if (looked.kind === 'failed') return { usable: false, finding: failed(looked) };
  if (looked.kind === 'forbidden') {
    const message =
      'HubSpot accepts the token, but not for the details of the account, so the hour at which the daily quota begins anew is not known.';
    return { usable: true, finding: { level: 'warning', message } };
  }
  const { portalId, accountType, timeZone, dataHostingLocation } = asObject(looked.answer.body) ?? {};
  if (looked.answer.status !== 200 || textOf(portalId) === null) {
    const message = `GET /account-info/${version}/details → ${looked.answer.status}: this does not look like HubSpot. Check base_url at destinations.${destination}.`;
    return { usable: false, finding: { level: 'error', message } };
  }
  const words = [
    `HubSpot account ${textOf(portalId)}`,
    ...(accountType === undefined ? [] : [`(${textOf(accountType)})`]),
  ].join(' ');
  const where = dataHostingLocation === undefined ? '' : `, data in ${textOf(dataHostingLocation)}`;
  const zone = timeZone === undefined ? '' : `, time zone ${textOf(timeZone)}`;
  return { usable: true, finding: { level: 'ok', message: `${words}${where}${zone}.` } };
}
