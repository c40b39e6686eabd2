import { writtenForms, writtenGroups } from '../../shared/phone.ts';
import type { Load } from '../batcher.ts';
import { asObject } from '../rest/read-path.ts';
import { createRowBatch } from '../row-batch.ts';
import { readRecords, typeOfRecord } from './answer.ts';
import { reasonOf } from './classify.ts';
import type { Question } from './client.ts';
import {
  createLookup,
  keyIn,
  MAX_KEYS,
  sortByKey,
  toRow,
  type FoundRow,
  type LookupOptions,
  type Subquery,
} from './lookup.ts';
import { longId, PERSON_TYPES, personTypeOf, type PersonType } from './objects.ts';
import { emailFieldOf, fieldsToRead, phoneFieldsOf, phonesOf, visible } from './person-fields.ts';
import { isOneOf, phrase, select } from './soql.ts';

export interface PeopleOptions extends LookupOptions {
  /** Where people are looked for. */
  readonly types: readonly PersonType[];
  readonly externalIdField: string;
  /** Of numbers that carry none, where neither record nor org tell. */
  readonly defaultCountry: string | null;
  /** Fields that integrations write. */
  readonly asked: ReadonlySet<string>;
}

/** Ways to find people, each many at once. Email addresses are in lower case, phones E.164, ids 18 characters long. */
export interface PeopleLookups {
  readonly byId: Load<string, readonly FoundRow[]>;
  readonly byExternalId: Load<string, readonly FoundRow[]>;
  readonly byEmail: Load<string, readonly FoundRow[]>;
  /** By the forms in which numbers are written most; knows a record at once. */
  readonly byPhone: Load<string, readonly FoundRow[]>;
  /** By their groups, whatever stands between them; its index lags minutes behind (salesforce.md section 4.9). */
  readonly searchPhone: Load<string, readonly FoundRow[]>;
}

export function createPeopleLookups(options: PeopleOptions): PeopleLookups {
  return {
    byId: createLookup(options, {
      plan: (ids) => planByType(options, ids, (type) => ids.filter((id) => personTypeOf(id) === type)),
      keysOf: ({ id }) => [id],
    }),
    byExternalId: createLookup(options, {
      plan: (values) => planByField(options, values, (type) => externalIdFieldOf(options, type)),
      keysOf: keyIn(options.externalIdField),
    }),
    byEmail: createLookup(options, {
      plan: (addresses) => planByField(options, addresses, (type) => emailFieldOf(options.orgs.known(), type)),
      keysOf: (row) => [...keyIn('Email')(row), ...keyIn('PersonEmail')(row)].map((address) => address.toLowerCase()),
    }),
    byPhone: createLookup(options, {
      weight: { of: (phone) => listed(writtenForms(phone)), max: MAX_LIST },
      plan: (phones) => planPhones(options, phones),
      keysOf: (row) => phonesOfRow(options, row),
    }),
    searchPhone: createPhoneSearch(options),
  };
}

/** E.164 numbers of a person, as far as they can be told. */
export function phonesOfRow({ orgs, defaultCountry }: PeopleOptions, { type, fields }: FoundRow): readonly string[] {
  return type === 'Task' ? [] : phonesOf(type, fields, defaultCountry ?? orgs.known().country);
}

function fieldsOf({ orgs, asked, externalIdField }: PeopleOptions, type: PersonType): readonly string[] {
  return fieldsToRead(orgs.known(), type, [...asked, externalIdField]);
}

function externalIdFieldOf({ orgs, externalIdField }: PeopleOptions, type: PersonType): string | null {
  return visible(orgs.known(), type, [externalIdField])[0] ?? null;
}

/** Objects that the user may see. */
function typesOf({ orgs }: PeopleOptions, types: readonly PersonType[]): readonly PersonType[] {
  return types.filter((type) => (orgs.known().objects[type] ?? null) !== null);
}

/** Ids tell their object, so it is asked for, wherever people are looked for: a link may lead there. */
function planByType(
  options: PeopleOptions,
  ids: readonly string[],
  idsOf: (type: PersonType) => readonly string[],
): readonly Subquery[] {
  const types = typesOf(options, PERSON_TYPES).filter((type) => idsOf(type).length > 0);
  if (types.length === 0 && ids.length > 0) return [nothingFrom(options)];
  return types.map((type) => ({
    type,
    soql: select({ from: type, fields: fieldsOf(options, type), where: isOneOf('Id', idsOf(type).map(longId)) }),
  }));
}

