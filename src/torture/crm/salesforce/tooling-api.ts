import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { NO_CONTENT, ok, type ApiCall } from './api.ts';
import { textOf } from '../json-text.ts';
import { addField, dropField, entitiesOf } from './custom-fields.ts';
import { readFieldMetadata } from './field-metadata.ts';
import type { Field } from './field.ts';
import { findEntity } from './object-types.ts';
import type { Org } from './org.ts';
import type { StoredRecord } from './record-table.ts';
import { isObject, notFound, refuse, Unreadable } from './refusals.ts';
import { checkPermission } from './setup-checks.ts';
import { getRecord } from './write-records.ts';

const MAX_EXTERNAL_IDS = 25;

/** `POST /tooling/sobjects/CustomField {FullName: "Activity.Hookline_Call_Id__c", Metadata: {…}}` */
export function createCustomField({ org, request, transaction }: ApiCall): ApiAnswer {
  checkPermission(org.permissions.customizeApplication);
  const { object, name } = readFullName(request.body['FullName']);
  const metadata = request.body['Metadata'];
  if (!isObject(metadata))
    throw refuse('REQUIRED_FIELD_MISSING', 'Required fields are missing: [Metadata]', ['Metadata']);
  const field = readFieldMetadata(object, name, metadata);
  checkRoom(org, object, field);
  const id = addField(org, object, field);
  transaction.note(() => dropField(org, object, field.name));
  return ok({ id, success: true, errors: [], warnings: [], infos: [] }, 201);
}

/** `Task.X__c` is refused: the field belongs to Activity. */
function readFullName(sent: JsonValue | undefined): { object: string; name: string } {
  const [object = '', name = '', ...more] = textOf(sent).split('.');
  if (name === '' || more.length > 0) {
    throw new Unreadable('INVALID_FIELD', `FullName is not an object and a field: ${textOf(sent)}`);
  }
  const isKnown = object === 'Activity' || (findEntity(object) !== undefined && !['Task', 'Event'].includes(object));
  if (!isKnown) {
    const message = `Entity Enumeration Or ID: bad value for restricted picklist field: ${object}`;
    throw refuse('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, ['TableEnumOrId']);
  }
  if (!/^[A-Za-z](?:_?[A-Za-z0-9])*__c$/.test(name) || name.length > 43) {
    const message =
      'Field Name: The Field Name can only contain underscores and alphanumeric characters. It must be unique, begin with a letter, not include spaces, not end with an underscore, and not contain two consecutive underscores.';
    throw refuse('FIELD_INTEGRITY_EXCEPTION', message, ['DeveloperName']);
  }
  return { object, name };
}

function checkRoom(org: Org, object: string, field: Field): void {
  const [entity] = entitiesOf(object);
  if (entity === undefined) throw notFound();
  const custom = org.schemas[entity].all().filter(({ name }) => name.endsWith('__c'));
  if (custom.some(({ name }) => name.toLowerCase() === field.name.toLowerCase())) {
    const message = `There is already a field named ${field.label} on ${object}.`;
    throw refuse('DUPLICATE_DEVELOPER_NAME', message, ['DeveloperName']);
  }
  const isFull = object === 'Activity' && custom.length >= org.options.activityFieldLimit;
  const hasIds = field.externalId && custom.filter(({ externalId }) => externalId).length >= MAX_EXTERNAL_IDS;
  if (isFull || hasIds) throw refuse('LIMIT_EXCEEDED', `${object} has as many custom fields as it may have.`);
}

/** `PATCH /tooling/sobjects/CustomField/{id}`: the metadata anew. */
export function updateCustomField(id: string, { org, request }: ApiCall): ApiAnswer {
  checkPermission(org.permissions.customizeApplication);
  const { object, field } = locate(getRecord(org, 'CustomField', id));
  const metadata = request.body['Metadata'];
  if (!isObject(metadata))
    throw refuse('REQUIRED_FIELD_MISSING', 'Required fields are missing: [Metadata]', ['Metadata']);
  const changed = readFieldMetadata(object, field, metadata);
  for (const entity of entitiesOf(object)) org.schemas[entity].put(changed);
  return NO_CONTENT;
}

export function deleteCustomField(id: string, { org }: ApiCall): ApiAnswer {
  checkPermission(org.permissions.customizeApplication);
  const { object, field } = locate(getRecord(org, 'CustomField', id));
  dropField(org, object, field);
  return NO_CONTENT;
}

export function readCustomField(id: string, { org }: ApiCall): ApiAnswer {
  const record = getRecord(org, 'CustomField', id);
  const { object, field } = locate(record);
  const [entity] = entitiesOf(object);
  const known = entity === undefined ? undefined : org.schemas[entity].find(field);
  const metadata: JsonObject =
    known === undefined
      ? {}
      : { label: known.label, length: known.length, externalId: known.externalId, unique: known.unique };
  return ok({ ...record.fields, Metadata: metadata });
}

function locate({ fields }: StoredRecord): { object: string; field: string } {
  return { object: textOf(fields['TableEnumOrId']), field: `${textOf(fields['DeveloperName'])}__c` };
}
