import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';

/** What HubSpot computes from `phone` and `mobilephone`; nobody can write these. */
export const CALCULATED_PHONES = [
  'hs_calculated_phone_number',
  'hs_calculated_mobile_number',
  'hs_calculated_phone_number_country_code',
  'hs_searchable_calculated_phone_number',
  'hs_searchable_calculated_mobile_number',
  'hs_searchable_calculated_international_phone_number',
  'hs_searchable_calculated_international_mobile_number',
] as const;

/**
 * The searchable forms hold area code and local number only, without leading zeros ("00004" is indexed as "4");
 * `hs_calculated_*` hold the whole number, where it could be understood (hubspot.md 10).
 */
export function calculatePhones(properties: Readonly<Record<string, string>>, country: string): Record<string, string> {
  const phone = understand(properties['phone'], country);
  const mobile = understand(properties['mobilephone'], country);
  return {
    ...(phone === undefined
      ? {}
      : {
          hs_searchable_calculated_phone_number: phone.national,
          hs_searchable_calculated_international_phone_number: phone.national,
          ...(phone.e164 === null ? {} : { hs_calculated_phone_number: phone.e164 }),
          ...(phone.country === null ? {} : { hs_calculated_phone_number_country_code: phone.country }),
        }),
    ...(mobile === undefined
      ? {}
      : {
          hs_searchable_calculated_mobile_number: mobile.national,
          hs_searchable_calculated_international_mobile_number: mobile.national,
          ...(mobile.e164 === null ? {} : { hs_calculated_mobile_number: mobile.e164 }),
        }),
  };
}

interface Understood {
  readonly national: string;
  readonly e164: string | null;
  readonly country: string | null;
}

function understand(typed: string | undefined, country: string): Understood | undefined {
  if (typed === undefined || typed === '') return undefined;
  const parsed = parsePhoneNumberFromString(typed, country as CountryCode);
  if (parsed?.isPossible() === true) {
    return { national: parsed.nationalNumber, e164: parsed.number, country: parsed.country ?? null };
  }
  return { national: typed.replaceAll(/\D/g, '').replace(/^0+/, ''), e164: null, country: null };
}
