import type { JsonObject } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { attributesOf, NO_CONTENT, ok, readList, type ApiCall } from './api.ts';
import { toApi } from './api-values.ts';
import type { Entity } from './object-types.ts';
import type { StoredRecord } from './record-table.ts';
import { notFound, Refusal, Unreadable } from './refusals.ts';
import { readRow } from './values.ts';
import { readWriteContext } from './write-context.ts';
import { createRecord, deleteRecord, getRecord, updateRecord } from './write-records.ts';

/** Operations on single records. */

export function create(entity: Entity, { org, request, transaction }: ApiCall): ApiAnswer {
  const row = readRow(org, entity, request.body);
  const { id } = createRecord(readWriteContext(transaction, request), entity, row);
  return ok({ id, success: true, errors: [] }, 201);
}

export function read(entity: Entity, id: string, call: ApiCall): ApiAnswer {
  return showRecord(getRecord(call.org, entity, id), call);
}

export function update(entity: Entity, id: string, { org, request, transaction }: ApiCall): ApiAnswer {
  refuseKeyInBody(request.body, 'Id');
  const row = readRow(org, entity, request.body);
  updateRecord(readWriteContext(transaction, request), getRecord(org, entity, id), row);
  return NO_CONTENT;
}

export function remove(entity: Entity, id: string, { org, request, transaction }: ApiCall): ApiAnswer {
  deleteRecord(readWriteContext(transaction, request), getRecord(org, entity, id));
  return NO_CONTENT;
}

/** All fields the user sees, or those of `?fields=`. */
export function showRecord(record: StoredRecord, { org, version, request }: ApiCall): ApiAnswer {
  const { entity, id } = record;
  const asked = readList(request.query, 'fields').map((name) => {
    const field = org.visibleField(entity, name);
    if (field === undefined) {
      throw new Refusal(400, {
        code: 'INVALID_FIELD',
        message: `No such column '${name}' on sobject of type ${entity}`,
      });
    }
    return field;
  });
  const fields = asked.length === 0 ? org.visibleFields(entity) : [...new Set(asked)];
  const shown = fields.map((field) => [field.name, toApi(field, record.fields[field.name])] as const);
  return ok({ attributes: attributesOf(version, entity, id), ...Object.fromEntries(shown), Id: id });
}

/** What a path says already may not stand in the body once more. */
export function refuseKeyInBody(body: JsonObject, key: string): void {
  const found = Object.keys(body).find((name) => name.toLowerCase() === key.toLowerCase());
  if (found === undefined) return;
  throw new Unreadable('INVALID_FIELD', `The ${key} field should not be specified in the sobject data.`);
}

export function missingKeyField(name: string): Refusal {
  return notFound(`Provided external ID field does not exist or is not accessible: ${name}`);
}
