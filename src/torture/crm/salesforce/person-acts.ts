import type { JsonObject } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import { addField, dropField, entitiesOf } from './custom-fields.ts';
import { createField, type FieldDefinition } from './field.ts';
import type { Entity, SObjectType } from './object-types.ts';
import { sfTime, type Org } from './org.ts';
import type { StoredRecord } from './record-table.ts';
import type { DuplicateRule } from './rules.ts';
import { Transaction } from './transaction.ts';
import { readRow } from './values.ts';
import { personContext } from './write-context.ts';
import { createRecord, deleteRecord, put, updateRecord } from './write-records.ts';

/** What people do in Salesforce itself: checked, unlimited, not in the request log. */

export function createByHand(org: Org, type: SObjectType, fields: JsonObject): string {
  return act(org, (transaction) => createRecord(personContext(transaction), type, readRow(org, type, fields, true)).id);
}

export function updateByHand(org: Org, type: SObjectType, id: string, fields: JsonObject): void {
  act(org, (transaction) =>
    updateRecord(personContext(transaction), get(org, type, id), readRow(org, type, fields, true)),
  );
}

export function removeByHand(org: Org, type: SObjectType, id: string): void {
  act(org, (transaction) => deleteRecord(personContext(transaction), get(org, type, id)));
}

export function addDuplicateRuleByHand(org: Org, type: SObjectType, rule: DuplicateRule): void {
  org.rules.addDuplicate(type, rule);
  const name = rule.name ?? `Standard_${type}_Duplicate_Rule`;
  const label = name.replaceAll('_', ' ');
  org.seed('DuplicateRule', { DeveloperName: name, MasterLabel: label, SobjectType: type, IsActive: true });
}

/** The lead becomes a contact of a new account, or joins one there is; its tasks go along. */
export function convertLead(
  org: Org,
  id: string,
  { contactId }: { readonly contactId?: string },
): { contactId: string; accountId: string } {
  return act(org, (transaction) => {
    const lead = get(org, 'Lead', id);
    const contact = contactId === undefined ? makeContact(transaction, lead) : get(org, 'Contact', contactId);
    const accountId = textOf(contact.fields['AccountId']);
    const converted = {
      IsConverted: true,
      Status: 'Closed - Converted',
      ConvertedDate: org.dayOf(sfTime(org.now())),
      ConvertedContactId: contact.id,
      ...(accountId === '' ? {} : { ConvertedAccountId: accountId }),
    };
    put(transaction, touch(org, { ...lead, fields: { ...lead.fields, ...converted } }));
    moveTasks(transaction, lead.id, contact.id);
    return { contactId: contact.id, accountId };
  });
}

const SHARED = ['FirstName', 'LastName', 'Salutation', 'Title', 'Phone', 'MobilePhone', 'Fax', 'Email', 'LeadSource'];

function makeContact(transaction: Transaction, { fields }: StoredRecord): StoredRecord {
  const { org } = transaction;
  const context = personContext(transaction);
  const account = createRecord(context, 'Account', readRow(org, 'Account', { Name: fields['Company'] ?? '' }, true));
  const shared = SHARED.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]] as const]));
  const sent = { ...Object.fromEntries(shared), AccountId: account.id };
  return createRecord(context, 'Contact', readRow(org, 'Contact', sent, true));
}

/** The other is deleted and says who stands for it; its tasks go to the one that is kept. */
export function mergeInto(org: Org, type: SObjectType, keptId: string, otherId: string): void {
  act(org, (transaction) => {
    const kept = get(org, type, keptId);
    const other = get(org, type, otherId);
    moveTasks(transaction, other.id, kept.id);
    put(transaction, { ...other, deleted: true, fields: { ...other.fields, MasterRecordId: kept.id } });
    put(transaction, touch(org, kept));
  });
}

function moveTasks(transaction: Transaction, from: string, to: string): void {
  const { org } = transaction;
  for (const task of org.tables.Task.live().filter(({ fields }) => fields['WhoId'] === from)) {
    put(transaction, touch(org, { ...task, fields: { ...task.fields, WhoId: to } }));
  }
}

function touch(org: Org, record: StoredRecord): StoredRecord {
  const changed = { LastModifiedDate: sfTime(org.now()), LastModifiedById: org.personId };
  return { ...record, fields: { ...record.fields, ...changed } };
}

/** In the profile of the API user from the start, as a person who makes a field ticks it. */
export function addFieldByHand(org: Org, object: SObjectType | 'Activity', definition: FieldDefinition): void {
  const field = createField(definition);
  if (!field.name.endsWith('__c')) throw new Error(`the name of a custom field ends in __c: ${field.name}`);
  addField(org, object, field);
  for (const entity of entitiesOf(object)) org.security.setProfile(entity, field.name, 'edit');
}

export function removeFieldByHand(org: Org, object: SObjectType | 'Activity', name: string): void {
  dropField(org, object, name);
}

/** What a standard or a custom field is from now on: its choices, its length, who may write it. */
export function changeField(org: Org, object: SObjectType | 'Activity', changes: FieldDefinition): void {
  for (const entity of entitiesOf(object)) {
    const field = org.schemas[entity].find(changes.name);
    if (field === undefined) throw new Error(`${entity} has no field ${changes.name}`);
    org.schemas[entity].put({ ...field, ...changes, name: field.name });
  }
}

function get(org: Org, entity: Entity, id: string): StoredRecord {
  const record = org.find(entity, id);
  if (record === undefined) throw new Error(`there is no ${entity} ${id}`);
  return record;
}

function act<Result>(org: Org, run: (transaction: Transaction) => Result): Result {
  const transaction = new Transaction(org);
  const result = run(transaction);
  transaction.commit();
  return result;
}
