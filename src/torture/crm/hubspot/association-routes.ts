import type { ApiAnswer } from '../simulator.ts';
import type { ApiCall, Route } from './api.ts';
import {
  associateByDefault,
  batchAssociateByDefault,
  batchReadAssociations,
  batchSetLabels,
  listAssociations,
  removeAssociation,
  setLabels,
  type Pair,
} from './associations-api.ts';
import { findObjectType, OBJECT_TYPES } from './object-types.ts';

/** `/objects/{from}/{id}/associations/…` */
export function routeObjectAssociation(method: string, path: readonly string[]): Route | undefined {
  const [from = '', fromId = '', , ...rest] = path;
  const isDefault = rest[0] === 'default';
  const [to = '', toId] = isDefault ? rest.slice(1) : rest;
  const pair = readPair(from, to);
  if (pair === undefined) return undefined;
  return toId === undefined ? routeList(method, pair, fromId) : routeBond(method, pair, [fromId, toId], isDefault);
}

function routeList(method: string, pair: Pair, id: string): Route | undefined {
  return method === 'GET' ? route(pair, 'list', (call) => listAssociations(pair, id, call)) : undefined;
}

function routeBond(method: string, pair: Pair, ids: readonly [string, string], isDefault: boolean): Route | undefined {
  if (method === 'DELETE') return route(pair, 'remove', (call) => removeAssociation(pair, ids, call));
  if (method !== 'PUT') return undefined;
  return isDefault
    ? route(pair, 'default', (call) => associateByDefault(pair, ids, call))
    : route(pair, 'labels', (call) => setLabels(pair, ids, call));
}

const BATCHES: Readonly<Record<string, (pair: Pair, call: ApiCall) => ApiAnswer>> = {
  'batch/associate/default': batchAssociateByDefault,
  'batch/create': batchSetLabels,
  'batch/read': batchReadAssociations,
};

/** `/associations/{from}/{to}/batch/…` */
export function routeAssociationBatch(
  method: string,
  [from = '', to = '', ...rest]: readonly string[],
): Route | undefined {
  const pair = readPair(from, to);
  const operation = rest.join('/');
  const run = BATCHES[operation];
  if (method !== 'POST' || pair === undefined || run === undefined) return undefined;
  return route(pair, operation, (call) => run(pair, call));
}

function readPair(from: string, to: string): Pair | undefined {
  const [one, other] = [findObjectType(from), findObjectType(to)];
  return one === undefined || other === undefined ? undefined : { from: one, to: other };
}

/** There is no scope of its own: those of either side are enough. */
function route({ from, to }: Pair, operation: string, run: Route['run']): Route {
  const side = operation === 'list' || operation === 'batch/read' ? 'readScopes' : 'writeScopes';
  const scopes = [...new Set([...OBJECT_TYPES[from][side], ...OBJECT_TYPES[to][side]])];
  return { requestClass: 'association', operation: `${from}>${to} ${operation}`, scopes, run };
}
