import { createField, Schema, type Field, type FieldDefinition, type FieldType } from './field.ts';
import type { Entity } from './object-types.ts';
import type { SalesforceOptions } from './options.ts';
import { SETUP_FIELDS } from './setup-fields.ts';

const READ_ONLY = { createable: false, updateable: false } as const;
const REQUIRED = { nillable: false, permissionable: false } as const;

type More = Omit<FieldDefinition, 'name' | 'type'>;

function field(name: string, type: FieldType, more: More = {}): Field {
  return createField({ name, type, ...more });
}

/** `'FirstName 40, LastName 80'` */
function texts(list: string): readonly Field[] {
  return list.split(', ').map((entry) => {
    const [name = '', length = '255'] = entry.split(' ');
    return createField({ name, length: Number(length) });
  });
}

function each(names: string, type: FieldType, more: More = {}): readonly Field[] {
  return names.split(' ').map((name) => field(name, type, more));
}

function choice(name: string, values: string, more: More = {}): Field {
  return field(name, 'picklist', { picklist: values.split('|'), ...more });
}

function reference(name: string, referenceTo: string, more: More = {}): Field {
  return field(name, 'reference', {
    referenceTo: referenceTo.split(' '),
    relationshipName: name.replace(/Id$/, ''),
    ...more,
  });
}

const SYSTEM: readonly Field[] = [
  field('Id', 'id', { ...READ_ONLY, ...REQUIRED, idLookup: true, label: 'Record ID' }),
  field('IsDeleted', 'boolean', { ...READ_ONLY, ...REQUIRED, label: 'Deleted' }),
  ...each('CreatedDate LastModifiedDate SystemModstamp', 'datetime', { ...READ_ONLY, ...REQUIRED }),
  ...['CreatedById', 'LastModifiedById'].map((name) => reference(name, 'User', { ...READ_ONLY, ...REQUIRED })),
];
const OWNER = reference('OwnerId', 'User Group', { ...REQUIRED, defaultValue: '' });
const MASTER = (entity: string): Field =>
  reference('MasterRecordId', entity, { ...READ_ONLY, permissionable: false, relationshipName: 'MasterRecord' });
const LAST_ACTIVITY = field('LastActivityDate', 'date', { ...READ_ONLY, permissionable: false });

const SOURCES = 'Web|Phone Inquiry|Partner Referral|Purchased List|Other';
const RATINGS = 'Hot|Warm|Cold';

function personName(): readonly Field[] {
  return [
    field('LastName', 'string', { length: 80, ...REQUIRED }),
    field('FirstName', 'string', { length: 40, permissionable: false }),
    choice('Salutation', 'Mr.|Ms.|Mrs.|Dr.|Prof.', { length: 40, permissionable: false }),
    field('Name', 'string', { length: 121, label: 'Full Name', ...READ_ONLY, ...REQUIRED }),
  ];
}

function address(prefix: string): readonly Field[] {
  return [
    field(`${prefix}Street`, 'textarea', { length: 255 }),
    ...texts(`${prefix}City 40, ${prefix}State 80, ${prefix}PostalCode 20, ${prefix}Country 80`),
  ];
}

function leadFields(): readonly Field[] {
  return [
    ...personName(),
    field('Company', 'string', REQUIRED),
    ...texts('Title 128'),
    ...each('Phone MobilePhone Fax', 'phone'),
    field('Email', 'email', { idLookup: true }),
    field('Website', 'url'),
    ...address(''),
    field('Description', 'textarea', { length: 32_000 }),
    choice('LeadSource', SOURCES),
    choice('Status', 'Open - Not Contacted|Working - Contacted|Closed - Converted|Closed - Not Converted', {
      ...REQUIRED,
      defaultValue: 'Open - Not Contacted',
    }),
    choice('Rating', RATINGS),
    choice('Industry', 'Agriculture|Banking|Construction|Education|Technology|Other'),
    field('AnnualRevenue', 'currency'),
    field('NumberOfEmployees', 'int'),
    ...each('DoNotCall HasOptedOutOfEmail', 'boolean'),
    field('IsUnreadByOwner', 'boolean', { ...REQUIRED, defaultValue: true }),
    field('IsConverted', 'boolean', { ...REQUIRED, updateable: false }),
    field('ConvertedDate', 'date', { ...READ_ONLY, permissionable: false }),
    ...['Account', 'Contact', 'Opportunity'].map((name) =>
      reference(`Converted${name}Id`, name, { ...READ_ONLY, permissionable: false }),
    ),
    LAST_ACTIVITY,
    MASTER('Lead'),
    OWNER,
  ];
}

function contactFields(): readonly Field[] {
  return [
    ...personName(),
    reference('AccountId', 'Account'),
    ...texts('Title 128, Department 80, AssistantName 40'),
    ...each('Phone MobilePhone HomePhone OtherPhone AssistantPhone Fax', 'phone'),
    field('Email', 'email', { idLookup: true }),
    field('Birthdate', 'date'),
    ...address('Mailing'),
    ...address('Other'),
    field('Description', 'textarea', { length: 32_000 }),
    choice('LeadSource', SOURCES),
    reference('ReportsToId', 'Contact'),
    ...each('DoNotCall HasOptedOutOfEmail', 'boolean'),
    LAST_ACTIVITY,
    MASTER('Contact'),
    OWNER,
  ];
}

