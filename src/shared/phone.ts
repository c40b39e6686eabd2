import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';

/** A phone number as understood, and as it came. `e164` is null when it is no number we can be sure of. */
export interface Phone {
  readonly e164: string | null;
  /** Verbatim; null when there was nothing. */
  readonly raw: string | null;
}

/** True for ISO 3166-1 alpha-2 codes (`US`) whose numbering plan is known. */
export function isCountry(code: string): code is CountryCode {
  return isSupportedCountry(code);
}

/** A North American number is complete by its length alone: no need to ask the numbering plans. */
const NORTH_AMERICAN = /^\+1[2-9]\d{9}$/;

/**
 * Reads a number as platforms write it (reference/providers.md 3.2). A leading space stands for a `+` that form decoding
 * ate, `00` for `+`; a national number needs the source's country; `anonymous`, `client:…` and the like are no numbers.
 * A number passes when its length is possible in its country: 555 numbers are possible without being assigned.
 */
export function parsePhone(raw: unknown, defaultCountry: string | null): Phone {
  const text = typeof raw === 'number' ? String(raw) : raw;
  if (typeof text !== 'string' || text.trim() === '') return { e164: null, raw: null };
  if (NORTH_AMERICAN.test(text)) return { e164: text, raw: text };
  return { e164: readNumber(international(text), defaultCountry), raw: text };
}

function readNumber(text: string, defaultCountry: string | null): string | null {
  if (!/^\+?[\d\s().\-/\u00a0\u2010-\u2015]+(?:;ext=\d+)?$/.test(text)) return null;
  const country = !text.startsWith('+') && defaultCountry !== null && isCountry(defaultCountry) ? defaultCountry : null;
  const number = parsePhoneNumberFromString(
    text,
    country === null ? { extract: false } : { defaultCountry: country, extract: false },
  );
  return number?.isPossible() === true ? number.number : null;
}

/** Writes the `+` that the sender meant, and takes the number out of `sip:` and `tel:` addresses. */
function international(text: string): string {
  const user = /^(?:sips?|tel):(\+\d+)(?:[@;]|$)/i.exec(text.trim());
  if (user?.[1] !== undefined) return user[1];
  if (/^ [1-9]/.test(text)) return `+${text.trim()}`;
  return text.trim().replace(/^00(?=[1-9])/, '+');
}

/** The number without its country code, as dialled at home but without the zero in front: `+14155550123` → `4155550123`. */
export function nationalNumber(e164: string): string {
  if (NORTH_AMERICAN.test(e164)) return e164.slice(2);
  return parsePhoneNumberFromString(e164)?.nationalNumber ?? e164.replace(/^\+/, '');
}

/**
 * How people write a number most often: E.164, digits alone, and its groups between spaces, dots, dashes and brackets. For
 * CRMs that keep numbers as they were typed (salesforce.md section 4.9).
 */
export function writtenForms(e164: string): readonly string[] {
  const number = parsePhoneNumberFromString(e164);
  if (number === undefined) return [e164];
  const home = number.formatNational();
  const groups = home.replaceAll(/\D+/g, ' ').trim();
  const grouped = ['', ' ', '-', '.'].map((separator) => groups.replaceAll(' ', separator));
  return [...new Set([e164, e164.slice(1), number.nationalNumber, home, ...grouped, number.formatInternational()])];
}

/**
 * The groups of a number as it is written, without the country: `415 555 0123`. Where it is written with a zero at home,
 * both ways: `020 7946 0018`, `20 7946 0018`.
 */
export function writtenGroups(e164: string): readonly string[] {
  const number = parsePhoneNumberFromString(e164);
  if (number === undefined) return [e164.slice(1)];
  const spaced = (text: string): string => text.replaceAll(/\D+/g, ' ').trim();
  const abroad = spaced(number.formatInternational().replace(`+${number.countryCallingCode}`, ''));
  return [...new Set([spaced(number.formatNational()), abroad])];
}
