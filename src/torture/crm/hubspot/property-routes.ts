import type { ApiAnswer } from '../simulator.ts';
import type { ApiCall, Route } from './api.ts';
import { findObjectType, OBJECT_TYPES, singular, type ObjectType } from './object-types.ts';
import {
  archiveProperty,
  batchCreateProperties,
  batchReadProperties,
  createGroup,
  createProperty,
  listGroups,
  listProperties,
  readGroup,
  readProperty,
  updateProperty,
} from './properties-api.ts';

type Run = (type: ObjectType, call: ApiCall) => ApiAnswer;

const NAMED: Readonly<Record<string, { readonly operation: string; readonly run: Run }>> = {
  'GET ': { operation: 'list properties', run: listProperties },
  'POST ': { operation: 'create property', run: createProperty },
  'GET groups': { operation: 'list groups', run: listGroups },
  'POST groups': { operation: 'create group', run: createGroup },
  'POST batch/create': { operation: 'create properties', run: batchCreateProperties },
  'POST batch/read': { operation: 'read properties', run: batchReadProperties },
};

/** `/properties/{type}/…` */
export function routeProperties(method: string, [name = '', ...rest]: readonly string[]): Route | undefined {
  const type = findObjectType(name);
  if (type === undefined) return undefined;
  const named = NAMED[`${method} ${rest.join('/')}`];
  if (named !== undefined) return route(type, named.operation, (call) => named.run(type, call));
  const [first = '', second] = rest;
  if (first === 'groups' && second !== undefined && method === 'GET') {
    return route(type, 'read group', (call) => readGroup(type, second, call));
  }
  return second === undefined ? routeProperty(method, type, first) : undefined;
}

function routeProperty(method: string, type: ObjectType, name: string): Route | undefined {
  switch (method) {
    case 'GET':
      return route(type, 'read property', (call) => readProperty(type, name, call));
    case 'PATCH':
      return route(type, 'update property', (call) => updateProperty(type, name, call));
    case 'DELETE':
      return route(type, 'archive property', (call) => archiveProperty(type, name, call));
    default:
      return undefined;
  }
}

/** Reading takes a scope of the objects or of their schema; changing takes the schema's own. */
function route(type: ObjectType, operation: string, run: Route['run']): Route {
  const { readScopes, writeScopes, schemaWriteScopes } = OBJECT_TYPES[type];
  const reads = /^(list|read)/.test(operation);
  const scopes = reads
    ? [...readScopes, ...writeScopes, `crm.schemas.${type}.read`, ...schemaWriteScopes]
    : schemaWriteScopes;
  return { requestClass: 'schema', operation: `${singular(type)} ${operation}`, scopes, run };
}
