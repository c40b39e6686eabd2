import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import type { Field } from './field.ts';
import { findEntity, type Entity } from './object-types.ts';
import type { Org } from './org.ts';
import { isObject, refuse, Unreadable } from './refusals.ts';

/**
 * The id that `Account: {Erp_Id__c: 'a-1'}` stands for instead of an `AccountId`. Where a reference may lead to several
 * objects, `attributes.type` says to which.
 */
export function findByKey(org: Org, reference: Field, sent: JsonObject): string {
  const { attributes, ...keys } = sent;
  const [[name, value] = ['', null], ...more] = Object.entries(keys);
  const entity = findTarget(reference, attributes);
  const key = entity === undefined ? undefined : org.visibleField(entity, name);
  if (entity === undefined || key === undefined || !isKey(key) || more.length > 0) {
    throw new Unreadable(
      'INVALID_FIELD',
      `No such external id to name ${textOf(reference.relationshipName)} by: ${name}`,
    );
  }
  const found = org.tables[entity].withValue(key, value);
  const [record] = found;
  if (record !== undefined && found.length === 1) return record.id;
  const why = record === undefined ? 'not found' : 'found more than once';
  throw refuse(
    'INVALID_FIELD',
    `Foreign key external ID: ${textOf(value)} ${why} for field ${name} in entity ${entity}`,
  );
}

function isKey({ externalId, idLookup }: Field): boolean {
  return externalId || idLookup;
}

function findTarget({ referenceTo }: Field, attributes: JsonValue | undefined): Entity | undefined {
  if (isObject(attributes)) return findEntity(textOf(attributes['type']));
  return referenceTo.length === 1 ? findEntity(textOf(referenceTo[0])) : undefined;
}