function planByField(
  options: PeopleOptions,
  values: readonly string[],
  fieldOf: (type: PersonType) => string | null,
): readonly Subquery[] {
  const queries = typesOf(options, options.types).flatMap((type) => {
    const field = fieldOf(type);
    const where = field === null ? null : whereIn(options, { type, field, values });
    return where === null ? [] : [{ type, soql: select({ from: type, fields: fieldsOf(options, type), where }) }];
  });
  return queries.length > 0 ? queries : [nothingFrom(options)];
}

const NUMBERS = ['double', 'int', 'long'];

/** Null: nobody can have such a value there, or records cannot be looked for by it. */
function whereIn(
  { orgs }: PeopleOptions,
  { type, field, values }: { readonly type: PersonType; readonly field: string; readonly values: readonly string[] },
): string | null {
  const known = orgs.known().objects[type]?.get(field);
  if (known?.isFilterable !== true) return null;
  if (!NUMBERS.includes(known.type)) return isOneOf(field, values);
  const numbers = values.filter((value) => /^-?\d{1,15}(?:\.\d{1,10})?$/.test(value));
  return numbers.length === 0 ? null : `${field} IN (${numbers.join(',')})`;
}

/** A request has to ask something; nobody has an empty id. */
function nothingFrom({ types }: PeopleOptions): Subquery {
  const [type = 'Lead'] = types;
  return { type, soql: `SELECT Id FROM ${type} WHERE Id = null` };
}

/** A query has at most 100,000 characters, and two lists of numbers in it. */
const MAX_LIST = 48_000;

/** Quotes and a comma with each. */
function listed(forms: readonly string[]): number {
  return forms.reduce((sum, form) => sum + form.length + 3, 0);
}

/** Two fields to a query: the numbers stand in it once for each. */
function planPhones(options: PeopleOptions, phones: readonly string[]): readonly Subquery[] {
  const forms = phones.flatMap((phone) => writtenForms(phone));
  const queries = typesOf(options, options.types).flatMap((type) =>
    inPairs(phoneFieldsOf(options.orgs.known(), type)).map((pair) => {
      const where = pair.map((field) => isOneOf(field, forms)).join(' OR ');
      return { type, soql: select({ from: type, fields: fieldsOf(options, type), where }) };
    }),
  );
  return queries.length > 0 ? queries : [nothingFrom(options)];
}

function inPairs(fields: readonly string[]): readonly (readonly string[])[] {
  return fields.flatMap((_, index) => (index % 2 === 0 ? [fields.slice(index, index + 2)] : []));
}

/** Of the text that is searched for: beyond it Salesforce leaves OR and AND out (SOSL reference, FIND). */
const MAX_SEARCH_CHARACTERS = 4_000;
const OR = ' OR ';
/** Salesforce shows no more rows than that. */
const MAX_HITS = 2_000;
const SEARCH_LABEL = 'GET /search';
/** A page of some proxy must not read as "nobody is there". */
const UNREADABLE = {
  value: { kind: 'retry', reason: `${SEARCH_LABEL}: the answer does not hold what was asked for` },
  shown: null,
} as const;

function createPhoneSearch(options: PeopleOptions): Load<string, readonly FoundRow[]> {
  const { client, after } = options;
  const keysOf = (row: FoundRow): readonly string[] => phonesOfRow(options, row);
  return createRowBatch<string, readonly FoundRow[], Question>({
    client,
    after,
    maxRows: MAX_KEYS,
    weight: { of: (phone) => searched(phone).length + OR.length, max: MAX_SEARCH_CHARACTERS },
    keyOf: (phone) => phone,
    sharesRows: true,
    question: (phones) => ({
      label: SEARCH_LABEL,
      effect: 'read',
      operation: (connection) => connection.search(searchFor(options, phones)),
    }),
    show: (phone) => ({ search: searchFor(options, [phone]) }),
    read(answer, phones) {
      if (!Array.isArray(asObject(answer.body)?.['searchRecords'])) return phones.map(() => UNREADABLE);
      const records = readRecords(answer.body, 'searchRecords');
      if (records.length >= MAX_HITS && phones.length > 1) return null;
      const rows = records.flatMap((record) => toRow(typeOfRecord(record) as PersonType, record) ?? []);
      return sortByKey(rows, { keys: phones, keysOf });
    },
    refused: (answer) => ({ kind: 'rejected', reason: reasonOf(answer, { label: SEARCH_LABEL }) }),
  });
}

function searched(phone: string): string {
  return writtenGroups(phone)
    .map((groups) => phrase(groups))
    .join(OR);
}

function searchFor(options: PeopleOptions, phones: readonly string[]): string {
  const types = typesOf(options, options.types);
  const returning = types.map((type) => `${type}(${fieldsOf(options, type).join(',')})`).join(', ');
  return `FIND {${phones.map((phone) => searched(phone)).join(OR)}} IN PHONE FIELDS RETURNING ${returning}`;
}
