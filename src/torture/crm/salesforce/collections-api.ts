import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { textOf } from '../json-text.ts';
import { attributesOf, ok, readList, type ApiCall } from './api.ts';
import { toApi } from './api-values.ts';
import { readId } from './ids.ts';
import { ENTITIES, entityOfId, type Entity } from './object-types.ts';
import type { Org } from './org.ts';
import { failedRow, isObject, notFound, refuse, Refusal, Unreadable } from './refusals.ts';
import { findNamed, getKeyField, upsertRow } from './upsert-api.ts';
import { readRow, type Row } from './values.ts';
import { readWriteContext, type WriteContext } from './write-context.ts';
import { createRecord, deleteRecord, getRecord, updateRecord } from './write-records.ts';

/** sObject Collections: up to 200 records, results in the order of the rows, 200 whatever became of them. */

const MAX_ROWS = 200;
const MAX_CHUNKS = 10;

type Write = (context: WriteContext, input: Input) => JsonObject;

/** A row, or why it could not be read. */
interface Input {
  readonly entity: Entity;
  readonly row: Row | Refusal;
}

export function createMany(call: ApiCall): ApiAnswer {
  const inputs = readInputs(call);
  return writeRows(call, inputs, (context, { entity, row }) => {
    const { id } = createRecord(context, entity, readable(row));
    return { id, success: true, errors: [] };
  });
}

export function updateMany(call: ApiCall): ApiAnswer {
  const inputs = readInputs(call);
  const twice = repeated(inputs.map(({ row }) => (row instanceof Refusal ? '' : (readId(row.id ?? '') ?? ''))));
  return writeRows(call, inputs, (context, { entity, row: read }) => {
    const row = readable(read);
    if (row.id === null || row.id === '') throw refuse('MISSING_ARGUMENT', 'Id not specified in an update call');
    if (twice.has(readId(row.id) ?? '')) throw refuse('DUPLICATE_VALUE', `Duplicate id specified: ${row.id}`);
    const { id } = updateRecord(context, getRowRecord(call, entity, row.id), { ...row, id: null });
    return { id, success: true, errors: [] };
  });
}

/** Throws for a record that is not there as a row says it, not a path. */
function getRowRecord({ org }: ApiCall, entity: Entity, id: string): ReturnType<typeof getRecord> {
  if (readId(id) === undefined) throw refuse('MALFORMED_ID', `Record ID: id value of incorrect type: ${id}`, ['Id']);
  return getRecord(org, entity, id, () => refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []));
}

export function upsertMany(entity: Entity, fieldName: string, call: ApiCall): ApiAnswer {
  const { org, version } = call;
  if (version < 46) throw notFound();
  const field = getKeyField(org, entity, fieldName);
  const inputs = readInputs(call, entity);
  const keyOf = ({ row }: Input): JsonValue => (row instanceof Refusal ? null : (row.values.get(field) ?? null));
  const twice = repeated(inputs.map((input) => foldKey(keyOf(input), field.caseSensitive)));
  return writeRows(call, inputs, (context, input) => {
    const row = readable(input.row);
    const value = keyOf(input);
    if (value === null) throw refuse('MISSING_ARGUMENT', `${field.name} not specified`);
    if (twice.has(foldKey(value, field.caseSensitive))) {
      throw refuse('DUPLICATE_VALUE', `Duplicate external id specified: ${textOf(value)}`, [field.name]);
    }
    const values = new Map([...row.values].filter(([other]) => other !== field));
    const { id, created } = upsertRow(context, { entity, field, value }, { ...row, values }, () => {
      const ids = findNamed(org, { entity, field, value }).map((record) => record.id.slice(0, 15));
      const message = `${field.label}: more than one record found for external id field: [${ids.join(', ')}]`;
      return refuse('DUPLICATE_EXTERNAL_ID', message);
    });
    return { id, success: true, errors: [], created };
  });
}

function foldKey(value: JsonValue, isCaseSensitive: boolean): string {
  const text = value === null ? '' : textOf(value);
  return isCaseSensitive ? text : text.toLowerCase();
}

function repeated(keys: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(keys.filter((key) => key !== '' && seen.size === seen.add(key).size));
}

/** `DELETE ?ids=a,b&allOrNone=false` */
export function deleteMany(call: ApiCall): ApiAnswer {
  const { request, transaction } = call;
  const ids = readList(request.query, 'ids');
  checkSize(ids.length);
  const allOrNone = request.query.get('allOrNone') === 'true';
  const context = readWriteContext(transaction, request);
  return collect(
    call,
    allOrNone,
    ids.map((id) => () => {
      const entity = entityOfId(id);
      if (entity === undefined) throw refuse('MALFORMED_ID', `bad id ${id}`);
      deleteRecord(context, getRowRecord(call, entity, id));
      return { id: readId(id) ?? id, success: true, errors: [] };
    }),
  );
}

const MAX_RETRIEVED = 2000;

