import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import { checkDuplicateRules } from './duplicate-rules.ts';
import { readId } from './ids.ts';
import { ENTITIES, entityOfId, type Entity } from './object-types.ts';
import { sfTime, type Org } from './org.ts';
import type { StoredRecord } from './record-table.ts';
import { notFound, refuse, Refusal } from './refusals.ts';
import { checkPermission, checkSetup } from './setup-checks.ts';
import type { Transaction } from './transaction.ts';
import type { Row } from './values.ts';
import { checkRow, convertedLead } from './write-checks.ts';
import type { WriteContext } from './write-context.ts';

type Fields = Record<string, JsonValue>;

/** Makes a record; throws a Refusal and leaves nothing behind. */
export function createRecord(context: WriteContext, entity: Entity, row: Row): StoredRecord {
  const { org } = context.transaction;
  checkWritable(org, entity, context.person);
  if (row.id !== null) {
    throw refuse('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
  }
  const fields = merge({ ...defaults(context, entity) }, row);
  const candidate = { entity, current: null, row, fields };
  checkRow(context, candidate);
  checkSetup(context, entity, fields);
  checkDuplicateRules(context, candidate);
  assign(context, entity, fields);
  const by = context.person ? org.personId : org.userId;
  const at = sfTime(org.now());
  return put(context.transaction, {
    id: org.nextId(entity),
    entity,
    createdAtMs: org.now(),
    deleted: false,
    fields: { ...fields, CreatedDate: at, CreatedById: by, LastModifiedDate: at, LastModifiedById: by },
  });
}

/** Changes the fields of the row and leaves the others. */
export function updateRecord(context: WriteContext, record: StoredRecord, row: Row): StoredRecord {
  const { org } = context.transaction;
  checkWritable(org, record.entity, context.person);
  if (record.fields['IsConverted'] === true) throw convertedLead();
  const fields = merge({ ...record.fields }, row);
  const candidate = { entity: record.entity, current: record, row, fields };
  checkRow(context, candidate);
  checkDuplicateRules(context, candidate);
  assign(context, record.entity, fields);
  const by = context.person ? org.personId : org.userId;
  return put(context.transaction, {
    ...record,
    fields: { ...fields, LastModifiedDate: sfTime(org.now()), LastModifiedById: by },
  });
}

/** Into the recycle bin; what hung on a person alone goes with it. */
export function deleteRecord(context: WriteContext, record: StoredRecord): void {
  const { transaction, person } = context;
  const { org } = transaction;
  checkWritable(org, record.entity, person);
  transaction.put({ ...record, deleted: true, fields: { ...record.fields, IsDeleted: true } });
  if (record.entity !== 'Lead' && record.entity !== 'Contact') return;
  for (const task of org.tables.Task.live().filter(({ fields }) => fields['WhoId'] === record.id)) {
    if (task.fields['WhatId'] === undefined) deleteRecord(context, task);
    else put(transaction, { ...task, fields: withoutNulls({ ...task.fields, WhoId: null }) });
  }
}

/** The live record of an id that came in a body or a path; `lost` is what is said when there never was one. */
export function getRecord(org: Org, entity: Entity, id: string, lost: () => Refusal = notFound): StoredRecord {
  const full = readId(id);
  if (full === undefined || entityOfId(full) !== entity) throw lost();
  const record = org.tables[entity].get(full);
  if (record === undefined) throw lost();
  if (record.deleted) throw new Refusal(404, { code: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] });
  return record;
}

function checkWritable({ permissions, security }: Org, entity: Entity, person = false): void {
  const { writable, setup = false } = ENTITIES[entity];
  if (!writable) {
    throw refuse('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type ${entity} cannot be inserted or updated`);
  }
  checkPermission(!setup || permissions.managePermissionSets);
  if (person || security.canWriteObject(entity)) return;
  const message = 'insufficient access rights on object id';
  throw new Refusal(403, { code: 'INSUFFICIENT_ACCESS_OR_READONLY', message, fields: [] });
}

function defaults(context: WriteContext, entity: Entity): Fields {
  const { org } = context.transaction;
  const fields: Fields = {};
  for (const field of org.schemas[entity].all()) {
    if (field.defaultValue !== null) fields[field.name] = field.defaultValue;
  }
  if ('OwnerId' in fields) fields['OwnerId'] = context.person ? org.personId : org.userId;
  return fields;
}

/** An id keeps 18 characters, however it came; an empty value takes the field out. */
function merge(fields: Fields, row: Row): Fields {
  for (const [{ name, type }, value] of row.values) {
    if (value === null) delete fields[name];
    else fields[name] = type === 'reference' && typeof value === 'string' ? (readId(value) ?? value) : value;
  }
  return fields;
}

function assign({ transaction, assigns, person }: WriteContext, entity: Entity, fields: Fields): void {
  const { leadOwner } = transaction.org.rules;
  if (entity === 'Lead' && leadOwner !== null && assigns && !person) fields['OwnerId'] = leadOwner;
}

/** Stores a record with what Salesforce computes. */
export function put(transaction: Transaction, record: StoredRecord): StoredRecord {
  const { org } = transaction;
  const earlier = org.tables[record.entity].get(record.id);
  const fields = withoutNulls({
    ...record.fields,
    ...COMPUTED[record.entity]?.(org, record.fields, earlier?.fields),
    Id: record.id,
    IsDeleted: record.deleted,
    SystemModstamp: sfTime(org.now()),
  });
  const stored = { ...record, fields };
  transaction.put(stored);
  if (record.entity === 'Task') tellPerson(transaction, fields);
  return stored;
}

type Compute = (org: Org, fields: JsonObject, earlier: JsonObject | undefined) => JsonObject;

const COMPUTED: Partial<Record<Entity, Compute>> = {
  Lead: (_, fields) => ({ Name: fullName(fields) }),
  Contact: (_, fields) => ({ Name: fullName(fields) }),
  Task: computeTask,
};

function fullName({ FirstName: first, LastName: last }: JsonObject): string {
  return [first, last].filter((part) => typeof part === 'string').join(' ');
}

function computeTask(org: Org, fields: JsonObject, earlier: JsonObject | undefined): JsonObject {
  const isClosed = org.options.taskStatuses.some(({ value, isClosed: closed }) => closed && value === fields['Status']);
  const who = org.findAny(textOf(fields['WhoId']));
  const what = org.findAny(textOf(fields['WhatId']));
  const account = what?.entity === 'Account' ? what.id : who?.fields['AccountId'];
  const completed = earlier?.['CompletedDateTime'] ?? sfTime(org.now());
  return {
    IsClosed: isClosed,
    IsHighPriority: fields['Priority'] === 'High',
    CompletedDateTime: isClosed ? completed : null,
    AccountId: account ?? null,
  };
}

/** `LastActivityDate` of a person is the latest due date of what is done. */
function tellPerson(
  transaction: Transaction,
  { IsClosed: isClosed, ActivityDate: date, WhoId: who }: JsonObject,
): void {
  const person = transaction.org.findAny(textOf(who));
  if (isClosed !== true || typeof date !== 'string' || person === undefined || person.deleted) return;
  const last = person.fields['LastActivityDate'];
  if (typeof last === 'string' && last >= date) return;
  transaction.put({ ...person, fields: { ...person.fields, LastActivityDate: date } });
}

function withoutNulls(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
