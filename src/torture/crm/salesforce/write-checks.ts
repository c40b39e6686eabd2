import type { JsonValue } from '../../../domain/json.ts';
import type { Field } from './field.ts';
import { readId } from './ids.ts';
import { entityOfId, type Entity } from './object-types.ts';
import type { Org } from './org.ts';
import { refuse, Refusal } from './refusals.ts';
import type { WriteContext } from './write-context.ts';
import type { StoredRecord } from './record-table.ts';
import { checkValue, type Row } from './values.ts';

type Fields = Readonly<Record<string, JsonValue>>;

/** A row that is about to be written. */
export interface Candidate {
  readonly entity: Entity;
  /** Null for a create. */
  readonly current: StoredRecord | null;
  readonly row: Row;
  /** The record as it would be. */
  readonly fields: Fields;
}

/** Everything that can speak against a row, in the order in which Salesforce says it. */
export function checkRow(context: WriteContext, candidate: Candidate): void {
  const { org } = context.transaction;
  takeFault(context, candidate);
  checkRights(context, candidate);
  for (const [field, value] of candidate.row.values) {
    checkValue(field, value);
    if (field.type === 'reference' && typeof value === 'string') checkReference(org, candidate.entity, field, value);
  }
  checkRequired(org, candidate);
  checkWhoAndWhat(candidate);
  checkUnique(org, candidate);
  checkValidationRules(org, candidate);
}

function takeFault({ transaction, person }: WriteContext, { entity, current, fields }: Candidate): void {
  if (person) return;
  const fault = transaction.org.rules.takeFault({ entity, id: current?.id ?? null, fields });
  if (fault !== undefined) throw refuse(fault.code, fault.message, fault.fields);
}

/** Fields that nobody may write, may write only in a create, or that the user may only read. */
function checkRights({ transaction, person }: WriteContext, { entity, current, row }: Candidate): void {
  const { security } = transaction.org;
  const refused = [...row.values.keys()].filter(
    (field) =>
      !(current === null ? field.createable : field.updateable) || (!person && !security.canEdit(entity, field)),
  );
  if (refused.length === 0) return;
  const names = refused.map(({ name }) => name);
  const message = `Unable to create/update fields: ${names.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
  throw refuse('INVALID_FIELD_FOR_INSERT_UPDATE', message, names);
}

function checkReference(org: Org, entity: Entity, field: Field, sent: string): void {
  const id = readId(sent);
  const wrongType = `${field.label}: id value of incorrect type: ${sent}`;
  if (id === undefined) throw refuse('MALFORMED_ID', wrongType, [field.name]);
  // A queue; there is no table of them here.
  if (field.referenceTo.includes('Group') && id.startsWith('00G')) return;
  const target = entityOfId(id);
  if (target === undefined || !field.referenceTo.includes(target)) {
    throw refuse('FIELD_INTEGRITY_EXCEPTION', wrongType, [field.name]);
  }
  checkTarget(org.findAny(id), entity, field);
}

function checkTarget(record: StoredRecord | undefined, entity: Entity, field: Field): void {
  if (record === undefined) throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  if (record.deleted) throw refuse('ENTITY_IS_DELETED', 'entity is deleted');
  if (record.fields['IsConverted'] === true) throw convertedLead();
  if (field.name === 'OwnerId' && record.fields['IsActive'] === false) {
    const message = `operation performed with inactive user [${record.id}] as owner of ${entity.toLowerCase()}`;
    throw refuse('INACTIVE_OWNER_OR_USER', message, ['OwnerId']);
  }
}

export function convertedLead(): Refusal {
  return refuse('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
}

function checkRequired(org: Org, { entity, fields }: Candidate): void {
  const missing = org.schemas[entity]
    .all()
    .filter(({ createable, nillable, name }) => createable && !nillable && isEmpty(fields[name]))
    .map(({ name }) => name);
  if (missing.length === 0) return;
  throw refuse('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null;
}

function checkWhoAndWhat({ fields }: Candidate): void {
  const who = fields['WhoId'];
  if (typeof who !== 'string' || entityOfId(who) !== 'Lead' || isEmpty(fields['WhatId'])) return;
  const message = 'Related To ID: If the Name ID is a lead, the Related To ID must be blank.';
  throw refuse('FIELD_INTEGRITY_EXCEPTION', message, ['WhatId']);
}

function checkUnique(org: Org, { entity, current, row }: Candidate): void {
  for (const [field, value] of row.values) {
    if (!field.unique || value === null) continue;
    const holder = org.tables[entity].withValue(field, value).find(({ id }) => id !== current?.id);
    if (holder !== undefined) throw duplicateValue(field.name, holder.id);
  }
}

/** Ids in this message have 15 characters. */
export function duplicateValue(field: string, id: string): Refusal {
  const message = `duplicate value found: ${field} duplicates value on record with id: ${id.slice(0, 15)}`;
  return refuse('DUPLICATE_VALUE', message);
}

function checkValidationRules(org: Org, { entity, fields }: Candidate): void {
  const broken = (org.rules.validation.get(entity) ?? []).filter((rule) => rule.refuses(fields));
  if (broken.length === 0) return;
  throw new Refusal(
    400,
    broken.map(({ message, field }) => ({
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      message,
      fields: field === undefined ? [] : [field],
    })),
  );
}
