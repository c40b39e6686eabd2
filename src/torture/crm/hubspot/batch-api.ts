import { toIso } from '../../../shared/clock.ts';
import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { NO_CONTENT, ok, readInputs, type ApiCall } from './api.ts';
import { textOf } from '../json-text.ts';
import { OBJECT_TYPES, type ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import type { HubSpotRecord } from './record-table.ts';
import { invalid, malformed, notFound, Refusal, rowError } from './refusals.ts';
import { archiveRecord } from './records-api.ts';
import { showRecord, showWritten } from './show.ts';
import { Transaction } from './transaction.ts';
import { checkIdProperty, findByProperty, normaliseKey } from './unique-property.ts';
import { alreadyHeld, createRecord, updateRecord, type WriteContext } from './write-records.ts';

/** Operations on up to 100 records. */

const MAX_INPUTS = 100;

export function batchCreate(type: ObjectType, call: ApiCall): ApiAnswer {
  const inputs = readInputs(call.request.body, MAX_INPUTS);
  return writeRows(call, { inputs, status: 201, allOrNothing: false }, (context, input) =>
    showWritten(call.portal, type, createRecord(context, type, input), input['properties']),
  );
}

export function batchUpdate(type: ObjectType, call: ApiCall): ApiAnswer {
  const { portal, request } = call;
  const inputs = readInputs(request.body, MAX_INPUTS);
  for (const idProperty of new Set(inputs.map(idPropertyOf))) {
    if (idProperty !== null) checkIdProperty(portal, type, { idProperty, verb: 'update' });
  }
  refuseDuplicates(inputs);
  // An id that is no number at all changes nothing and says nothing (hubspot.md 4).
  const numeric = inputs.filter((input) => idPropertyOf(input) !== null || /^\d+$/.test(textOf(input['id'])));
  return writeRows(call, { inputs: numeric, status: 200, allOrNothing: false }, (context, input) => {
    const record = findInput(call, type, input);
    if (record === undefined) throw couldNotGet(type, [textOf(input['id'])]);
    return showWritten(portal, type, updateRecord(context, type, record, input['properties']), input['properties']);
  });
}

export function batchUpsert(type: ObjectType, call: ApiCall): ApiAnswer {
  const inputs = readInputs(call.request.body, MAX_INPUTS);
  const byEmail = inputs.some((input) => idPropertyOf(input) === 'email');
  for (const input of inputs) checkUpsert(type, call, input);
  refuseDuplicates(inputs);
  const allOrNothing = byEmail && call.portal.options.emailUpsertsAllOrNothing;
  return writeRows(call, { inputs, status: 200, allOrNothing }, (context, input) => upsertRow(type, context, input));
}

function checkUpsert(type: ObjectType, { portal }: ApiCall, input: JsonObject): void {
  if (input['associations'] !== undefined) throw malformed('Unrecognized field "associations"');
  const idProperty = idPropertyOf(input);
  if (idProperty === null) throw invalid('idProperty is required in an upsert.');
  checkIdProperty(portal, type, { idProperty, verb: 'upsert' });
  if (typeof input['id'] !== 'string' || input['id'] === '') throw malformed('Some required fields were not set: [id]');
}

function upsertRow(type: ObjectType, context: WriteContext, input: JsonObject): JsonObject {
  const { portal } = context.transaction;
  const idProperty = idPropertyOf(input) ?? '';
  const value = textOf(input['id']);
  const existing = findByProperty(portal, type, { idProperty, value, verb: 'upsert' });
  const sent = { [idProperty]: value, ...(input['properties'] as JsonObject) };
  if (existing === undefined) {
    return { ...showWritten(portal, type, createRecord(context, type, { properties: sent }), sent), new: true };
  }
  if (portal.now() - existing.createdAtMs < portal.options.raceWindowMs) {
    throw alreadyHeld({ portal, type, name: idProperty, value, id: portal.nextId(), holder: existing, isCreate: true });
  }
  return { ...showWritten(portal, type, updateRecord(context, type, existing, sent), sent), new: false };
}

export function batchRead(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  const inputs = readInputs(request.body, MAX_INPUTS);
  const idProperty = typeof request.body['idProperty'] === 'string' ? request.body['idProperty'] : null;
  if (idProperty !== null) checkIdProperty(portal, type, { idProperty, verb: 'read' });
  const properties = Array.isArray(request.body['properties']) ? (request.body['properties'] as string[]) : [];
  const missing: string[] = [];
  const found = new Map<string, HubSpotRecord>();
  for (const id of new Set(inputs.map((input) => textOf(input['id'])))) {
    const record =
      idProperty === null
        ? portal.find(type, id)
        : findByProperty(portal, type, { idProperty, value: id, verb: 'read' });
    if (record === undefined) missing.push(id);
    else found.set(record.id, record);
  }
  const shown = [...found.values()].map((record) => showRecord(portal, type, record, properties));
  const errors = missing.length === 0 ? [] : [rowError(couldNotGet(type, missing), null)];
  return answerBatch(portal, 200, { results: shown, errors });
}

export function batchArchive(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  for (const input of readInputs(request.body, MAX_INPUTS)) archiveRecord(portal, type, textOf(input['id']));
  return NO_CONTENT;
}

/** All rows or none; with a trace id of its own on every input, each row for itself (hubspot.md 7). */
function writeRows(
  call: ApiCall,
  batch: { readonly inputs: readonly JsonObject[]; readonly status: number; readonly allOrNothing: boolean },
  writeRow: (context: WriteContext, input: JsonObject) => JsonObject,
): ApiAnswer {
  const transaction = new Transaction(call.portal);
  const eachForItself = !batch.allOrNothing && hasTraceIds(batch.inputs);
  const results: JsonObject[] = [];
  const errors: JsonObject[] = [];
  for (const input of batch.inputs) {
    const mark = transaction.mark();
    const traceId = typeof input['objectWriteTraceId'] === 'string' ? input['objectWriteTraceId'] : null;
    try {
      const echo = call.portal.options.echoesTraceIds && traceId !== null ? { objectWriteTraceId: traceId } : {};
      results.push({ ...writeRow({ transaction, version: call.version }, input), ...echo });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      transaction.rollback(eachForItself ? mark : 0);
      if (!eachForItself) throw withoutCodes(error);
      errors.push(rowError(error, traceId));
    }
  }
  transaction.commit();
  return answerBatch(call.portal, batch.status, { results, errors });
}

function hasTraceIds(inputs: readonly JsonObject[]): boolean {
  const traceIds = inputs.flatMap(({ objectWriteTraceId }) =>
    typeof objectWriteTraceId === 'string' && objectWriteTraceId !== '' ? [objectWriteTraceId] : [],
  );
  return traceIds.length === inputs.length && new Set(traceIds).size === inputs.length;
}

/** The structured form of property errors belongs to single writes. */
function withoutCodes({ status, category, message, details }: Refusal): Refusal {
  const { errors: _errors, ...rest } = details;
  return new Refusal(status, category, message, rest);
}

/** Results come in another order than inputs did. */
function answerBatch(
  portal: Portal,
  status: number,
  { results, errors }: { results: readonly JsonObject[]; errors: readonly JsonObject[] },
): ApiAnswer {
  const at = toIso(portal.now());
  return ok(
    {
      status: 'COMPLETE',
      results: results.toReversed(),
      ...(errors.length === 0 ? {} : { numErrors: errors.length, errors }),
      startedAt: at,
      completedAt: at,
    },
    errors.length === 0 ? status : 207,
  );
}

function refuseDuplicates(inputs: readonly JsonObject[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const input of inputs) {
    const value = normaliseKey({ idProperty: idPropertyOf(input) ?? '', value: textOf(input['id']) });
    (seen.has(value) ? twice : seen).add(value);
  }
  if (twice.size === 0) return;
  const ids = [...twice];
  throw invalid(`Duplicate IDs found in batch input: [${ids.join(', ')}]. IDs must be unique`, { context: { ids } });
}

function findInput({ portal }: ApiCall, type: ObjectType, input: JsonObject): HubSpotRecord | undefined {
  const idProperty = idPropertyOf(input);
  const id = textOf(input['id']);
  return idProperty === null
    ? portal.find(type, id)
    : findByProperty(portal, type, { idProperty, value: id, verb: 'update' });
}

function idPropertyOf({ idProperty }: { readonly idProperty?: JsonValue }): string | null {
  return typeof idProperty === 'string' && idProperty !== '' ? idProperty : null;
}

function couldNotGet(type: ObjectType, ids: readonly string[]): Refusal {
  const { singular } = OBJECT_TYPES[type];
  return notFound(
    `Could not get some ${singular} objects, they may be deleted or not exist. Check that ids are valid.`,
    {
      context: { ids: [...ids] },
    },
  );
}
