import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import {
  listDispositions,
  listOwners,
  listPipelines,
  readAccount,
  readOwner,
  readPropertyLimits,
} from './account-api.ts';
import type { ApiCall, Route } from './api.ts';
import { getObjectType } from './api.ts';
import { routeAssociationBatch, routeObjectAssociation } from './association-routes.ts';
import { batchArchive, batchCreate, batchRead, batchUpdate, batchUpsert } from './batch-api.ts';
import { findObjectType, OBJECT_TYPES, type ObjectType } from './object-types.ts';
import { routeProperties } from './property-routes.ts';
import { archive, create, list, merge, read, update } from './records-api.ts';
import { search } from './search-api.ts';

/** The path without the version, which stands in one of two places: `/crm/v3/objects/…`, `/crm/objects/2026-03/…`. */
export interface Address {
  /** `objects`, `associations`, `properties`, … */
  readonly api: string;
  readonly version: string;
  readonly rest: readonly string[];
}

const VERSIONS = ['v3', 'v4', '2026-03', '2026-09'];

export function readAddress({ segments }: Pick<ApiRequest, 'segments'>): Address | undefined {
  const [first = '', second = '', third = ''] = segments;
  if (first === 'crm' && second.startsWith('v')) return known({ api: third, version: second, rest: segments.slice(3) });
  if (first === 'crm') return known({ api: second, version: third, rest: segments.slice(3) });
  if (first === 'calling') return { api: 'calling', version: second, rest: segments.slice(2) };
  return known({ api: first, version: second, rest: segments.slice(2) });
}

function known(address: Address): Address | undefined {
  return VERSIONS.includes(address.version) ? address : undefined;
}

/** The operation a request asks for; undefined: there is none, 404. */
export function findRoute(request: Pick<ApiRequest, 'segments' | 'method'>): Route | undefined {
  const address = readAddress(request);
  return address === undefined ? undefined : APIS[address.api]?.(request.method, address.rest);
}

const APIS: Readonly<Record<string, (method: string, rest: readonly string[]) => Route | undefined>> = {
  objects: routeObjects,
  associations: routeAssociationBatch,
  properties: routeProperties,
  owners: reading((rest) =>
    account('owners', ['crm.objects.owners.read'], (call) =>
      rest[0] === undefined ? listOwners(call) : readOwner(rest[0], call),
    ),
  ),
  pipelines: reading(([name = '']) => routePipelines(name)),
  limits: reading(() => account('limits', [], readPropertyLimits)),
  'account-info': reading(() => account('account-info', [], readAccount)),
  calling: reading(() => account('dispositions', OBJECT_TYPES.calls.readScopes, listDispositions)),
};

function reading(
  find: (rest: readonly string[]) => Route | undefined,
): (method: string, rest: readonly string[]) => Route | undefined {
  return (method, rest) => (method === 'GET' ? find(rest) : undefined);
}

function account(operation: string, scopes: readonly string[], run: Route['run']): Route {
  return { requestClass: 'account', operation, scopes, run };
}

function routePipelines(name: string): Route | undefined {
  const type = findObjectType(name);
  return type === undefined
    ? undefined
    : account('pipelines', OBJECT_TYPES[type].readScopes, (call) => listPipelines(type, call));
}

function routeObjects(method: string, [name = '', ...rest]: readonly string[]): Route | undefined {
  if (rest[1] === 'associations') return routeObjectAssociation(method, [name, ...rest]);
  const type = findObjectType(name);
  if (type === undefined) {
    // Only running it says so, so that a bad token is still answered first.
    return { requestClass: 'read', operation: 'unknown', scopes: [], run: () => getObjectType(name) as never };
  }
  const named = NAMED[`${method} ${rest.join('/')}`];
  if (named !== undefined) return record(type, named);
  const [id, ...more] = rest;
  return id === undefined || more.length > 0 ? undefined : routeRecord(method, type, id);
}

interface Operation {
  readonly requestClass: 'search' | 'read' | 'write';
  readonly operation: string;
  readonly run: (type: ObjectType, call: ApiCall) => ApiAnswer;
}

const NAMED: Readonly<Record<string, Operation>> = {
  'GET ': { requestClass: 'read', operation: 'list', run: list },
  'POST ': { requestClass: 'write', operation: 'create', run: create },
  'POST search': { requestClass: 'search', operation: 'search', run: search },
  'POST merge': { requestClass: 'write', operation: 'merge', run: merge },
  'POST batch/create': { requestClass: 'write', operation: 'batch/create', run: batchCreate },
  'POST batch/read': { requestClass: 'read', operation: 'batch/read', run: batchRead },
  'POST batch/update': { requestClass: 'write', operation: 'batch/update', run: batchUpdate },
  'POST batch/upsert': { requestClass: 'write', operation: 'batch/upsert', run: batchUpsert },
  'POST batch/archive': { requestClass: 'write', operation: 'batch/archive', run: batchArchive },
};

function routeRecord(method: string, type: ObjectType, id: string): Route | undefined {
  switch (method) {
    case 'GET':
      return record(type, { requestClass: 'read', operation: 'read', run: (_, call) => read(type, id, call) });
    case 'PATCH':
      return record(type, { requestClass: 'write', operation: 'update', run: (_, call) => update(type, id, call) });
    case 'DELETE':
      return record(type, { requestClass: 'write', operation: 'archive', run: (_, call) => archive(type, id, call) });
    default:
      return undefined;
  }
}

function record(type: ObjectType, { requestClass, operation, run }: Operation): Route {
  const { readScopes, writeScopes } = OBJECT_TYPES[type];
  return {
    requestClass,
    operation: `${type} ${operation}`,
    scopes: requestClass === 'write' ? writeScopes : readScopes,
    run: (call) => run(type, call),
  };
}
