import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import { ENTITIES, type Entity } from './object-types.ts';
import type { Org } from './org.ts';
import { notFound } from './refusals.ts';
import type { Transaction } from './transaction.ts';

/** What a request is for; every one but `token` counts as one API request, whatever it holds. */
export type RequestClass = 'token' | 'query' | 'search' | 'describe' | 'write' | 'read' | 'tooling' | 'limits';

/** A request that found its operation, or a part of a composite one. */
export interface ApiCall {
  readonly org: Org;
  readonly request: ApiRequest;
  /** 66 in `/services/data/v66.0/…` */
  readonly version: number;
  readonly transaction: Transaction;
}

/** One operation of the API. */
export interface Route {
  readonly requestClass: RequestClass;
  /** Without ids and versions: `Lead create`, `Task upsert`, `collections create`, `query`. */
  readonly operation: string;
  readonly run: (call: ApiCall) => ApiAnswer;
}

export function ok(body: JsonValue, status = 200): ApiAnswer {
  return { status, body };
}

export const NO_CONTENT: ApiAnswer = { status: 204 };

/** Throws 404 for an object that this org does not have. */
export function getEntity(org: Org, name: string): Entity {
  const entity = org.visibleEntity(name);
  if (entity === undefined || ENTITIES[entity].tooling === true) throw notFound();
  return entity;
}

export function urlOf(version: number, entity: string, id: string): string {
  return `/services/data/v${version}.0/sobjects/${entity}/${id}`;
}

export function attributesOf(version: number, entity: string, id: string): JsonObject {
  return { type: entity, url: urlOf(version, entity, id) };
}

/** `?ids=a,b` or `?fields=a,b` */
export function readList(query: URLSearchParams, name: string): readonly string[] {
  return (query.get(name) ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}
