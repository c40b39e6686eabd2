import type { JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { textOf } from '../json-text.ts';
import { NO_CONTENT, ok, urlOf, type ApiCall } from './api.ts';
import type { Field } from './field.ts';
import type { Entity } from './object-types.ts';
import type { Org } from './org.ts';
import type { StoredRecord } from './record-table.ts';
import { missingKeyField, refuseKeyInBody, showRecord } from './records-api.ts';
import { notFound, Refusal } from './refusals.ts';
import { readRow, type Row } from './values.ts';
import { duplicateValue } from './write-checks.ts';
import { readWriteContext, type WriteContext } from './write-context.ts';
import { createRecord, deleteRecord, updateRecord } from './write-records.ts';

/** Records named by an external id: `/sobjects/Task/Hookline_Call_Id__c/abc`. */

export interface Named {
  readonly entity: Entity;
  readonly field: Field;
  readonly value: JsonValue;
}

/** The field of an upsert; throws 404 unless it is an external id or a lookup field that the user may use as one. */
export function getKeyField(org: Org, entity: Entity, name: string): Field {
  const field = org.visibleField(entity, name);
  if (field === undefined || !(field.externalId || field.idLookup)) throw missingKeyField(name);
  const isOpen = field.unique || !field.externalId || org.permissions.viewAllData;
  if (!isOpen) throw missingKeyField(name);
  return field;
}

export function findNamed(org: Org, { entity, field, value }: Named): readonly StoredRecord[] {
  if (field.type !== 'id') return org.tables[entity].withValue(field, value);
  const record = org.find(entity, textOf(value));
  return record === undefined ? [] : [record];
}

/** What an upsert of one row comes to. */
export interface Upserted {
  readonly id: string;
  readonly created: boolean;
}

/** Creates, or updates the one record there is; `several` is told when there are more. */
export function upsertRow(
  context: WriteContext,
  named: Named,
  row: Row,
  several: (found: readonly StoredRecord[]) => Refusal,
): Upserted {
  const { org } = context.transaction;
  const found = findNamed(org, named);
  const [record] = found;
  if (found.length > 1) throw several(found);
  if (record === undefined) {
    const values = new Map([...row.values, [named.field, named.value] as const]);
    if (named.field.type === 'id') throw notFound();
    return { id: createRecord(context, named.entity, { ...row, values }).id, created: true };
  }
  if (org.now() - record.createdAtMs < org.options.raceWindowMs) throw duplicateValue(named.field.name, record.id);
  updateRecord(context, record, forUpdate(org, row));
  return { id: record.id, created: false };
}

/** Where the org is lenient, what can only be set in a create is passed over. */
function forUpdate(org: Org, row: Row): Row {
  if (org.options.upsertRefusesCreateOnly) return row;
  return {
    ...row,
    values: new Map([...row.values].filter(([{ createable, updateable }]) => updateable || !createable)),
  };
}

export function upsert(entity: Entity, [name, text]: readonly [string, string], call: ApiCall): ApiAnswer {
  const { org, request, transaction, version } = call;
  const field = getKeyField(org, entity, name);
  refuseKeyInBody(request.body, field.name);
  refuseKeyInBody(request.body, 'Id');
  const row = readRow(org, entity, request.body);
  const named = { entity, field, value: keyValue(field, text) };
  if (request.query.get('updateOnly') === 'true' && findNamed(org, named).length === 0) throw notFound();
  const several = (found: readonly StoredRecord[]): Refusal => new Several(found);
  const { id, created } = upsertRow(readWriteContext(transaction, request), named, row, several);
  if (!created && org.options.upsertUpdateStatus === 204) return NO_CONTENT;
  const says = version >= 46 ? { created } : {};
  return ok({ id, success: true, errors: [], ...says }, created ? 201 : 200);
}

/** The path is text; a number field is looked up by the number. */
function keyValue({ type }: Field, text: string): JsonValue {
  return type === 'double' || type === 'int' ? Number(text) : text.trim();
}

/** More than one record has the value: 300 and where they are, nothing done. */
export class Several extends Refusal {
  readonly found: readonly StoredRecord[];

  constructor(found: readonly StoredRecord[]) {
    super(300, { code: 'MULTIPLE_CHOICES', message: 'more than one record found for external id field' });
    this.found = found;
  }
}

export function answerSeveral({ found }: Several, version: number): ApiAnswer {
  return ok(
    found.map(({ entity, id }) => urlOf(version, entity, id)),
    300,
  );
}

export function readNamed(entity: Entity, key: readonly [string, string], call: ApiCall): ApiAnswer {
  return showRecord(getNamed(entity, key, call), call);
}

export function removeNamed(entity: Entity, key: readonly [string, string], call: ApiCall): ApiAnswer {
  deleteRecord(readWriteContext(call.transaction, call.request), getNamed(entity, key, call));
  return NO_CONTENT;
}

function getNamed(entity: Entity, [name, text]: readonly [string, string], { org }: ApiCall): StoredRecord {
  const field = getKeyField(org, entity, name);
  const found = findNamed(org, { entity, field, value: keyValue(field, text) });
  const [record] = found;
  if (found.length > 1) throw new Several(found);
  if (record === undefined) throw notFound();
  return record;
}
