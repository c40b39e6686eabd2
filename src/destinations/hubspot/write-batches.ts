import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Load } from '../batcher.ts';
import type { Planned } from '../destination.ts';
import type { Answer } from '../rest/answer.ts';
import { asObject } from '../rest/read-path.ts';
import { readRows, textOf, type HubSpotError, type HubSpotRecord } from './answer.ts';
import { classifyRow, type RowVerdict } from './classify-row.ts';
import { labelOf } from './exchange.ts';
import type { ObjectType } from './objects.ts';
import type { BatchOptions } from './read-batches.ts';
import { createRowBatch, type RowResult } from './row-batch.ts';

/** One record to be written: by its id, or by the value of a unique property. */
export interface WriteRow {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

export type WriteVerdict = Planned | { readonly kind: 'record'; readonly record: HubSpotRecord } | RowVerdict;

const MAX_ROWS = 100;

/** Updates records by id (`idProperty` null), or upserts them by a unique property, up to a hundred at once. */
export function createWriteBatch(
  { client, after, version }: BatchOptions,
  { type, idProperty }: { readonly type: ObjectType; readonly idProperty: string | null },
): Load<WriteRow, WriteVerdict> {
  const verb = idProperty === null ? 'update' : 'upsert';
  const question = {
    method: 'POST',
    path: `/crm/objects/${version}/${type}/batch/${verb}`,
    effect: 'write',
  } as const;
  const label = labelOf(question);
  return createRowBatch<WriteRow, WriteVerdict>({
    client,
    after,
    question,
    maxRows: MAX_ROWS,
    // HubSpot compares unique values without regard to case.
    keyOf: ({ id }) => id.toLowerCase(),
    sharesRows: false,
    body: (rows) => ({ inputs: rows.map((row, index) => toInput(row, idProperty, index)) }),
    read: (answer, rows) => readWritten(answer, rows, { idProperty, label }),
    refused: (error) => classifyRow(error, label),
    planned: { kind: 'planned' },
  });
}

/** A trace id of its own on every input makes HubSpot write the good rows and name the bad ones (hubspot.md section 7). */
function toInput({ id, properties }: WriteRow, idProperty: string | null, index: number): JsonObject {
  const own = idProperty === null ? {} : { idProperty };
  return { id, ...own, properties, objectWriteTraceId: String(index) };
}

interface Reading {
  readonly idProperty: string | null;
  readonly label: string;
}

/** Results stand in any order: told apart by trace id, else by id or key. */
function readWritten(answer: Answer, rows: readonly WriteRow[], reading: Reading): readonly RowResult<WriteVerdict>[] {
  const { records, errors } = readRows(answer);
  const shown = rawRows(answer);
  return rows.map((row, index) => {
    const named = records.find((candidate) => answers(candidate, row, { index, ...reading }));
    // A record that was merged away may answer under the id of the one that is left.
    const record = named ?? (errors.length === 0 ? onlyOne(records, rows) : undefined);
    if (record !== undefined) {
      return { value: { kind: 'record', record }, shown: { result: shown.results[records.indexOf(record)] ?? null } };
    }
    const error = errors.find((candidate) => concerns(candidate, row, index)) ?? onlyOne(errors, rows);
    if (error === undefined) return { value: unnamed(reading), shown: null };
    return { value: classifyRow(error, reading.label), shown: { error: shown.errors[errors.indexOf(error)] ?? null } };
  });
}

function answers(
  { traceId, id, properties }: HubSpotRecord,
  row: WriteRow,
  { index, idProperty }: { readonly index: number; readonly idProperty: string | null },
): boolean {
  if (traceId !== null) return traceId === String(index);
  return idProperty === null ? id === row.id : properties[idProperty]?.toLowerCase() === row.id.toLowerCase();
}

function concerns({ traceIds, ids }: HubSpotError, { id }: WriteRow, index: number): boolean {
  return traceIds.includes(String(index)) || ids.some((named) => named.toLowerCase() === id.toLowerCase());
}

function onlyOne<Part>(parts: readonly Part[], rows: readonly WriteRow[]): Part | undefined {
  return rows.length === 1 ? parts[0] : undefined;
}

/** It may have been written: whoever asks again finds it by its key. */
function unnamed({ label }: Reading): RowVerdict {
  return { kind: 'unknown', reason: `${label}: the answer does not say what became of this record` };
}

/** As HubSpot wrote them, in the order in which `readRows` reads them. */
function rawRows({ body }: Answer): { readonly results: readonly JsonValue[]; readonly errors: readonly JsonValue[] } {
  const fields = asObject(body) ?? {};
  const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
    Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  return { results: listOf(fields['results']), errors: listOf(fields['errors']) };
}

/** An activity to be attached to its contact. */
export interface Bond {
  readonly from: string;
  readonly to: string;
}

export type BondVerdict = Planned | { readonly kind: 'bound' } | RowVerdict;

/** Association batches are said to take 2,000 (hubspot.md section 4.1); see RUNS_IN_FLIGHT for why it is not more. */
const MAX_BONDS = 200;

/** Attaches activities to contacts by the default association, which may be repeated. */
export function createBondBatch(
  { client, after, version }: BatchOptions,
  type: Exclude<ObjectType, 'contacts'>,
): Load<Bond, BondVerdict> {
  const path = `/crm/associations/${version}/${type}/contacts/batch/associate/default`;
  const question = { method: 'POST', path, effect: 'write' } as const;
  const label = labelOf(question);
  return createRowBatch<Bond, BondVerdict>({
    client,
    after,
    question,
    maxRows: MAX_BONDS,
    keyOf: ({ from, to }) => `${from}>${to}`,
    sharesRows: false,
    body: (bonds) => ({ inputs: bonds.map(({ from, to }) => ({ from: { id: from }, to: { id: to } })) }),
    read: (answer, bonds) => readBonds(answer, bonds, label),
    refused: (error) => classifyRow(error, label),
    planned: { kind: 'planned' },
  });
}

/** Which of them are there is what the answer lists, in one direction or the other. */
function readBonds(answer: Answer, bonds: readonly Bond[], label: string): readonly RowResult<BondVerdict>[] {
  const { results } = rawRows(answer);
  const { errors } = readRows(answer);
  const made = new Set(results.flatMap((result) => endsOf(result)));
  return bonds.map((bond) => {
    const shown = { result: { from: bond.from, to: bond.to } };
    if (made.has(`${bond.from}>${bond.to}`)) return { value: { kind: 'bound' }, shown };
    const named = errors.find(({ ids }) => ids.includes(bond.to) || ids.includes(bond.from));
    const error = named ?? (bonds.length === 1 ? errors[0] : undefined);
    const value: BondVerdict =
      error === undefined
        ? { kind: 'retry', reason: `${label}: the answer does not list this association` }
        : classifyRow(error, label);
    return { value, shown: { error: error === undefined ? null : error.message } };
  });
}

function endsOf(result: JsonValue): readonly string[] {
  const fields = asObject(result) ?? {};
  const from = textOf(asObject(fields['from'] ?? null)?.['id']);
  const to = textOf(asObject(fields['to'] ?? null)?.['id']);
  return from === null || to === null ? [] : [`${from}>${to}`, `${to}>${from}`];
}
