import { toIso } from '../../shared/clock.ts';
import { parseInstant } from '../../shared/time.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { ContactQuery, Failure, FoundRecord, RecordKind, RequestContext, Result } from '../destination.ts';
import { textOf } from './answer.ts';
import type { FoundRow } from './lookup.ts';
import { isId, longId, personTypeOf, PERSON_KEY } from './objects.ts';
import type { SalesforceParts } from './parts.ts';
import { phonesOfRow } from './people-lookups.ts';
import { nameOn } from './person-fields.ts';
import { PLACEHOLDERS } from './placeholders.ts';

/** Everybody of the first object in the operator's order who carries this number, address or external id. */
export async function findPeople(
  parts: SalesforceParts,
  query: ContactQuery,
  context: RequestContext,
): Promise<Result<readonly FoundRecord[]>> {
  const org = await parts.orgs.org(context);
  if ('kind' in org) return org;
  const rows = await rowsFor(parts, query, context);
  if ('kind' in rows) return rows;
  const people = await followConverted(parts, rows, context);
  if ('kind' in people) return people;
  const [type] = parts.people.types.filter((candidate) => people.some((row) => row.type === candidate));
  const best = people.filter((row) => type === undefined || row.type === type);
  return { kind: 'ok', value: best.map((person) => toFoundPerson(parts, person)) };
}

type Rows = readonly FoundRow[] | Failure;

async function rowsFor(parts: SalesforceParts, { by, value }: ContactQuery, context: RequestContext): Promise<Rows> {
  const { lookups } = parts;
  switch (by) {
    case 'external_id':
      return findByExternalId(parts, value, context);
    case 'email':
      return lookups.byEmail(value.toLowerCase(), context);
    case 'phone': {
      const rows = await lookups.byPhone(value, context);
      return 'kind' in rows || rows.length > 0 ? rows : lookups.searchPhone(value, context);
    }
  }
}

async function findByExternalId(
  { people, lookups }: SalesforceParts,
  value: string,
  context: RequestContext,
): Promise<Rows> {
  const { externalIdField } = people;
  if (externalIdField !== 'Id') {
    return lookups.byExternalId(externalIdField === PERSON_KEY ? `external:${value}` : value, context);
  }
  const id = longId(value);
  return isId(id) && personTypeOf(id) !== null ? lookups.byId(id, context) : [];
}

/**
 * A converted Lead cannot be written to any more: whoever it became is meant (salesforce.md section 4.6), also by numbers that
 * only the Lead carries.
 */
async function followConverted(
  { lookups, people }: SalesforceParts,
  rows: readonly FoundRow[],
  context: RequestContext,
): Promise<readonly FoundPerson[] | Failure> {
  const followed = new Map<string, FoundPerson>();
  for (const row of rows) {
    const id = convertedTo(row);
    const targets = id === null ? [row] : await whoHas(lookups, id, context);
    if ('kind' in targets) return targets;
    for (const target of targets) {
      const known = followed.get(target.id)?.alsoPhones ?? [];
      const alsoPhones = id === null ? known : [...known, ...phonesOfRow(people, row)];
      followed.set(target.id, { ...target, alsoPhones });
    }
  }
  return [...followed.values()];
}

interface FoundPerson extends FoundRow {
  /** E.164 numbers of the Leads that became this person. */
  readonly alsoPhones: readonly string[];
}

/** Nobody, where the conversion led to somebody whom the user may not see, or who was deleted. */
function whoHas({ byId }: SalesforceParts['lookups'], id: string, context: RequestContext): Promise<Rows> {
  return id === '' ? Promise.resolve([]) : byId(id, context);
}

function convertedTo({ type, fields }: FoundRow): string | null {
  if (type !== 'Lead' || fields['IsConverted'] !== true) return null;
  // Without a Contact it became a person account.
  return textOf(fields['ConvertedContactId']) ?? textOf(fields['ConvertedAccountId']) ?? '';
}

/** Who a person is now: itself, or what a Lead was converted to. */
export async function findPerson(
  parts: SalesforceParts,
  id: string,
  context: RequestContext,
): Promise<Result<FoundRecord>> {
  const rows = await parts.lookups.byId(longId(id), context);
  const people = 'kind' in rows ? rows : await followConverted(parts, rows, context);
  if ('kind' in people) return people;
  const [person] = people;
  return person === undefined
    ? { kind: 'gone', reason: noRecord(id) }
    : { kind: 'ok', value: toFoundPerson(parts, person) };
}

function noRecord(id: string): string {
  return `Salesforce has no record ${id}`;
}

/** The current state of one record; `gone` when it was deleted, merged away or, a Lead, converted. */
export async function readRecord(
  parts: SalesforceParts,
  { kind, id }: { readonly kind: RecordKind; readonly id: string },
  context: RequestContext,
): Promise<Result<FoundRecord>> {
  const org = await parts.orgs.org(context);
  if ('kind' in org) return org;
  const rows = await (kind === 'contact' ? parts.lookups.byId : parts.tasks.byId)(longId(id), context);
  if ('kind' in rows) return rows;
  const [row] = rows;
  if (row === undefined || row.fields['IsDeleted'] === true) {
    return { kind: 'gone', reason: noRecord(id) };
  }
  if (convertedTo(row) !== null) return { kind: 'gone', reason: `Lead ${id} was converted` };
  return { kind: 'ok', value: toFoundRecord(parts, row) };
}

function toFoundPerson(parts: SalesforceParts, { alsoPhones, ...row }: FoundPerson): FoundRecord {
  const record = toFoundRecord(parts, row);
  const phones = [...new Set([...(record.phones ?? []), ...alsoPhones])];
  return { ...record, phones, ...(row.type === 'Account' ? { isCompany: true } : {}) };
}

/** Fields under the names by which integrations write them, `Lead.Company`; null where a record has no such field. */
export function toFoundRecord(
  { people, asked }: Pick<SalesforceParts, 'people' | 'asked'>,
  row: FoundRow,
): FoundRecord {
  const { type, id, fields } = row;
  const values = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, readValue(value)]));
  const shown: JsonObject = { ...values, ...hidden(values) };
  const mapped = [...asked[type === 'Task' ? 'tasks' : 'people']].map((field) => {
    const name = nameOn(type, field);
    return [field, name === null ? null : (shown[name] ?? null)] as const;
  });
  return {
    id,
    fields: { ...shown, ...Object.fromEntries(mapped) },
    phones: type === 'Task' ? null : phonesOfRow(people, row),
    createdAt: textOf(shown['CreatedDate']),
  };
}

/** What stood in for a name that nobody knew is as good as nothing. */
function hidden(values: JsonObject): JsonObject {
  const names = Object.keys(PLACEHOLDERS).filter((name) => PLACEHOLDERS[name]?.(values[name] ?? null) === true);
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** Times with milliseconds and a Z, as templates write them; Salesforce says `+0000`. */
function readValue(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+0000)$/.test(value)) return value;
  const epochMs = parseInstant(value);
  return epochMs === null ? value : toIso(epochMs);
}
