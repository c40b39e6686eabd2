/** Kinds of records the simulated portal keeps. */
export type ObjectType = 'contacts' | 'companies' | 'deals' | 'tickets' | 'notes' | 'calls' | 'tasks';

interface TypeFacts {
  readonly typeId: string;
  /** As HubSpot writes it in messages. */
  readonly singular: string;
  /** Any one of these is enough; there are no scopes of their own for calls, tasks and notes (hubspot.md 3). */
  readonly readScopes: readonly string[];
  readonly writeScopes: readonly string[];
  readonly schemaWriteScopes: readonly string[];
}

const CONTACT_SCOPES = {
  readScopes: ['crm.objects.contacts.read'],
  writeScopes: ['crm.objects.contacts.write'],
};

export const OBJECT_TYPES: Readonly<Record<ObjectType, TypeFacts>> = {
  contacts: {
    typeId: '0-1',
    singular: 'CONTACT',
    ...CONTACT_SCOPES,
    schemaWriteScopes: ['crm.schemas.contacts.write'],
  },
  companies: {
    typeId: '0-2',
    singular: 'COMPANY',
    readScopes: ['crm.objects.companies.read'],
    writeScopes: ['crm.objects.companies.write'],
    schemaWriteScopes: ['crm.schemas.companies.write'],
  },
  deals: {
    typeId: '0-3',
    singular: 'DEAL',
    readScopes: ['crm.objects.deals.read'],
    writeScopes: ['crm.objects.deals.write'],
    schemaWriteScopes: ['crm.schemas.deals.write'],
  },
  tickets: {
    typeId: '0-5',
    singular: 'TICKET',
    readScopes: ['tickets'],
    writeScopes: ['tickets'],
    schemaWriteScopes: ['tickets', 'crm.schemas.tickets.write'],
  },
  tasks: { typeId: '0-27', singular: 'TASK', ...CONTACT_SCOPES, schemaWriteScopes: ['crm.schemas.tasks.write'] },
  notes: { typeId: '0-46', singular: 'NOTE', ...CONTACT_SCOPES, schemaWriteScopes: ['crm.schemas.notes.write'] },
  calls: { typeId: '0-48', singular: 'CALL', ...CONTACT_SCOPES, schemaWriteScopes: ['crm.schemas.calls.write'] },
};

export const ALL_TYPES = Object.keys(OBJECT_TYPES) as readonly ObjectType[];

/** Every scope the simulated operations ask for. */
export const ALL_SCOPES: readonly string[] = [
  ...new Set(
    Object.values(OBJECT_TYPES).flatMap((facts) => [
      ...facts.readScopes,
      ...facts.writeScopes,
      ...facts.schemaWriteScopes,
    ]),
  ),
  'crm.objects.owners.read',
];

/** `contacts`, `contact`, `0-1` → `contacts`: the API takes all three. */
export function findObjectType(name: string): ObjectType | undefined {
  return ALL_TYPES.find((type) => type === name || singular(type) === name || OBJECT_TYPES[type].typeId === name);
}

/** `contacts` → `contact`, `companies` → `company`. */
export function singular(type: ObjectType): string {
  return OBJECT_TYPES[type].singular.toLowerCase();
}

/** HubSpot's own types, in every portal the same (`AssociationTypes` of the official client): `from>to` → id. */
const DEFAULT_ASSOCIATIONS: Readonly<Record<string, number>> = {
  'contacts>companies': 279,
  'companies>contacts': 280,
  'contacts>deals': 4,
  'deals>contacts': 3,
  'contacts>tickets': 15,
  'tickets>contacts': 16,
  'contacts>contacts': 449,
  'companies>companies': 450,
  'companies>deals': 342,
  'deals>companies': 341,
  'companies>tickets': 340,
  'tickets>companies': 339,
  'deals>deals': 451,
  'tickets>tickets': 452,
  'deals>tickets': 27,
  'tickets>deals': 28,
  'companies>calls': 181,
  'calls>companies': 182,
  'companies>notes': 189,
  'notes>companies': 190,
  'companies>tasks': 191,
  'tasks>companies': 192,
  'contacts>calls': 193,
  'calls>contacts': 194,
  'contacts>notes': 201,
  'notes>contacts': 202,
  'contacts>tasks': 203,
  'tasks>contacts': 204,
  'deals>calls': 205,
  'calls>deals': 206,
  'deals>notes': 213,
  'notes>deals': 214,
  'deals>tasks': 215,
  'tasks>deals': 216,
  'tickets>calls': 219,
  'calls>tickets': 220,
  'tickets>notes': 227,
  'notes>tickets': 228,
  'tickets>tasks': 229,
  'tasks>tickets': 230,
};

/** The "primary company" types, beside the unlabeled ones. */
const PRIMARY_ASSOCIATIONS: Readonly<Record<string, number>> = {
  'contacts>companies': 1,
  'companies>contacts': 2,
  'deals>companies': 5,
  'companies>deals': 6,
  'companies>tickets': 25,
  'tickets>companies': 26,
};

/** The most generic type from one kind to another; undefined when HubSpot defines none (call to note). */
export function findDefaultAssociation(from: ObjectType, to: ObjectType): number | undefined {
  return DEFAULT_ASSOCIATIONS[`${from}>${to}`];
}

/** True when this HUBSPOT_DEFINED type id leads from one kind to the other, in this direction. */
export function isAssociationType(from: ObjectType, to: ObjectType, typeId: number): boolean {
  const pair = `${from}>${to}`;
  return DEFAULT_ASSOCIATIONS[pair] === typeId || PRIMARY_ASSOCIATIONS[pair] === typeId;
}

/** The same bond seen from the other end. */
export function reverseAssociation(from: ObjectType, to: ObjectType, typeId: number): number | undefined {
  const isPrimary = PRIMARY_ASSOCIATIONS[`${from}>${to}`] === typeId;
  return (isPrimary ? PRIMARY_ASSOCIATIONS : DEFAULT_ASSOCIATIONS)[`${to}>${from}`];
}
