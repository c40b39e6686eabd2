import type { HubSpotRecord } from './answer.ts';

export const SECOND_ADDRESSES = 'hs_additional_emails';

/** Every address of a contact, in lower case as HubSpot keeps them. */
export function addressesOf({ email, ...properties }: HubSpotRecord['properties']): readonly string[] {
  const all = [email ?? '', ...(properties[SECOND_ADDRESSES] ?? '').split(';')];
  return all.map((address) => address.trim().toLowerCase()).filter((address) => address !== '');
}
