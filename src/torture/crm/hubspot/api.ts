import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import { findObjectType, OBJECT_TYPES, type ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import { invalid, isObject, malformed, notFound } from './refusals.ts';

/** What a request is for: HubSpot counts searches apart, a bench counts all apart. */
export type RequestClass = 'search' | 'read' | 'write' | 'association' | 'schema' | 'account' | 'oauth';

/** A request that found its operation. */
export interface ApiCall {
  readonly portal: Portal;
  readonly request: ApiRequest;
  /** `v3`, `v4`, `2026-03`, … */
  readonly version: string;
}

/** One operation of the API. */
export interface Route {
  readonly requestClass: RequestClass;
  /** Without ids and versions: `contacts batch/upsert`, `contacts search`, `calls>contacts batch/associate/default`. */
  readonly operation: string;
  /** Any one of them is enough; empty: none is needed. */
  readonly scopes: readonly string[];
  readonly run: (call: ApiCall) => ApiAnswer;
}

export function ok(body: JsonObject, status = 200): ApiAnswer {
  return { status, body };
}

export const NO_CONTENT: ApiAnswer = { status: 204 };

/** Throws 400 for a kind of object this portal does not know. */
export function getObjectType(name: string): ObjectType {
  const type = findObjectType(name);
  if (type === undefined) throw invalid(`Unable to infer object type from: ${name}`);
  return type;
}

/** `?properties=a,b&properties=c` → `['a', 'b', 'c']` */
export function readList(query: URLSearchParams, name: string): readonly string[] {
  return query
    .getAll(name)
    .flatMap((part) => part.split(','))
    .filter((part) => part !== '');
}

/** `inputs` of a batch; throws 400 when there are more than allowed. */
export function readInputs(body: JsonObject, max: number): readonly JsonObject[] {
  const inputs: JsonValue | undefined = body['inputs'];
  if (!Array.isArray(inputs) || !inputs.every(isObject)) {
    throw malformed('Some required fields were not set: [inputs]');
  }
  if (inputs.length > max) {
    throw invalid(`The maximum number of inputs supported in a batch request is ${max}, received ${inputs.length}`);
  }
  return inputs;
}

export function missingRecord(type: ObjectType, id: string): Error {
  return notFound(`Object not found. ${OBJECT_TYPES[type].singular} ${id} does not exist.`);
}
