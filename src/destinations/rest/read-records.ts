import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { parsePhone } from '../../shared/phone.ts';
import { parseTime } from '../../shared/time.ts';
import type { FoundRecord, Result } from '../destination.ts';
import { answerScope, type Answer } from './answer.ts';
import type { CompiledLookup } from './compile-kind.ts';
import { asId, asObject, isList, readFirst, readPath, type Path } from './read-path.ts';

/** Digits that must agree before a number without its country counts as the one that was looked for. */
const MIN_NATIONAL_DIGITS = 7;

export interface ReadOptions {
  readonly lookup: CompiledLookup;
  /** What the request saw; `found` sees it too. */
  readonly scope: JsonObject;
  /** The number looked for, E.164; null when something else was. */
  readonly phone: string | null;
  readonly nowMs: number;
}

/** The records of a lookup's answer. An answer without the place where they should stand is a fault, not an empty list. */
export function readRecords(answer: Answer, options: ReadOptions): Result<readonly FoundRecord[]> {
  const { lookup } = options;
  const place = readPath(answer.body, lookup.records);
  if (place === undefined) return unreadable(lookup, 'has nothing where `records` says they stand');
  const records = isList(place) ? place : place === null ? [] : [place];
  const wanted = records.filter((record) => isWanted(record, answer, options));
  const found: FoundRecord[] = [];
  for (const record of wanted) {
    const id = asId(readFirst(record, lookup.id));
    if (id === undefined) return unreadable(lookup, 'holds a record without an id where `id` says it stands');
    found.push(toFound(id, record, options));
  }
  return { kind: 'ok', value: found };
}

/** The fields of a record as far as they are told: an object's own members. */
export function fieldsOf(record: JsonValue | undefined, path: Path): JsonObject {
  return asObject(readPath(record, path)) ?? {};
}

function isWanted(record: JsonValue, answer: Answer, { lookup, scope }: ReadOptions): boolean {
  return lookup.found === null || lookup.found({ ...scope, ...answerScope(answer), record });
}

function unreadable({ request }: CompiledLookup, what: string): Result<never> {
  return { kind: 'retry', reason: `${request.label}: the answer ${what}` };
}

function toFound(id: string, record: JsonValue, options: ReadOptions): FoundRecord {
  const { lookup, nowMs } = options;
  const created = readFirst(record, lookup.createdAt);
  return {
    id,
    fields: fieldsOf(record, lookup.fields),
    phones: phonesOf(record, options),
    createdAt: created === undefined ? null : parseTime(created, { nowMs }),
  };
}

/** Null when the config does not say where numbers stand or the record shows none. */
function phonesOf(record: JsonValue, { lookup, phone }: ReadOptions): readonly string[] | null {
  const values = lookup.phones.flatMap((path) => readPath(record, path) ?? []).filter(isText);
  if (values.length === 0) return null;
  return values.flatMap((value) => parsePhone(value, null).e164 ?? sameNumber(value, phone));
}

/** CRMs keep numbers as people typed them: `(202) 555-0143` is `+12025550143` if that was looked for. */
function sameNumber(written: string, phone: string | null): readonly string[] {
  const digits = written.replaceAll(/\D/g, '').replace(/^0+/, '');
  return phone !== null && digits.length >= MIN_NATIONAL_DIGITS && phone.endsWith(digits) ? [phone] : [];
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string' && value !== '';
}