function accountFields(): readonly Field[] {
  return [
    field('Name', 'string', { label: 'Account Name', ...REQUIRED }),
    ...texts('AccountNumber 40, Site 80'),
    choice('Type', 'Prospect|Customer - Direct|Customer - Channel|Other'),
    choice('Industry', 'Agriculture|Banking|Construction|Education|Technology|Other'),
    choice('Rating', RATINGS),
    ...each('Phone Fax', 'phone'),
    field('Website', 'url'),
    ...address('Billing'),
    field('Description', 'textarea', { length: 32_000 }),
    field('AnnualRevenue', 'currency'),
    field('NumberOfEmployees', 'int'),
    reference('ParentId', 'Account'),
    LAST_ACTIVITY,
    MASTER('Account'),
    OWNER,
  ];
}

const WHO = reference('WhoId', 'Contact Lead', { label: 'Name ID', permissionable: false });
const WHAT = reference('WhatId', 'Account Opportunity', { label: 'Related To ID', permissionable: false });

function taskFields({ taskStatuses, hasCallFields }: SalesforceOptions): readonly Field[] {
  const statuses = taskStatuses.map(({ value }) => value);
  return [
    WHO,
    WHAT,
    field('Subject', 'combobox', { picklist: ['Call', 'Email', 'Send Letter', 'Send Quote', 'Other'] }),
    field('ActivityDate', 'date', { label: 'Due Date Only' }),
    field('Status', 'picklist', { picklist: statuses, ...REQUIRED, defaultValue: statuses[0] ?? null }),
    choice('Priority', 'High|Normal|Low', { ...REQUIRED, defaultValue: 'Normal' }),
    choice('TaskSubtype', 'Task|Email|ListEmail|Cadence|Call|LinkedIn', {
      length: 40,
      updateable: false,
      restricted: true,
      permissionable: false,
      defaultValue: 'Task',
    }),
    choice('Type', 'Call|Email|Meeting|Other', { length: 40 }),
    field('Description', 'textarea', { length: 32_000, label: 'Comments' }),
    field('IsReminderSet', 'boolean', { permissionable: false }),
    field('ReminderDateTime', 'datetime', { permissionable: false }),
    field('IsRecurrence', 'boolean', { ...REQUIRED, updateable: false }),
    ...each('IsClosed IsHighPriority IsArchived', 'boolean', { ...READ_ONLY, ...REQUIRED }),
    field('CompletedDateTime', 'datetime', { ...READ_ONLY, permissionable: false }),
    reference('AccountId', 'Account', { ...READ_ONLY, permissionable: false }),
    OWNER,
    ...(hasCallFields ? callFields() : []),
  ];
}

function callFields(): readonly Field[] {
  return [
    choice('CallType', 'Internal|Inbound|Outbound', { length: 40, restricted: true, permissionable: false }),
    field('CallDurationInSeconds', 'int', { label: 'Call Duration', permissionable: false }),
    field('CallDisposition', 'string', { label: 'Call Result', permissionable: false }),
    field('CallObject', 'string', { label: 'Call Object Identifier', permissionable: false }),
  ];
}

function eventFields(): readonly Field[] {
  return [
    WHO,
    WHAT,
    field('Subject', 'combobox'),
    ...each('StartDateTime EndDateTime', 'datetime', REQUIRED),
    field('Description', 'textarea', { length: 32_000 }),
    OWNER,
  ];
}

function opportunityFields(): readonly Field[] {
  return [
    field('Name', 'string', { length: 120, ...REQUIRED }),
    choice('StageName', 'Prospecting|Qualification|Proposal|Closed Won|Closed Lost', REQUIRED),
    field('CloseDate', 'date', REQUIRED),
    field('Amount', 'currency'),
    field('Probability', 'percent'),
    reference('AccountId', 'Account'),
    choice('LeadSource', SOURCES),
    field('Description', 'textarea', { length: 32_000 }),
    OWNER,
  ];
}

/** What an org has before anybody adds fields. */
export function createDefaultSchema(entity: Entity, options: SalesforceOptions): Schema {
  return new Schema([...SYSTEM, ...fieldsOf(entity, options)]);
}

const OWN_FIELDS: Partial<Record<Entity, (options: SalesforceOptions) => readonly Field[]>> = {
  Lead: leadFields,
  Contact: contactFields,
  Account: accountFields,
  Task: taskFields,
  Event: eventFields,
  Opportunity: opportunityFields,
};

function fieldsOf(entity: Entity, options: SalesforceOptions): readonly Field[] {
  return OWN_FIELDS[entity]?.(options) ?? (SETUP_FIELDS[entity] ?? []).map(createField);
}

/** What `Who`, `What` and `Owner` can be asked for, whichever object they lead to. */
export const NAME_SCHEMA = new Schema([
  field('Id', 'id'),
  ...texts('Name, FirstName, LastName, Type, Phone, Email, Title, Username'),
]);
