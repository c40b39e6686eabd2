import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { ok, type ApiCall } from './api.ts';
import { CREATED } from './default-schemas.ts';
import { textOf } from '../json-text.ts';
import type { ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import type { HubSpotRecord } from './record-table.ts';
import { invalid, isObject, malformed } from './refusals.ts';
import { indexedValues, matches, readFilter, type Filter } from './search-filter.ts';
import type { SearchIndex } from './search-index.ts';
import { showRecord } from './show.ts';

/** Limits of hubspot.md 9.2. */
const MAX_BODY = 3000;
const MAX_GROUPS = 5;
const MAX_FILTERS_PER_GROUP = 6;
const MAX_FILTERS = 18;
const MAX_PAGE = 200;
const MAX_RESULTS = 10_000;

interface Query {
  readonly groups: readonly (readonly Filter[])[];
  readonly text: string;
  readonly limit: number;
  readonly after: number;
  readonly properties: readonly string[];
  readonly sort: { readonly property: string; readonly descending: boolean };
}

export function search(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  const query = readQuery(portal, type, request.body);
  const found = findRecords(portal.searchIndex(type), query).toSorted(bySort(query.sort));
  const page = found.slice(query.after, query.after + query.limit);
  const next = query.after + query.limit;
  return ok({
    total: found.length,
    results: page.map((record) => showRecord(portal, type, record, query.properties)),
    ...(next < found.length ? { paging: { next: { after: String(next) } } } : {}),
  });
}

function readQuery(portal: Portal, type: ObjectType, body: JsonObject): Query {
  if (JSON.stringify(body).length > MAX_BODY) throw invalid(`The request body is longer than ${MAX_BODY} characters.`);
  const after = body['after'] ?? '0';
  if (!/^\d+$/.test(textOf(after))) throw invalid('after must be an integer');
  const limit = Number(body['limit'] ?? 10);
  if (!(limit >= 0 && limit <= MAX_PAGE)) throw invalid(`limit must be at most ${MAX_PAGE}`);
  if (Number(after) + limit > MAX_RESULTS) throw invalid(`A search gives no more than ${MAX_RESULTS} results.`);
  return {
    groups: readGroups(portal, type, body['filterGroups']),
    text: typeof body['query'] === 'string' ? body['query'].toLowerCase() : '',
    limit,
    after: Number(after),
    properties: Array.isArray(body['properties']) ? (body['properties'] as string[]) : [],
    sort: readSort(type, body['sorts']),
  };
}

function readGroups(portal: Portal, type: ObjectType, sent: JsonValue | undefined): Query['groups'] {
  if (sent === undefined) return [];
  if (!Array.isArray(sent)) throw malformed('filterGroups is not a list');
  if (sent.length > MAX_GROUPS) throw invalid(`There may be at most ${MAX_GROUPS} filterGroups, got ${sent.length}.`);
  const groups = (sent as JsonValue[]).map((group) => {
    const filters = isObject(group) ? group['filters'] : undefined;
    if (!Array.isArray(filters) || filters.length === 0) throw malformed('a filterGroup needs filters');
    if (filters.length > MAX_FILTERS_PER_GROUP) {
      throw invalid(`A filterGroup may have at most ${MAX_FILTERS_PER_GROUP} filters, got ${filters.length}.`);
    }
    return (filters as JsonValue[]).map((filter) => readFilter(portal.schemas[type], filter));
  });
  if (groups.flat().length > MAX_FILTERS) throw invalid(`There may be at most ${MAX_FILTERS} filters in all.`);
  return groups;
}

/** `[{propertyName, direction}]` or `['name']`, `['-name']`. */
function readSort(type: ObjectType, sent: JsonValue | undefined): Query['sort'] {
  const byDefault = { property: CREATED[type], descending: false };
  if (sent === undefined) return byDefault;
  if (!Array.isArray(sent)) throw malformed('sorts is not a list');
  if (sent.length > 1) throw invalid('Only one sort is supported.');
  const [sort] = sent as JsonValue[];
  if (typeof sort === 'string') return { property: sort.replace(/^-/, ''), descending: sort.startsWith('-') };
  if (!isObject(sort)) return byDefault;
  return { property: textOf(sort['propertyName'] ?? ''), descending: sort['direction'] === 'DESCENDING' };
}

/** A record is found when every filter of one group holds. */
function findRecords(index: SearchIndex, { groups, text }: Query): readonly HubSpotRecord[] {
  const found = new Map<string, HubSpotRecord>();
  for (const filters of groups.length === 0 ? [[]] : groups) {
    for (const record of candidates(index, filters)) {
      if (filters.every((filter) => matches(filter, record)) && hasText(record, text)) found.set(record.id, record);
    }
  }
  return [...found.values()];
}

/** Through the index of a property that must have certain values; else all. */
function candidates(index: SearchIndex, filters: readonly Filter[]): readonly HubSpotRecord[] {
  for (const filter of filters) {
    const values = indexedValues(filter);
    if (values !== undefined) return values.flatMap((value) => index.withValue(filter.property.name, value));
  }
  return index.all();
}

const TEXT_PROPERTIES =
  'firstname lastname email phone mobilephone company hs_additional_emails hs_call_title hs_call_body hs_task_subject hs_task_body hs_note_body subject content'.split(
    ' ',
  );

function hasText({ properties }: HubSpotRecord, text: string): boolean {
  if (text === '') return true;
  const all = TEXT_PROPERTIES.map((name) => properties[name] ?? '').join(' ');
  return all.toLowerCase().includes(text);
}

function bySort({ property, descending }: Query['sort']): (one: HubSpotRecord, other: HubSpotRecord) => number {
  const sign = descending ? -1 : 1;
  return (one, other) => {
    const [left, right] = [one.properties[property] ?? '', other.properties[property] ?? ''];
    const order = left === right ? Number(one.id) - Number(other.id) : left < right ? -1 : 1;
    return sign * order;
  };
}
