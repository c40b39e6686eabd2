import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { nationalNumber } from '../../shared/phone.ts';
import type { After } from '../../shared/after.ts';
import type { Load } from '../batcher.ts';
import { asObject } from '../rest/read-path.ts';
import type { Answer } from '../rest/answer.ts';
import { addressesOf } from './addresses-of.ts';
import { readRows, textOf, type HubSpotRecord } from './answer.ts';
import { classifyRow } from './classify-row.ts';
import { labelOf, type HubSpotClient } from './exchange.ts';
import { SEARCH } from './limits.ts';
import type { ObjectType } from './objects.ts';
import { PHONE_PROPERTIES, phonesOf } from './phones-of.ts';
import { createRowBatch, type RowResult } from './row-batch.ts';

/** `missing`: there is no such record. `not_unique`: HubSpot cannot look records up by this property. */
export type Looked =
  | { readonly kind: 'record'; readonly record: HubSpotRecord }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not_unique' };

export interface BatchOptions {
  readonly client: HubSpotClient;
  readonly after: After;
  readonly version: string;
}

const MAX_ROWS = 100;

/** Reads records by id, or by the value of a unique property, up to a hundred at once. */
export function createReadBatch(
  { client, after, version }: BatchOptions,
  {
    type,
    idProperty,
    properties,
  }: { readonly type: ObjectType; readonly idProperty: string | null; readonly properties: () => readonly string[] },
): Load<string, Looked> {
  const question = { method: 'POST', path: `/crm/objects/${version}/${type}/batch/read`, effect: 'read' } as const;
  const own = idProperty === null ? {} : { idProperty };
  return createRowBatch<string, Looked>({
    client,
    after,
    question,
    maxRows: MAX_ROWS,
    keyOf: (key) => key.toLowerCase(),
    sharesRows: true,
    body: (keys) => ({ ...own, properties: requested(properties(), idProperty), inputs: keys.map((id) => ({ id })) }),
    read: (answer, keys) => readByKey(answer, keys, idProperty),
    refused(error) {
      const verdict = classifyRow(error, labelOf(question));
      if (verdict.kind === 'not_unique') return { kind: 'not_unique' };
      if (verdict.kind === 'gone') return { kind: 'missing' };
      return { kind: 'rejected', reason: verdict.reason };
    },
  });
}

function requested(properties: readonly string[], idProperty: string | null): readonly string[] {
  return [...new Set([...properties, ...(idProperty === null ? [] : [idProperty])])];
}

function readByKey(answer: Answer, keys: readonly string[], idProperty: string | null): readonly RowResult<Looked>[] {
  const { records } = readRows(answer);
  const shown = shownById(answer);
  return keys.map((key) => {
    const record = records.find((candidate) => hasKey(candidate, key, idProperty));
    if (record === undefined) return { value: { kind: 'missing' }, shown: null };
    return { value: { kind: 'record', record }, shown: shown.get(record.id) ?? null };
  });
}

/** HubSpot writes addresses in lower case, and finds a contact by a second one, too. */
function hasKey({ id, properties }: HubSpotRecord, key: string, idProperty: string | null): boolean {
  if (idProperty === null) return id === key;
  if (idProperty === 'email') return addressesOf(properties).includes(key.toLowerCase());
  return properties[idProperty]?.toLowerCase() === key.toLowerCase();
}

/** Of the whole body (hubspot.md section 9.2): a hundred numbers of ten digits fit, twice. */
const MAX_SEARCH_CHARACTERS = 3_000;
export const MAX_PAGE = 200;
const SEARCHABLE = ['hs_searchable_calculated_phone_number', 'hs_searchable_calculated_mobile_number'];

/**
 * Looks for contacts by phone, many numbers in one search. HubSpot compares national numbers; only a hit that carries the
 * exact E.164 number is one (hubspot.md section 10).
 */
export function createPhoneSearch({ client, after, version }: BatchOptions): Load<string, readonly HubSpotRecord[]> {
  const question = {
    method: 'POST',
    path: `/crm/objects/${version}/contacts/search`,
    effect: 'read',
    limitClass: SEARCH,
  } as const;
  return createRowBatch<string, readonly HubSpotRecord[]>({
    client,
    after,
    question,
    maxRows: MAX_ROWS,
    weight: { of: charactersOf, max: MAX_SEARCH_CHARACTERS - JSON.stringify(searchBody([])).length },
    keyOf: (phone) => phone,
    sharesRows: true,
    body: searchBody,
    read: readHits,
    refused: (error) => ({ kind: 'rejected', reason: classifyRow(error, labelOf(question)).reason }),
  });
}

function searchBody(phones: readonly string[]): JsonObject {
  const values = [...new Set(phones.flatMap((phone) => searchable(phone)))];
  const filterGroups = SEARCHABLE.map((propertyName) => ({ filters: [{ propertyName, operator: 'IN', values }] }));
  return { filterGroups, properties: PHONE_PROPERTIES, limit: MAX_PAGE };
}

/** Quotes and a comma with each. */
function charactersOf(phone: string): number {
  return searchable(phone).reduce((sum, value) => sum + value.length + 3, 0) * SEARCHABLE.length;
}

/** Where the area code begins with a zero, both ways: HubSpot's form drops it. */
function searchable(phone: string): readonly string[] {
  const national = nationalNumber(phone);
  return national.startsWith('0') ? [national, national.replace(/^0+/, '')] : [national];
}

/** More hits than a page: asked again with fewer numbers; the contacts of one number are a page at most. */
function readHits(answer: Answer, phones: readonly string[]): readonly RowResult<readonly HubSpotRecord[]>[] | null {
  if (hasMore(answer) && phones.length > 1) return null;
  const { records } = readRows(answer);
  const byPhone = new Map<string, HubSpotRecord[]>();
  for (const record of records) {
    for (const phone of phonesOf(record.properties)) byPhone.set(phone, [...(byPhone.get(phone) ?? []), record]);
  }
  const shown = shownById(answer);
  return phones.map((phone) => {
    const hits = byPhone.get(phone) ?? [];
    return { value: hits, shown: { total: hits.length, results: hits.map(({ id }) => shown.get(id) ?? null) } };
  });
}

export function hasMore({ body }: Answer): boolean {
  return asObject(body)?.['paging'] !== undefined;
}

export function shownById({ body }: Answer): ReadonlyMap<string, JsonValue> {
  const results = asObject(body)?.['results'];
  const list = Array.isArray(results) ? (results as readonly JsonValue[]) : [];
  return new Map(list.map((item) => [textOf(asObject(item)?.['id']) ?? '', item] as const));
}
