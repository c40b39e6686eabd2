import { isDeepStrictEqual } from 'node:util';

import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { ExpectedCrm, ExpectedFields } from './expected.ts';

export type RecordName = 'contacts' | 'calls' | 'tasks';
export type CrmState = Readonly<Record<RecordName, readonly JsonObject[]>>;

export interface Comparison {
  readonly expected: number;
  readonly found: number;
  /** Keys that more than one record has. */
  readonly doubled: readonly string[];
  readonly missing: readonly string[];
  /** Records nobody asked for. */
  readonly extra: readonly string[];
  /** `<key>: <field> is …, should be …` */
  readonly wrong: readonly string[];
}

export type CrmComparison = Readonly<Record<RecordName, Comparison>>;

const KEYS: Readonly<Record<RecordName, string>> = { contacts: 'phone', calls: 'call_id', tasks: 'call_id' };

/** Holds what stands in a CRM against what must stand there. Pure. */
export function compareCrm(expected: ExpectedCrm, state: CrmState): CrmComparison {
  const phones = new Map(state.contacts.map((contact) => [contact['id'], contact['phone']]));
  const withPhone = (record: JsonObject): JsonObject => ({
    ...record,
    contact_phone: phones.get(record['contact_id'] ?? null) ?? null,
  });
  return {
    contacts: compareRecords('contacts', expected.contacts, state.contacts),
    calls: compareRecords('calls', expected.calls, state.calls.map(withPhone)),
    tasks: compareRecords('tasks', expected.tasks, state.tasks.map(withPhone)),
  };
}

function compareRecords(
  name: RecordName,
  expected: ReadonlyMap<string, ExpectedFields>,
  found: readonly JsonObject[],
): Comparison {
  const byKey = Map.groupBy(found, (record) => keyText(record[KEYS[name]]));
  return {
    expected: expected.size,
    found: found.length,
    doubled: [...byKey].filter(([, records]) => records.length > 1).map(([key]) => key),
    missing: [...expected.keys()].filter((key) => !byKey.has(key)),
    extra: [...byKey.keys()].filter((key) => !expected.has(key)),
    wrong: [...expected].flatMap(([key, fields]) =>
      (byKey.get(key) ?? []).flatMap((record) => differences(key, fields, record)),
    ),
  };
}

/** A record without its key is reported under what stands there instead. */
function keyText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function differences(key: string, expected: ExpectedFields, record: JsonObject): string[] {
  return Object.entries(expected)
    .filter(([field, value]) => !isDeepStrictEqual(record[field] ?? null, value))
    .map(([field, value]) => {
      const actual = JSON.stringify(record[field] ?? null);
      return `${key}: ${field} is ${actual}, should be ${JSON.stringify(value)}`;
    });
}

/** What is not as it must be, in words; empty when all is well. */
export function problemsOf(crm: string, comparison: CrmComparison): string[] {
  return (['contacts', 'calls', 'tasks'] as const).flatMap((name) => {
    const { doubled, missing, extra, wrong } = comparison[name];
    return [
      ...doubled.map((key) => `${crm}: ${name} ${key} is there more than once`),
      ...missing.map((key) => `${crm}: ${name} ${key} is missing`),
      ...extra.map((key) => `${crm}: ${name} ${key} should not be there`),
      ...wrong.map((difference) => `${crm}: ${name} ${difference}`),
    ];
  });
}