/** `POST {ids, fields}` or `GET ?ids=&fields=`; null for what is not there. */
export function retrieveMany(entity: Entity, { org, request, version }: ApiCall): ApiAnswer {
  const isPost = request.method === 'POST';
  const ids = isPost ? readStrings(request.body, 'ids') : readList(request.query, 'ids');
  const names = isPost ? readStrings(request.body, 'fields') : readList(request.query, 'fields');
  if (ids.length > MAX_RETRIEVED) throw tooMany(MAX_RETRIEVED);
  if (names.length === 0) throw new Unreadable('MISSING_ARGUMENT', 'The fields parameter is required.');
  const fields = names.map((name) => {
    const field = org.visibleField(entity, name);
    if (field === undefined) {
      throw new Unreadable('INVALID_FIELD', `No such column '${name}' on entity '${entity}'.`);
    }
    return field;
  });
  return ok(
    ids.map((id) => {
      const record = org.find(entity, id);
      if (record === undefined) return null;
      const shown = fields.map((field) => [field.name, toApi(field, record.fields[field.name])] as const);
      return { attributes: attributesOf(version, entity, record.id), ...Object.fromEntries(shown), Id: record.id };
    }),
  );
}

function readStrings(body: JsonObject, name: string): readonly string[] {
  const list = body[name];
  if (Array.isArray(list) && list.every((entry) => typeof entry === 'string')) return list;
  throw new Unreadable('JSON_PARSER_ERROR', `${name} must be a list of strings`);
}

/** `records`, each with `attributes.type`; what cannot be read refuses all, where the org is so. */
function readInputs({ org, request }: ApiCall, only?: Entity): readonly Input[] {
  const records = request.body['records'] as JsonValue;
  if (!Array.isArray(records)) throw new Unreadable('JSON_PARSER_ERROR', 'records is not a list of sobjects');
  checkSize(records.length);
  const inputs = (records as readonly JsonValue[]).map((record): Input => {
    const entity = readType(org, record);
    if (only !== undefined && entity !== only) {
      return { entity: only, row: refuse('INVALID_TYPE', `${entity} is not ${only}`) };
    }
    try {
      return { entity, row: readRow(org, entity, record as JsonObject) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error instanceof Unreadable && org.options.unreadableRowRefusesAll) throw error;
      return { entity, row: error };
    }
  });
  checkChunks(inputs.map(({ entity }) => entity));
  return inputs;
}

function readType(org: Org, record: JsonValue | undefined): Entity {
  const attributes = isObject(record) ? record['attributes'] : undefined;
  const type = isObject(attributes) ? attributes['type'] : undefined;
  if (typeof type !== 'string') {
    throw new Unreadable('INVALID_INPUT', 'Each record needs attributes with a type.');
  }
  const entity = org.visibleEntity(type);
  if (entity === undefined || ENTITIES[entity].tooling === true) {
    throw new Unreadable('INVALID_TYPE', `sObject type '${type}' is not supported.`);
  }
  return entity;
}

function checkSize(rows: number): void {
  if (rows === 0) throw new Unreadable('INVALID_INPUT', 'At least one record is needed.');
  if (rows > MAX_ROWS) throw tooMany(MAX_ROWS);
}

function tooMany(max: number): Refusal {
  const message = `record limit reached. cannot submit more than ${max} records into this call`;
  return new Unreadable('EXCEEDED_ID_LIMIT', message);
}

/** Rows of one type in a row are a chunk. */
function checkChunks(entities: readonly Entity[]): void {
  const chunks = entities.filter((entity, index) => entity !== entities[index - 1]).length;
  if (chunks > MAX_CHUNKS) {
    const message =
      'Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking.';
    throw new Unreadable('LIMIT_EXCEEDED', message);
  }
  const isSetup = entities.some((entity) => ENTITIES[entity].setup === true);
  if (isSetup && new Set(entities).size > 1) {
    throw new Unreadable('INVALID_INPUT', 'Setup objects cannot be written together with other types.');
  }
}

function readable(row: Row | Refusal): Row {
  if (row instanceof Refusal) throw row;
  return row;
}

function writeRows(call: ApiCall, inputs: readonly Input[], write: Write): ApiAnswer {
  const context = readWriteContext(call.transaction, call.request);
  const allOrNone = call.request.body['allOrNone'] === true;
  return collect(
    call,
    allOrNone,
    inputs.map((input) => () => write(context, input)),
  );
}

/** Each row for itself, or none when one fails. */
function collect({ transaction }: ApiCall, allOrNone: boolean, rows: readonly (() => JsonObject)[]): ApiAnswer {
  const start = transaction.mark();
  const results = rows.map((run) => {
    const mark = transaction.mark();
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      transaction.rollback(mark);
      return failedRow(error);
    }
  });
  if (!allOrNone || results.every(({ success }) => success)) return ok(results);
  transaction.rollback(start);
  return ok(results.map((result) => (result['success'] === true ? ROLLED_BACK : result)));
}

const ROLLED_BACK = failedRow(
  refuse(
    'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    'Record rolled back because not all records were valid and the request was using AllOrNone header',
  ),
);
