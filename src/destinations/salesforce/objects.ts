/** Who a call's Task can hang on. */
export type PersonType = 'Contact' | 'Lead' | 'Account';

export type SObjectType = PersonType | 'Task';

export const PERSON_TYPES: readonly PersonType[] = ['Contact', 'Lead', 'Account'];

/**
 * Unique external id fields that `setup salesforce` makes: with them Salesforce itself keeps doubles out (salesforce.md
 * section 4.1). A field of activities is made on Activity and stands on Task (section 4.2).
 */
export const CALL_KEY = 'Hookline_Call_Id__c';
export const PERSON_KEY = 'Hookline_Person_Key__c';

/** Without a key of ours on Task: a standard text that can be searched for, though nothing keeps it unique. */
export const CALL_OBJECT = 'CallObject';

/** An Account is never made by us, so it needs no key. */
export function keyFieldOf(type: SObjectType): string | null {
  if (type === 'Account') return null;
  return type === 'Task' ? CALL_KEY : PERSON_KEY;
}

/** The first three characters of an id tell the object, the same in every org. */
const PREFIXES: Readonly<Record<string, SObjectType>> = {
  '003': 'Contact',
  '00Q': 'Lead',
  '001': 'Account',
  '00T': 'Task',
};

export function typeOfId(id: string): SObjectType | null {
  return isId(id) ? (PREFIXES[id.slice(0, 3)] ?? null) : null;
}

export function personTypeOf(id: string): PersonType | null {
  const type = typeOfId(id);
  return type === 'Task' ? null : type;
}

export function isId(text: string): boolean {
  return /^[a-zA-Z0-9]{15}(?:[A-Z0-5]{3})?$/.test(text);
}

const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** An id as the API writes it: the three characters at the end tell which letters are upper case. */
export function longId(id: string): string {
  if (id.length !== 15) return id;
  const chunks = [id.slice(0, 5), id.slice(5, 10), id.slice(10)];
  const codes = chunks.map((chunk) =>
    chunk.split('').reduce((sum, letter, index) => sum + (/[A-Z]/.test(letter) ? 2 ** index : 0), 0),
  );
  return id + codes.map((code) => CHECKSUM[code]).join('');
}
