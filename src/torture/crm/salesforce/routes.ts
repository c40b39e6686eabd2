import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import { getEntity, ok, type ApiCall, type RequestClass, type Route } from './api.ts';
import { createMany, deleteMany, retrieveMany, updateMany, upsertMany } from './collections-api.ts';
import { describe, describeAll } from './describe-api.ts';
import type { Entity } from './object-types.ts';
import { query, queryMore } from './query-api.ts';
import { create, read, remove, update } from './records-api.ts';
import { search } from './search-api.ts';
import { createCustomField, deleteCustomField, readCustomField, updateCustomField } from './tooling-api.ts';
import { readNamed, removeNamed, upsert } from './upsert-api.ts';

type Address = Pick<ApiRequest, 'segments' | 'method'>;

/** `/services/data/v66.0/sobjects/Lead` → 66 and `['sobjects', 'Lead']`. */
export function readAddress({
  segments,
}: Pick<ApiRequest, 'segments'>): { readonly version: number; readonly rest: readonly string[] } | undefined {
  const [services, data, version = '', ...rest] = segments;
  const number = /^v(\d+)\.0$/.exec(version)?.[1];
  return services !== 'services' || data !== 'data' || number === undefined
    ? undefined
    : { version: Number(number), rest };
}

/** The operation a request asks for, but for composites; undefined: there is none, 404. */
export function findRoute(request: Address): Route | undefined {
  const address = readAddress(request);
  if (address === undefined) return undefined;
  const [api = '', ...rest] = address.rest;
  return APIS[api]?.(request.method, rest);
}

type Find = (method: string, rest: readonly string[]) => Route | undefined;

const APIS: Readonly<Record<string, Find>> = {
  query: reading((rest) => queryRoute('query', rest)),
  queryAll: reading((rest) => queryRoute('queryAll', rest)),
  search: reading(() => ({ requestClass: 'search', operation: 'search', run: search })),
  sobjects: routeObjects,
  composite: routeCollections,
  tooling: routeTooling,
};

function reading(find: (rest: readonly string[]) => Route | undefined): Find {
  return (method, rest) => (method === 'GET' ? find(rest) : undefined);
}

function queryRoute(kind: 'query' | 'queryAll', [locator]: readonly string[]): Route {
  if (locator === undefined) {
    return { requestClass: 'query', operation: kind, run: (call) => query(kind, call) };
  }
  return { requestClass: 'query', operation: `${kind} more`, run: (call) => queryMore(locator, call) };
}

function routeObjects(method: string, [name, ...rest]: readonly string[]): Route | undefined {
  if (name === undefined) {
    return method === 'GET' ? { requestClass: 'describe', operation: 'describe all', run: describeAll } : undefined;
  }
  const [first, second, ...more] = rest;
  if (more.length > 0) return undefined;
  if (first === undefined) return method === 'POST' ? onObject('write', `${name} create`, name, create) : undefined;
  if (second !== undefined) return routeNamed(method, name, [first, second]);
  if (first === 'describe' && method === 'GET') return onObject('describe', `${name} describe`, name, describe);
  return routeRecord(method, name, first);
}

/** An unknown object is told only when the route runs, so that a bad session is answered first. */
function onObject(
  requestClass: RequestClass,
  operation: string,
  name: string,
  run: (entity: Entity, call: ApiCall) => ApiAnswer,
): Route {
  return { requestClass, operation, run: (call) => run(getEntity(call.org, name), call) };
}

function routeRecord(method: string, name: string, id: string): Route | undefined {
  switch (method) {
    case 'GET':
      return onObject('read', `${name} read`, name, (entity, call) => read(entity, id, call));
    case 'PATCH':
      return onObject('write', `${name} update`, name, (entity, call) => update(entity, id, call));
    case 'DELETE':
      return onObject('write', `${name} delete`, name, (entity, call) => remove(entity, id, call));
    default:
      return undefined;
  }
}

function routeNamed(method: string, name: string, key: readonly [string, string]): Route | undefined {
  switch (method) {
    case 'GET':
      return onObject('read', `${name} read by key`, name, (entity, call) => readNamed(entity, key, call));
    case 'PATCH':
      return onObject('write', `${name} upsert`, name, (entity, call) => upsert(entity, key, call));
    case 'DELETE':
      return onObject('write', `${name} delete by key`, name, (entity, call) => removeNamed(entity, key, call));
    default:
      return undefined;
  }
}

function routeCollections(method: string, [api, name, field]: readonly string[]): Route | undefined {
  if (api !== 'sobjects') return undefined;
  if (name === undefined) return COLLECTIONS[method];
  if (field !== undefined) {
    return method === 'PATCH'
      ? onObject('write', `collections upsert ${name}`, name, (entity, call) => upsertMany(entity, field, call))
      : undefined;
  }
  const isRead = method === 'GET' || method === 'POST';
  return isRead ? onObject('read', `collections retrieve ${name}`, name, retrieveMany) : undefined;
}

const COLLECTIONS: Readonly<Record<string, Route>> = {
  POST: { requestClass: 'write', operation: 'collections create', run: createMany },
  PATCH: { requestClass: 'write', operation: 'collections update', run: updateMany },
  DELETE: { requestClass: 'write', operation: 'collections delete', run: deleteMany },
};

function routeTooling(method: string, [api, name, id]: readonly string[]): Route | undefined {
  if (api === 'query' && method === 'GET') {
    return { requestClass: 'tooling', operation: 'tooling query', run: (call) => query('tooling', call) };
  }
  if (api !== 'sobjects' || name !== 'CustomField') return undefined;
  const run = id === undefined ? (method === 'POST' ? createCustomField : undefined) : customFieldRun(method, id);
  const operation = `tooling ${method === 'POST' ? 'create' : method.toLowerCase()}`;
  return run === undefined ? undefined : { requestClass: 'tooling', operation, run };
}

function customFieldRun(method: string, id: string): Route['run'] | undefined {
  switch (method) {
    case 'GET':
      return (call) => readCustomField(id, call);
    case 'PATCH':
      return (call) => updateCustomField(id, call);
    case 'DELETE':
      return (call) => deleteCustomField(id, call);
    default:
      return undefined;
  }
}

/** `GET /services/data`, which needs no session. */
export function listVersions(latest: number): ApiAnswer {
  const versions = Array.from({ length: latest - OLDEST + 1 }, (_, index) => OLDEST + index);
  return ok(
    versions.map((number) => ({
      label: `Version ${number}`,
      url: `/services/data/v${number}.0`,
      version: `${number}.0`,
    })),
  );
}

export const OLDEST = 31;
