import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { parsePhone } from '../../shared/phone.ts';
import { textOf } from './answer.ts';
import type { PersonType, SObjectType } from './objects.ts';
import type { Org } from './org.ts';

/** Whose own numbers they are; assistants and fax machines are somebody else. */
const PHONE_FIELDS: Readonly<Record<PersonType, readonly string[]>> = {
  Contact: ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'],
  Lead: ['Phone', 'MobilePhone'],
  // The last three where persons are accounts.
  Account: ['Phone', 'PersonMobilePhone', 'PersonHomePhone', 'PersonOtherPhone'],
};

/** The first where person accounts are on. */
const EMAIL_FIELDS: Readonly<Record<PersonType, string>> = {
  Contact: 'Email',
  Lead: 'Email',
  Account: 'PersonEmail',
};

const COUNTRY_FIELDS: Readonly<Record<PersonType, string>> = {
  Contact: 'MailingCountryCode',
  Lead: 'CountryCode',
  Account: 'BillingCountryCode',
};

const USUAL: Readonly<Record<SObjectType, readonly string[]>> = {
  Contact: ['CreatedDate', 'FirstName', 'LastName', 'Email'],
  Lead: 'CreatedDate FirstName LastName Company Email Status IsConverted ConvertedContactId ConvertedAccountId'.split(
    ' ',
  ),
  Account: ['CreatedDate', 'PersonEmail'],
  Task: ['CreatedDate', 'WhoId', 'WhatId'],
};

/** The fields of these that the user may see. */
export function visible(
  { objects }: Pick<Org, 'objects'>,
  type: SObjectType,
  names: readonly string[],
): readonly string[] {
  const fields = objects[type];
  return [...new Set(names)].filter((name) => fields?.has(name) === true);
}

export function phoneFieldsOf(org: Pick<Org, 'objects'>, type: PersonType): readonly string[] {
  return visible(org, type, PHONE_FIELDS[type]).filter((name) => org.objects[type]?.get(name)?.isFilterable === true);
}

export function emailFieldOf(org: Pick<Org, 'objects'>, type: PersonType): string | null {
  return visible(org, type, [EMAIL_FIELDS[type]])[0] ?? null;
}

/** What to ask for: enough to know a record again, and what integrations write. */
export function fieldsToRead(org: Pick<Org, 'objects'>, type: SObjectType, asked: Iterable<string>): readonly string[] {
  const own = type === 'Task' ? [] : [...PHONE_FIELDS[type], COUNTRY_FIELDS[type]];
  const mapped = [...asked].flatMap((field) => nameOn(type, field) ?? []);
  return visible(org, type, ['Id', ...USUAL[type], ...own, ...mapped]);
}

/** `Lead.Company` is a field of Leads alone, `Phone` one of whatever the person is. Null: not on this object. */
export function nameOn(type: SObjectType, field: string): string | null {
  const [, object, name] = /^(Contact|Lead|Account)\.(.+)$/.exec(field) ?? [];
  if (object === undefined || name === undefined) return field;
  return object === type ? name : null;
}

/** E.164 numbers of a record, as they were typed; `country` where the record does not tell. */
export function phonesOf(type: PersonType, record: JsonObject, country: string | null): readonly string[] {
  const home = textOf(record[COUNTRY_FIELDS[type]]) ?? country;
  const phones = PHONE_FIELDS[type].flatMap((name) => readPhone(withoutRemark(record[name]), home));
  return [...new Set(phones)].filter((phone) => phone !== null);
}

/** Eleven digits and more may begin with a country code: such a number is read both ways, and compared as a whole. */
function readPhone(value: JsonValue | undefined, home: string | null): readonly (string | null)[] {
  const isLong = typeof value === 'string' && /^[1-9]\d{10,14}$/.test(value.trim());
  return [parsePhone(value, home).e164, isLong ? parsePhone(`+${value.trim()}`, null).e164 : null];
}

/** People write more than a number: `(415) 555-0123 x12`, `415-555-0123 (mobile)`. */
function withoutRemark(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string') return value;
  return value
    .replace(/\s*(?:\b(?:ext|extension|x)\b\.?|x|#)\s*\d{1,8}\s*$/i, '')
    .replace(/\s*\((?=[^)]*\p{L})[^)]*\)\s*$/u, '');
}
