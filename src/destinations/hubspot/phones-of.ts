import { parsePhone } from '../../shared/phone.ts';
import type { HubSpotRecord } from './answer.ts';

/** What to ask for, so that a contact's numbers can be told. */
export const PHONE_PROPERTIES: readonly string[] = [
  'phone',
  'mobilephone',
  'hs_calculated_phone_number',
  'hs_calculated_mobile_number',
  'hs_calculated_phone_number_country_code',
];

/** E.164 numbers of a contact: as HubSpot understood them, and as they were typed (hubspot.md section 10). */
export function phonesOf(properties: HubSpotRecord['properties']): readonly string[] {
  const country = properties['hs_calculated_phone_number_country_code'] ?? null;
  const typed = [properties['phone'], properties['mobilephone']].map((text) => parsePhone(text, country).e164);
  const understood = [properties['hs_calculated_phone_number'], properties['hs_calculated_mobile_number']].map(
    (text) => parsePhone(text, null).e164,
  );
  return [...new Set([...understood, ...typed])].filter((phone) => phone !== null);
}
