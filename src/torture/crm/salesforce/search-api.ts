import type { JsonObject } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { attributesOf, ok, type ApiCall } from './api.ts';
import { toApi } from './api-values.ts';
import { ENTITIES, findEntity, type Entity } from './object-types.ts';
import type { StoredRecord } from './record-table.ts';
import { Refusal, Unreadable } from './refusals.ts';
import { applyClauses } from './run-query.ts';
import type { SearchGroup } from './search-index.ts';
import { readClauses, readPath } from './soql-parser.ts';
import { readTokens } from './soql-tokens.ts';
import { bindPath } from './soql-paths.ts';
import type { Clauses, Path } from './soql-syntax.ts';
import { findByTerm, malformedSearch, parseTerm, type Term } from './sosl-term.ts';
import { TokenCursor } from './token-cursor.ts';

const MAX_LENGTH = 100_000;
const MAX_RESULTS = 2000;

/** One object of RETURNING. */
interface Wanted extends Clauses {
  readonly entity: Entity;
  readonly fields: readonly Path[];
}

/** `GET /search?q=FIND {…} IN PHONE FIELDS RETURNING Contact(Id), Lead(Id WHERE IsConverted = false)` */
export function search(call: ApiCall): ApiAnswer {
  const source = call.request.query.get('q');
  if (source === null) throw malformedSearch('The q parameter is required.');
  if (source.length > MAX_LENGTH)
    throw malformedSearch(`SOSL statements cannot be longer than ${MAX_LENGTH} characters.`);
  const { text, rest } = readFind(source);
  const term = parseTerm(text);
  const { group, wanted, limit } = readRest(rest);
  const share = Math.floor(MAX_RESULTS / Math.max(1, wanted.length));
  const found = wanted.flatMap((one) => run(call, { term, group, wanted: one, source: rest }).slice(0, share));
  return ok({ searchRecords: found.slice(0, limit ?? MAX_RESULTS) });
}

/** The braces end where an unescaped one closes. */
function readFind(source: string): { text: string; rest: string } {
  const [all, text] = /^\s*FIND\s*\{((?:\\.|[^\\}])*)\}/is.exec(source) ?? [];
  if (all === undefined || text === undefined)
    throw malformedSearch('line 1:0 no viable alternative at the search term');
  return { text, rest: source.slice(all.length) };
}

const GROUPS: Readonly<Record<string, SearchGroup>> = { all: 'ALL', name: 'NAME', email: 'EMAIL', phone: 'PHONE' };
const SEARCHED: readonly Entity[] = ['Lead', 'Contact', 'Account', 'Task', 'Event', 'Opportunity'];

function readRest(rest: string): { group: SearchGroup; wanted: readonly Wanted[]; limit: number | null } {
  try {
    const cursor = new TokenCursor(rest, readTokens(rest));
    const group = readGroup(cursor);
    const wanted = cursor.takeIf('returning') ? readReturning(cursor) : SEARCHED.map(wantId);
    const { limit } = readClauses(cursor);
    if (cursor.peek().kind !== 'end') throw cursor.unexpected();
    return { group, wanted, limit };
  } catch (error) {
    // The syntax shares its parser with SOQL, not its error code.
    if (error instanceof Refusal && error.problems[0]?.code === 'MALFORMED_QUERY') {
      throw malformedSearch(error.problems[0].message);
    }
    throw error;
  }
}

function wantId(entity: Entity): Wanted {
  return { entity, fields: [], where: null, order: [], limit: null, offset: 0 };
}

function readGroup(cursor: TokenCursor): SearchGroup {
  if (!cursor.takeIf('in')) return 'ALL';
  const group = GROUPS[cursor.take().text.toLowerCase()];
  if (group === undefined) throw cursor.unexpected('expecting a search group');
  cursor.expect('fields');
  return group;
}

function readReturning(cursor: TokenCursor): readonly Wanted[] {
  const wanted = [readWanted(cursor)];
  while (cursor.takeIf(',')) wanted.push(readWanted(cursor));
  return wanted;
}

function readWanted(cursor: TokenCursor): Wanted {
  const name = readPath(cursor).text;
  const entity = findEntity(name);
  if (entity === undefined || ENTITIES[entity].tooling === true) {
    throw unknownType(name);
  }
  if (!SEARCHED.includes(entity)) throw malformedSearch(`entity type ${entity} does not support search`);
  if (!cursor.takeIf('(')) return wantId(entity);
  const fields = [readPath(cursor)];
  while (cursor.takeIf(',')) fields.push(readPath(cursor));
  const clauses = readClauses(cursor);
  cursor.expect(')');
  return { entity, fields, ...clauses };
}

function unknownType(name: string): Unreadable {
  return new Unreadable('INVALID_TYPE', `sObject type '${name}' is not supported.`);
}

interface SearchRun {
  readonly term: Term | null;
  readonly group: SearchGroup;
  readonly wanted: Wanted;
  readonly source: string;
}

/** The index says which records; what they hold is read as it is now. */
function run({ org, version }: ApiCall, { term, group, wanted, source }: SearchRun): readonly JsonObject[] {
  const { entity } = wanted;
  if (!org.security.canSeeObject(entity)) throw unknownType(entity);
  const scope = { org, entity, source };
  const fields = wanted.fields.map((path) => bindPath(scope, path).field);
  const hits = (): readonly StoredRecord[] => {
    const ids = term === null ? [] : [...findByTerm(org.searchIndex(entity), term, group)];
    return ids.flatMap((id) => org.find(entity, id) ?? []);
  };
  const noInner = (): never => {
    throw malformedSearch('a search has no semi joins');
  };
  return applyClauses(scope, wanted, hits, noInner).map(({ id, fields: held }) => ({
    attributes: attributesOf(version, entity, id),
    ...Object.fromEntries(fields.map((field) => [field.name, toApi(field, held[field.name])])),
    ...(fields.length === 0 ? { Id: id } : {}),
  }));
}
