import { toIso } from '../../shared/clock.ts';
import type { ContactQuery, Failure, FoundRecord, RecordKind, RequestContext, Result } from '../destination.ts';
import type { HubSpotRecord } from './answer.ts';
import { toEpochMs } from '../to-epoch-ms.ts';
import { OBJECT_TYPES, UNIQUE_PROPERTIES } from './objects.ts';
import type { HubSpotParts } from './parts.ts';
import { phonesOf } from './phones-of.ts';
import type { Looked } from './read-batches.ts';

/** Every contact that carries this number, address or external id. */
export function findContacts(
  parts: HubSpotParts,
  query: ContactQuery,
  context: RequestContext,
): Promise<Result<readonly FoundRecord[]>> {
  const { by, value } = query;
  switch (by) {
    case 'phone':
      return findByPhone(parts, value, context);
    case 'email':
      return findByEmail(parts, query, context);
    case 'external_id':
      return lookUp(parts.readByExternalId, externalKey(parts, value), context);
  }
}

/** The current state of one record; `gone` when it was archived or merged away. */
export async function readRecord(
  { readById }: Pick<HubSpotParts, 'readById'>,
  kind: RecordKind,
  id: string,
  context: RequestContext,
): Promise<Result<FoundRecord>> {
  const looked = await readById[kind](id, context);
  if (looked.kind === 'record') return { kind: 'ok', value: toFoundRecord(looked.record) };
  if (looked.kind !== 'missing' && looked.kind !== 'not_unique') return looked;
  return { kind: 'gone', reason: `HubSpot has no record ${id} among its ${OBJECT_TYPES[kind]}` };
}

async function findByPhone(
  parts: HubSpotParts,
  phone: string,
  context: RequestContext,
): Promise<Result<readonly FoundRecord[]>> {
  return readHits(parts, await parts.searchPhones(phone, context), context);
}

/** A second address is searched for only where HubSpot will not name its contact by itself: searches are scarce. */
async function findByEmail(
  parts: HubSpotParts,
  { value, isLast = false }: ContactQuery,
  context: RequestContext,
): Promise<Result<readonly FoundRecord[]>> {
  const found = await lookUp(parts.readByEmail, value, context);
  if (found.kind !== 'ok' || found.value.length > 0) return found;
  if (!isLast && parts.writesAddresses()) return found;
  return readHits(parts, await parts.searchAddresses(value, context), context);
}

/** A search tells who it is; what the contact holds is read, since the search index lags behind. */
async function readHits(
  { readById }: HubSpotParts,
  hits: readonly HubSpotRecord[] | Failure,
  context: RequestContext,
): Promise<Result<readonly FoundRecord[]>> {
  if ('kind' in hits) return hits;
  const records: FoundRecord[] = [];
  for (const looked of await Promise.all(hits.map(({ id }) => readById.contact(id, context)))) {
    if (looked.kind === 'record') records.push(toFoundRecord(looked.record));
    else if (looked.kind !== 'missing' && looked.kind !== 'not_unique') return looked;
  }
  return { kind: 'ok', value: records };
}

async function lookUp(
  read: (key: string, context: RequestContext) => Promise<Looked | Exclude<Result<never>, { kind: 'ok' }>>,
  key: string,
  context: RequestContext,
): Promise<Result<readonly FoundRecord[]>> {
  const looked = await read(key, context);
  if (looked.kind === 'record') return { kind: 'ok', value: [toFoundRecord(looked.record)] };
  // Nobody can be found by what this account does not keep apart.
  if (looked.kind === 'missing' || looked.kind === 'not_unique') return { kind: 'ok', value: [] };
  return looked;
}

function externalKey({ externalIdProperty }: HubSpotParts, value: string): string {
  return externalIdProperty === UNIQUE_PROPERTIES.contact ? `external:${value}` : value;
}

export function toFoundRecord({ id, properties, createdAt }: HubSpotRecord): FoundRecord {
  const phones = phonesOf(properties);
  const fields = Object.entries(properties).map(([name, value]) => [name, readValue(value)] as const);
  const { firstname } = properties;
  const isPlaceholder = typeof firstname === 'string' && phones.includes(firstname);
  return {
    id,
    fields: { ...Object.fromEntries(fields), ...(isPlaceholder ? { firstname: null } : {}) },
    phones,
    createdAt,
  };
}

/** Times with milliseconds, as templates write them; an empty text is nothing. */
function readValue(value: string | null): string | null {
  if (value === null || value === '') return null;
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return value;
  const epochMs = toEpochMs(value);
  return epochMs === null ? value : toIso(epochMs);
}
