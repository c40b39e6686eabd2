import type { Connection } from 'jsforce';

import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Load } from '../batcher.ts';
import type { Failure, Planned } from '../destination.ts';
import type { Answer } from '../rest/answer.ts';
import { createRowBatch, type RowResult } from '../row-batch.ts';
import { objectsOf, readErrors, readSavedRows, textOf } from './answer.ts';
import { classifyRow, type RowContext, type RowVerdict } from './classify-row.ts';
import type { Question } from './client.ts';
import type { LookupOptions } from './lookup.ts';
import type { SObjectType } from './objects.ts';
import type { SalesforceConfig } from './schema.ts';

/** One record to be made or changed. */
export interface WriteRow {
  /** Two rows of one key never stand in one request: Salesforce refuses both. */
  readonly key: string;
  /** Null: to be made. */
  readonly id: string | null;
  readonly values: Readonly<Record<string, JsonValue>>;
}

export type WriteVerdict = Planned | { readonly kind: 'record'; readonly id: string } | RowVerdict;

export interface WriteOptions extends LookupOptions {
  readonly duplicateRules: SalesforceConfig['duplicate_rules'];
  readonly runsAssignmentRules: boolean;
}

/** sObject Collections take 200 (salesforce.md section 4.10). */
const MAX_ROWS = 200;

/** Makes or changes records of one object, up to 200 to a request; each row fails alone. */
export function createWriteBatch(
  options: WriteOptions,
  { type, verb }: { readonly type: SObjectType; readonly verb: 'create' | 'update' },
): Load<WriteRow, WriteVerdict> {
  const { client, after, destination, clock } = options;
  const label = `${verb === 'create' ? 'POST' : 'PATCH'} /composite/sobjects (${type})`;
  const context = (): RowContext => ({ destination, label, nowMs: clock.now() });
  return createRowBatch<WriteRow, WriteVerdict, Question>({
    client,
    after,
    maxRows: MAX_ROWS,
    // Unique values are compared without regard to case unless the field was made otherwise.
    keyOf: ({ key }) => key.toLowerCase(),
    sharesRows: false,
    question: (rows) => ({
      label,
      effect: 'write',
      operation: (connection) => save(connection, inLockOrder(rows), { type, verb, headers: headersOf(options, verb) }),
    }),
    show: (row) => ({ object: type, record: toRecord(row) }),
    read: (answer, rows) => readSaved(answer, rows, context()),
    refusedAll: (answer, rows) => refusedAll(answer, rows, context()),
    refused: (answer) => classifyRow(readErrors(answer.body), context()),
    planned: { kind: 'planned' },
  });
}

interface Saving {
  readonly type: SObjectType;
  readonly verb: 'create' | 'update';
  readonly headers: Record<string, string>;
}

function save(connection: Connection, rows: readonly WriteRow[], { type, verb, headers }: Saving): Promise<unknown> {
  const records = rows.map((row) => toRecord(row));
  const options = { allOrNone: false, headers };
  if (verb === 'create') return connection.create(type, records, options);
  return connection.update(type, records as (JsonObject & { Id: string })[], options);
}

function toRecord({ id, values }: WriteRow): JsonObject {
  return id === null ? values : { Id: id, ...values };
}

/**
 * Without the first, assignment rules run on creates and updates (salesforce.md section 4.7). Whom a rule found is decided
 * when a record is made; an update is of one that was chosen, and an alert changes nothing about that.
 */
function headersOf(
  { duplicateRules, runsAssignmentRules }: WriteOptions,
  verb: 'create' | 'update',
): Record<string, string> {
  const savesOverAlerts = duplicateRules === 'allow' || (duplicateRules === 'use_match' && verb === 'update');
  return {
    'Sforce-Auto-Assign': runsAssignmentRules ? 'TRUE' : 'FALSE',
    'Sforce-Duplicate-Rule-Header': `allowSave=${savesOverAlerts}`,
  };
}

/** Tasks of one person next to each other: Salesforce locks the person for each (salesforce.md section 4.4). */
function inLockOrder(rows: readonly WriteRow[]): readonly WriteRow[] {
  const personOf = ({ values }: WriteRow): string => textOf(values['WhoId']) ?? textOf(values['WhatId']) ?? '';
  return rows.toSorted((left, right) =>
    personOf(left) < personOf(right) ? -1 : personOf(left) > personOf(right) ? 1 : 0,
  );
}

/** Results stand in the order in which rows were sent. */
function readSaved(answer: Answer, rows: readonly WriteRow[], context: RowContext): readonly RowResult<WriteVerdict>[] {
  const saved = readSavedRows(answer) ?? [];
  const shown = objectsOf(answer.body);
  const sent = inLockOrder(rows);
  const isWhole = saved.length === rows.length;
  return rows.map((row) => {
    const index = sent.indexOf(row);
    const result = isWhole ? saved[index] : undefined;
    if (result === undefined) return { value: unnamed(context), shown: null };
    const value: WriteVerdict =
      result.kind === 'saved' ? { kind: 'record', id: result.id } : classifyRow(result.errors, context);
    return { value, shown: shown[index] ?? null };
  });
}

/** It may have been written: whoever asks again finds it by its key. */
function unnamed({ label }: RowContext): Failure {
  return { kind: 'unknown', reason: `${label}: the answer does not say what became of this record` };
}

/** A field that is not there refuses everybody at once: rows with it go without, the others again. Null: it is not that. */
function refusedAll(
  { body }: Answer,
  rows: readonly WriteRow[],
  context: RowContext,
): readonly RowResult<WriteVerdict>[] | null {
  const verdict = classifyRow(readErrors(body), context);
  if (verdict.kind !== 'bad_fields' || !verdict.fields.every(({ isUnknown }) => isUnknown)) return null;
  const isConcerned = ({ values }: WriteRow): boolean =>
    verdict.fields.some(({ field }) => Object.hasOwn(values, field));
  if (!rows.some((row) => isConcerned(row))) return null;
  const again: WriteVerdict = { kind: 'retry', reason: verdict.reason, notBeforeMs: context.nowMs };
  return rows.map((row) => ({ value: isConcerned(row) ? verdict : again, shown: body }));
}
