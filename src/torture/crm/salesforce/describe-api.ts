import type { JsonObject } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { ok, type ApiCall } from './api.ts';
import { isCustom, isNumber, isText, type Field } from './field.ts';
import { ALL_ENTITIES, ENTITIES, type Entity } from './object-types.ts';
import type { Org } from './org.ts';

/** `GET /sobjects`: what there is. */
export function describeAll(call: ApiCall): ApiAnswer {
  const { org } = call;
  const entities = ALL_ENTITIES.filter((entity) => ENTITIES[entity].tooling !== true);
  return ok({
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: entities
      .filter((entity) => org.security.canSeeObject(entity))
      .map((entity) => describeObject(call, entity)),
  });
}

/** `GET /sobjects/Lead/describe`: with the fields that the user sees, and what the user may do with them. */
export function describe(entity: Entity, call: ApiCall): ApiAnswer {
  const { org } = call;
  return ok({
    ...describeObject(call, entity),
    fields: org.visibleFields(entity).map((field) => describeField(org, entity, field)),
    childRelationships: [],
    recordTypeInfos: [],
    namedLayoutInfos: [],
    supportedScopes: [],
  });
}

function describeObject({ org, version }: ApiCall, entity: Entity): JsonObject {
  const { label, prefix, writable: isWritable, setup = false } = ENTITIES[entity];
  const writable = isWritable && org.security.canWriteObject(entity);
  const base = `/services/data/v${version}.0/sobjects/${entity}`;
  return {
    name: entity,
    label,
    labelPlural: `${label}s`,
    keyPrefix: prefix,
    custom: false,
    createable: writable,
    updateable: writable,
    deletable: writable,
    undeletable: writable && !setup,
    queryable: true,
    retrieveable: true,
    searchable: writable && !setup,
    mergeable: ['Lead', 'Contact', 'Account'].includes(entity),
    layoutable: writable && !setup,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

function describeField(org: Org, entity: Entity, field: Field): JsonObject {
  const canEdit = org.security.canEdit(entity, field);
  const size = isNumber(field) ? { precision: field.digits, scale: field.scale } : { precision: 0, scale: 0 };
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    soapType: soapTypeOf(field),
    length: field.length,
    byteLength: field.length * 3,
    digits: field.type === 'int' ? field.digits : 0,
    ...size,
    createable: field.createable && canEdit,
    updateable: field.updateable && canEdit,
    nillable: field.nillable,
    defaultedOnCreate: field.defaultValue !== null || (!field.nillable && !field.createable),
    defaultValue: field.type === 'boolean' ? field.defaultValue : null,
    externalId: field.externalId,
    unique: field.unique,
    caseSensitive: field.caseSensitive,
    idLookup: field.idLookup,
    filterable: field.filterable,
    sortable: field.filterable,
    groupable: field.filterable,
    custom: isCustom(field),
    calculated: false,
    autoNumber: false,
    deprecatedAndHidden: false,
    htmlFormatted: false,
    nameField: field.name === (entity === 'Task' ? 'Subject' : 'Name'),
    permissionable: field.permissionable,
    picklistValues: field.picklist.map((value) => describeValue(field, value)),
    restrictedPicklist: field.restricted,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    polymorphicForeignKey: field.referenceTo.length > 1,
  };
}

function describeValue({ defaultValue }: Field, value: string): JsonObject {
  return { active: true, defaultValue: value === defaultValue, label: value, validFor: null, value };
}

function soapTypeOf(field: Field): string {
  if (field.type === 'id' || field.type === 'reference') return 'tns:ID';
  if (isText(field)) return 'xsd:string';
  if (field.type === 'datetime') return 'xsd:dateTime';
  return `xsd:${field.type === 'int' || field.type === 'boolean' || field.type === 'date' ? field.type : 'double'}`;
}
