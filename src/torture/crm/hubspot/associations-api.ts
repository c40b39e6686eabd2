import { toIso } from '../../../shared/clock.ts';
import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { missingRecord, NO_CONTENT, ok, readInputs, type ApiCall } from './api.ts';
import type { End } from './associations.ts';
import { textOf } from '../json-text.ts';
import { findDefaultAssociation, isAssociationType, OBJECT_TYPES, type ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import { invalid, isObject, malformed, Refusal, rowError } from './refusals.ts';
import { Transaction } from './transaction.ts';

/** Operations on associations; `from` and `to` are kinds of objects. */

const MAX_PAGE = 500;
const MAX_WRITES = 2000;
const MAX_READS = 1000;

export interface Pair {
  readonly from: ObjectType;
  readonly to: ObjectType;
}

/** `PUT …/{from}/{id}/associations/default/{to}/{id}`: as often as you like. */
export function associateByDefault(pair: Pair, ids: readonly [string, string], { portal }: ApiCall): ApiAnswer {
  const shown = associateRow(portal, pair, ids);
  return ok(batchBody(portal, [shown]));
}

/** `POST …/batch/associate/default` */
export function batchAssociateByDefault(pair: Pair, { portal, request }: ApiCall): ApiAnswer {
  const rows = eachRow(readInputs(request.body, MAX_WRITES), (ids) => associateRow(portal, pair, ids));
  return answerRows(portal, 200, rows);
}

function associateRow(portal: Portal, pair: Pair, [fromId, toId]: readonly [string, string]): JsonObject {
  const typeId = findDefaultAssociation(pair.from, pair.to);
  if (typeId === undefined) throw invalid(`No default association type exists between ${pair.from} and ${pair.to}.`);
  const [from, to] = [getEnd(portal, pair.from, fromId), getEnd(portal, pair.to, toId)];
  associate(portal, from, to, typeId);
  return {
    from: { id: from.id },
    to: { id: to.id },
    associationSpec: { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeId },
  };
}

/** `PUT …/associations/{to}/{id}` with `[{associationCategory, associationTypeId}]`: sets, so what is not named goes. */
export function setLabels(pair: Pair, ids: readonly [string, string], { portal, request }: ApiCall): ApiAnswer {
  return ok(setLabelsRow(portal, pair, ids, request.body), 201);
}

/** `POST …/batch/create` with `inputs: [{from, to, types}]`. */
export function batchSetLabels(pair: Pair, { portal, request }: ApiCall): ApiAnswer {
  const rows = eachRow(readInputs(request.body, MAX_WRITES), (ids, input) =>
    setLabelsRow(portal, pair, ids, input['types']),
  );
  return answerRows(portal, 201, rows);
}

function setLabelsRow(
  portal: Portal,
  pair: Pair,
  [fromId, toId]: readonly [string, string],
  specs: JsonValue | undefined,
): JsonObject {
  const typeIds = readTypeIds(pair, specs);
  const [from, to] = [getEnd(portal, pair.from, fromId), getEnd(portal, pair.to, toId)];
  portal.associations.cut(from, to);
  for (const typeId of typeIds) associate(portal, from, to, typeId);
  return {
    fromObjectTypeId: OBJECT_TYPES[pair.from].typeId,
    fromObjectId: from.id,
    toObjectTypeId: OBJECT_TYPES[pair.to].typeId,
    toObjectId: to.id,
    labels: [],
  };
}

function readTypeIds(pair: Pair, specs: JsonValue | undefined): readonly number[] {
  if (!Array.isArray(specs) || specs.length === 0) throw malformed('a list of association types is needed');
  return (specs as JsonValue[]).map((spec) => {
    const typeId = isObject(spec) ? Number(spec['associationTypeId']) : Number.NaN;
    const isKnown = isObject(spec) && spec['associationCategory'] === 'HUBSPOT_DEFINED';
    if (!isKnown || !isAssociationType(pair.from, pair.to, typeId)) {
      throw invalid(`Association type ${typeId} is not valid between ${pair.from} and ${pair.to} in this direction.`);
    }
    return typeId;
  });
}

/** `GET …/{from}/{id}/associations/{to}` */
export function listAssociations(pair: Pair, id: string, { portal, request }: ApiCall): ApiAnswer {
  const from = getEnd(portal, pair.from, id);
  const limit = Number(request.query.get('limit') ?? MAX_PAGE);
  if (!(limit >= 1 && limit <= MAX_PAGE)) throw invalid(`limit must be between 1 and ${MAX_PAGE}`);
  const after = Number(request.query.get('after') ?? 0);
  const all = showEnds(portal, from, pair.to);
  const next = after + limit;
  return ok({
    results: all.slice(after, next),
    ...(next < all.length ? { paging: { next: { after: String(next), link: '' } } } : {}),
  });
}

/** `POST …/batch/read` with `inputs: [{id}]`. */
export function batchReadAssociations(pair: Pair, { portal, request }: ApiCall): ApiAnswer {
  const results: JsonObject[] = [];
  const errors: JsonObject[] = [];
  for (const input of readInputs(request.body, MAX_READS)) {
    const id = textOf(input['id']);
    const ends = showEnds(portal, { type: pair.from, id }, pair.to);
    if (ends.length > 0) results.push({ from: { id }, to: ends });
    else errors.push(rowError(noAssociations(pair, id), null));
  }
  return answerRows(portal, 200, { results, errors });
}

function noAssociations({ from, to }: Pair, id: string): Refusal {
  const [one, other] = [OBJECT_TYPES[from], OBJECT_TYPES[to]].map(({ singular }) => singular.toLowerCase());
  return new Refusal(404, 'OBJECT_NOT_FOUND', `No ${other} is associated with ${one} ${id}.`, {
    context: { fromObjectId: [id] },
  });
}

/** `DELETE …/associations/{to}/{id}` */
export function removeAssociation(pair: Pair, [from, to]: readonly [string, string], { portal }: ApiCall): ApiAnswer {
  portal.associations.cut({ type: pair.from, id: from }, { type: pair.to, id: to });
  return NO_CONTENT;
}

function showEnds(portal: Portal, from: End, type: ObjectType): readonly JsonObject[] {
  return [...portal.associations.of(from, type)].map(([id, typeIds]) => ({
    toObjectId: id,
    associationTypes: [...typeIds].map((typeId) => ({ category: 'HUBSPOT_DEFINED', typeId, label: null })),
  }));
}

function getEnd(portal: Portal, type: ObjectType, id: string): End {
  const record = portal.find(type, id);
  if (record === undefined) throw missingRecord(type, id);
  return { type, id: record.id };
}

function associate(portal: Portal, from: End, to: End, typeId: number): void {
  const ends = portal.associations.of(from, to.type);
  const limit = portal.options.associationLimits[`${from.type}>${to.type}`];
  if (limit !== undefined && !ends.has(to.id) && ends.size >= limit) {
    throw invalid(`${OBJECT_TYPES[from.type].singular} ${from.id} has reached its limit of ${limit} associations.`);
  }
  new Transaction(portal).associate(from, to, typeId);
}

interface Rows {
  readonly results: readonly JsonObject[];
  readonly errors: readonly JsonObject[];
}

/** Inputs whose `from` or `to` has the wrong shape are passed over in silence (hubspot-api-nodejs#85). */
function eachRow(
  inputs: readonly JsonObject[],
  run: (ids: readonly [string, string], input: JsonObject) => JsonObject,
): Rows {
  const results: JsonObject[] = [];
  const errors: JsonObject[] = [];
  for (const input of inputs) {
    const [from, to] = [idOf(input['from']), idOf(input['to'])];
    if (from === undefined || to === undefined) continue;
    try {
      results.push(run([from, to], input));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      errors.push(rowError(error, null));
    }
  }
  return { results, errors };
}

function idOf(end: JsonValue | undefined): string | undefined {
  return isObject(end) && (typeof end['id'] === 'string' || typeof end['id'] === 'number')
    ? String(end['id'])
    : undefined;
}

function answerRows(portal: Portal, status: number, { results, errors }: Rows): ApiAnswer {
  const body = batchBody(portal, results.toReversed());
  return errors.length === 0 ? ok(body, status) : ok({ ...body, numErrors: errors.length, errors }, 207);
}

function batchBody(portal: Portal, results: readonly JsonObject[]): JsonObject {
  const at = toIso(portal.now());
  return { status: 'COMPLETE', results, startedAt: at, completedAt: at };
}
