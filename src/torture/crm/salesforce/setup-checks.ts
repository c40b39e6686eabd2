import type { JsonObject } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import { findEntity, type Entity } from './object-types.ts';
import type { Org } from './org.ts';
import { refuse, Refusal } from './refusals.ts';
import type { WriteContext } from './write-context.ts';

/** What speaks against a permission set, what it grants and whom it is given to. */
export function checkSetup({ transaction }: WriteContext, entity: Entity, fields: JsonObject): void {
  const { org } = transaction;
  if (entity === 'PermissionSet') checkPermissionSet(org, fields);
  if (entity === 'FieldPermissions') checkFieldPermissions(org, fields);
  if (entity === 'PermissionSetAssignment') checkAssignment(org, fields);
}

export function checkPermission(isAllowed: boolean): void {
  if (isAllowed) return;
  throw new Refusal(403, {
    code: 'INSUFFICIENT_ACCESS',
    message: 'insufficient access rights on cross-reference id',
    fields: [],
  });
}

function checkPermissionSet(org: Org, { Name: name }: JsonObject): void {
  if (!/^[A-Za-z](?:_?[A-Za-z0-9])*$/.test(textOf(name))) {
    const message =
      'The API name can only contain underscores and alphanumeric characters. It must be unique, begin with a letter, not include spaces, not end with an underscore, and not contain two consecutive underscores.';
    throw refuse('FIELD_INTEGRITY_EXCEPTION', `Permission Set Name: ${message}`, ['Name']);
  }
  if (!sameRow(org, 'PermissionSet', { Name: name ?? null })) return;
  throw refuse('DUPLICATE_DEVELOPER_NAME', 'The name you entered is already in use.', ['Name']);
}

/** Only `Task.X__c` names an activity field; the field must exist and be one that can be hidden. */
function checkFieldPermissions(org: Org, fields: JsonObject): void {
  const { SobjectType: type, Field: name, ParentId: parent } = fields;
  if (!isGrantable(org, textOf(type), textOf(name))) {
    const message = `Field Name: bad value for restricted picklist field: ${textOf(name)}`;
    throw refuse('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, ['Field']);
  }
  if (fields['PermissionsEdit'] === true && fields['PermissionsRead'] !== true) {
    throw refuse('FIELD_INTEGRITY_EXCEPTION', 'Field permission Edit depends on: Read', ['PermissionsRead']);
  }
  if (sameRow(org, 'FieldPermissions', { ParentId: parent ?? null, Field: name ?? null })) {
    throw refuse('DUPLICATE_VALUE', 'duplicate value found: <unknown> duplicates value on record with id: <unknown>');
  }
}

function isGrantable(org: Org, type: string, name: string): boolean {
  const [object = '', field = ''] = name.split('.');
  const entity = findEntity(object === 'Activity' && !org.options.refusesActivityFieldPermissions ? 'Task' : object);
  const known = entity === undefined ? undefined : org.schemas[entity].find(field);
  return known?.permissionable === true && (object === type || object === 'Activity');
}

function checkAssignment(org: Org, { AssigneeId: assignee, PermissionSetId: set }: JsonObject): void {
  if (!sameRow(org, 'PermissionSetAssignment', { AssigneeId: assignee ?? null, PermissionSetId: set ?? null })) return;
  const message = `Duplicate PermissionSetAssignment. Assignee: ${textOf(assignee)}; Permission Set: ${textOf(set)}`;
  throw refuse('DUPLICATE_VALUE', message);
}

function sameRow(org: Org, entity: Entity, wanted: JsonObject): boolean {
  return org.tables[entity]
    .live()
    .some(({ fields }) => Object.entries(wanted).every(([name, value]) => fields[name] === value));
}
