import type { JsonValue } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import { toApi } from './api-values.ts';
import { NAME_SCHEMA } from './default-schemas.ts';
import type { Field } from './field.ts';
import { findEntity, type Entity } from './object-types.ts';
import type { Org } from './org.ts';
import type { StoredRecord } from './record-table.ts';
import { malformed } from './soql-tokens.ts';
import type { Path } from './soql-syntax.ts';

/** Where a query looks: which org, which object, and the text for messages. */
export interface QueryScope {
  readonly org: Org;
  readonly entity: Entity;
  readonly source: string;
}

/** A path that leads to a field. */
export interface BoundPath {
  readonly field: Field;
  /** References on the way, then the field; as describe spells them. */
  readonly steps: readonly string[];
  readonly read: (record: StoredRecord) => JsonValue;
  /** The record the field is read from; undefined where a reference on the way is empty. */
  readonly holder: (record: StoredRecord) => StoredRecord | undefined;
}

/** Throws INVALID_FIELD for what the object does not have or the user does not see. */
export function bindPath(scope: QueryScope, path: Path): BoundPath {
  const { entity } = scope;
  const parts = path.text.split('.');
  // `Contact.Phone` in a query of contacts, too.
  if (parts.length > 1 && parts[0]?.toLowerCase() === entity.toLowerCase()) parts.shift();
  return follow(scope, path, { parts, entity, steps: [], holder: (record) => record });
}

function follow(scope: QueryScope, path: Path, way: Way): BoundPath {
  const { org, source } = scope;
  const [first = '', ...rest] = way.parts;
  if (rest.length === 0) return endAt(scope, path, way);
  const reference = way.entity === null ? undefined : findReference(org, way.entity, first);
  if (reference === undefined) {
    throw malformed(source, path.at, `Didn't understand relationship '${first}' in field path.`, 'INVALID_FIELD');
  }
  const { name, relationshipName, referenceTo } = reference;
  return follow(scope, path, {
    parts: rest,
    entity: referenceTo.length === 1 ? (findEntity(referenceTo[0] ?? '') ?? null) : null,
    steps: [...way.steps, relationshipName ?? name],
    holder: (record) => org.findAny(textOf(way.holder(record)?.fields[name])),
  });
}

function findReference(org: Org, entity: Entity, name: string): Field | undefined {
  const reference = org.schemas[entity].findRelationship(name);
  return reference !== undefined && org.security.canRead(entity, reference) ? reference : undefined;
}

interface Way {
  readonly parts: readonly string[];
  /** Null: a reference that leads to several objects. */
  readonly entity: Entity | null;
  readonly steps: readonly string[];
  readonly holder: BoundPath['holder'];
}

function endAt({ org, source }: QueryScope, path: Path, { parts, entity, steps, holder }: Way): BoundPath {
  const [name = ''] = parts;
  const field = entity === null ? NAME_SCHEMA.find(name) : org.visibleField(entity, name);
  if (field === undefined) {
    const message = `No such column '${name}' on entity '${entity ?? 'Name'}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`;
    throw malformed(source, path.at, message, 'INVALID_FIELD');
  }
  const read = (record: StoredRecord): JsonValue => {
    const held = holder(record);
    if (held === undefined) return null;
    return entity === null && field.name === 'Type' ? held.entity : toApi(field, held.fields[field.name]);
  };
  return { field, steps: [...steps, field.name], read, holder };
}
