import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { RecordKind, RequestContext } from '../../destination.ts';
import type { Mapping } from '../../mapped-field.ts';
import { asObject } from '../../rest/read-path.ts';
import { textOf } from '../answer.ts';
import type { HubSpotClient } from '../exchange.ts';
import { OBJECT_TYPES } from '../objects.ts';
import type { HubSpotParts } from '../parts.ts';
import type { Option, Portal, Property } from '../portal.ts';
import { look } from './look.ts';

/** Legal values that stand elsewhere than with their property, by `kind.field`; missing: they could not be read. */
export type ExternalOptions = ReadonlyMap<string, readonly Option[]>;

const OWNER = 'hubspot_owner_id';
const PIPELINE = 'hs_pipeline';
const STAGE = 'hs_pipeline_stage';

/** Reads owners and pipelines, as far as constants are written to them. */
export async function readExternalOptions(
  { client, version }: HubSpotParts,
  mappings: readonly Mapping[],
  { schemas }: Portal,
  context: RequestContext,
): Promise<ExternalOptions> {
  const found = new Map<string, readonly Option[]>();
  for (const { kind, field, knownValues } of mappings) {
    const name = `${kind}.${field}`;
    if (knownValues.length === 0 || found.has(name) || !isExternal(schemas[kind]?.get(field))) continue;
    const options = await readOptions(client, version, { kind, field }, context);
    if (options !== null) found.set(name, options);
  }
  return found;
}

/** Why a constant is not a legal value; empty when it is, or when nobody can tell (see `isUnlisted`). */
export function checkOption(
  property: Property | undefined,
  kind: RecordKind,
  value: JsonValue,
  external: ExternalOptions,
): readonly string[] {
  const text = textOf(value);
  if (text === null || text === '' || property === undefined || !isExternal(property)) return [];
  const options = external.get(`${kind}.${property.name}`);
  if (options === undefined || options.some((option) => option.value === text)) return [];
  const named = options.find(({ label }) => label.toLowerCase() === text.toLowerCase());
  const right = named === undefined ? listed(options) : ` "${text}" is ${named.value}.`;
  return [`"${text}" is not the id of ${NOUNS[property.name] ?? 'an option'}.${right}`];
}

/** True for a property whose legal values are not known. */
export function isUnlisted(property: Property, kind: RecordKind, external: ExternalOptions): boolean {
  return isExternal(property) && !external.has(`${kind}.${property.name}`);
}

const NOUNS: Readonly<Record<string, string>> = {
  [OWNER]: 'an active owner',
  [PIPELINE]: 'a pipeline',
  [STAGE]: 'a stage of a pipeline',
};

function isExternal(property: Property | undefined): boolean {
  return property?.type === 'enumeration' && property.options === null;
}

const MAX_LISTED = 12;

function listed(options: readonly Option[]): string {
  if (options.length === 0 || options.length > MAX_LISTED) return '';
  return ` Known: ${options.map(({ value, label }) => `${value} (${label})`).join(', ')}.`;
}

type Field = Pick<Mapping, 'kind' | 'field'>;

async function readOptions(
  client: HubSpotClient,
  version: string,
  { kind, field }: Field,
  context: RequestContext,
): Promise<readonly Option[] | null> {
  if (field === OWNER) return readOwners(client, version, context);
  if (field !== PIPELINE && field !== STAGE) return null;
  const pipelines = await readList(client, `/crm/pipelines/${version}/${OBJECT_TYPES[kind]}`, context);
  if (pipelines === null) return null;
  const entries = field === PIPELINE ? pipelines : pipelines.flatMap(({ stages }) => objectsOf(stages));
  return entries.map((entry) => ({ value: textOf(entry['id']) ?? '', label: textOf(entry['label']) ?? '' }));
}

/** More than an account has; a page holds 100 owners. */
const MAX_PAGES = 20;

async function readOwners(
  client: HubSpotClient,
  version: string,
  context: RequestContext,
): Promise<readonly Option[] | null> {
  const owners: Option[] = [];
  let query: string | null = 'limit=100';
  for (let page = 0; page < MAX_PAGES && query !== null; page += 1) {
    const looked = await look(client, `/crm/owners/${version}?${query}`, context);
    if (looked.kind !== 'answer') return null;
    const body: JsonObject = asObject(looked.answer.body) ?? {};
    const entries = objectsOf(body['results']);
    owners.push(...entries.map(({ id, email }) => ({ value: textOf(id) ?? '', label: textOf(email) ?? '' })));
    query = nextPage(body);
  }
  return query === null ? owners : null;
}

function nextPage({ paging }: JsonObject): string | null {
  const after = textOf(asObject(asObject(paging ?? null)?.['next'] ?? null)?.['after']);
  return after === null ? null : `limit=100&after=${encodeURIComponent(after)}`;
}

async function readList(
  client: HubSpotClient,
  path: string,
  context: RequestContext,
): Promise<readonly JsonObject[] | null> {
  const looked = await look(client, path, context);
  if (looked.kind !== 'answer' || looked.answer.status !== 200) return null;
  return objectsOf(asObject(looked.answer.body)?.['results']);
}

function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  return list.map((item) => asObject(item)).filter((item) => item !== null);
}
