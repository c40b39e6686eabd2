import { textOf } from '../json-text.ts';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';

import type { SObjectType } from './object-types.ts';
import type { Org } from './org.ts';
import type { StoredRecord } from './record-table.ts';

/**
 * What more than one live person or task has: `person.phone=+1…`, `person.email=…`, `Lead.Hookline_…`, `Task.Hookline_…`.
 * A person is a contact, or a lead that was not converted; a number is the same however it is written.
 */
export function findDuplicates(org: Org): readonly string[] {
  const seen = new Map<string, number>();
  const look = (type: SObjectType, sharedOf: (record: StoredRecord) => readonly string[]): void => {
    for (const record of org.tables[type].live().filter(({ fields }) => fields['IsConverted'] !== true)) {
      const own = Object.entries(record.fields).flatMap(([name, value]) =>
        /^Hookline_/i.test(name) ? [`${type}.${name}=${textOf(value).toLowerCase()}`] : [],
      );
      for (const value of new Set([...sharedOf(record), ...own])) seen.set(value, (seen.get(value) ?? 0) + 1);
    }
  };
  const personOf = (record: StoredRecord): readonly string[] => [
    ...phonesOf(org, record).map((phone) => `person.phone=${phone}`),
    ...(typeof record.fields['Email'] === 'string' ? [`person.email=${record.fields['Email'].toLowerCase()}`] : []),
  ];
  look('Lead', personOf);
  look('Contact', personOf);
  look('Task', ({ fields }) =>
    typeof fields['CallObject'] === 'string' ? [`Task.CallObject=${fields['CallObject']}`] : [],
  );
  return [...seen].filter(([, times]) => times > 1).map(([value]) => value);
}

function phonesOf({ schemas, options }: Org, { entity, fields }: StoredRecord): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (schemas[entity].find(name)?.type !== 'phone' || name === 'Fax' || typeof value !== 'string') return [];
    const parsed = parsePhoneNumberFromString(value, options.country as CountryCode);
    return [parsed?.number ?? value.replaceAll(/\D/g, '')];
  });
}
