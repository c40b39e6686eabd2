import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

import { parsePhone } from './phone.ts';

export const PHONE_STYLES = ['e164', 'national', 'international', 'digits'] as const;
export type PhoneStyle = (typeof PHONE_STYLES)[number];

/**
 * Writes a phone number for the other side: `+12025550143`, `(202) 555-0143`, `+1 202 555 0143`, `12025550143`.
 * National input needs `country` (ISO 3166-1 alpha-2). Null for anything that is no number.
 */
export function formatPhone(raw: unknown, style: PhoneStyle, country: string | null = null): string | null {
  const { e164 } = parsePhone(raw, country);
  if (e164 === null || style === 'e164') return e164;
  if (style === 'digits') return e164.slice(1);
  const number = parsePhoneNumberFromString(e164);
  if (number === undefined) return null;
  return style === 'national' ? number.formatNational() : number.formatInternational();
}
