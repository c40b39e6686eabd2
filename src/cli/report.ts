import type { JsonValue } from '../domain/json.ts';
import type { RequestRecord } from '../ledger/ledger.ts';
import type { FieldReport, RecordReport, SyncReport } from '../sync/sync.ts';
import { oneLine } from '../shared/harmless.ts';

const MARKS: Readonly<Record<FieldReport['action'], string>> = { write: '~', same: '=', kept: '!', dropped: 'x' };

/** A sync report as lines: each record, each field before and after. */
export function reportLines(report: SyncReport, spaces: number): readonly string[] {
  return report.records.flatMap((record) => [
    recordLine(record, spaces),
    ...record.fields.map((field) => fieldLine(field, spaces + 2)),
  ]);
}

/** True when a step result kept in the ledger is a sync report. */
export function isSyncReport(value: unknown): value is SyncReport {
  return typeof value === 'object' && value !== null && 'records' in value && Array.isArray(value.records);
}

function recordLine(record: RecordReport, spaces: number): string {
  // `created (created: no match)` says it twice.
  const how = oneLine(record.how.replace(`${record.action}: `, ''));
  const id = record.recordId === null ? '' : ` ${oneLine(record.recordId)}`;
  return `${' '.repeat(spaces)}${record.kind} ${record.action}${id} (${how})`;
}

function fieldLine(field: FieldReport, spaces: number): string {
  const label = `${MARKS[field.action]} ${field.field}`.padEnd(24);
  const after = show(field.after, 44);
  const change =
    field.before === undefined
      ? after
      : field.action === 'same'
        ? after
        : `${show(field.before, 20)} → ${show(field.after, 22)}`;
  const reason = field.reason === undefined ? '' : ` (${oneLine(field.reason)})`;
  return `${' '.repeat(spaces)}${label} ${change}${reason}`;
}

/** One request of an attempt or a preview, with the answer when there was one. */
export function requestLines(request: RequestRecord, spaces: number): readonly string[] {
  const pad = ' '.repeat(spaces);
  const answer =
    request.status === null ? (request.error ?? 'not sent') : `${request.status}, ${request.durationMs} ms`;
  const lines = [`${pad}${request.method} ${oneLine(request.url)}`, `${pad}  → ${oneLine(answer)}`];
  if (request.effect === 'write' && request.requestBody !== null)
    lines.splice(1, 0, `${pad}  ${show(request.requestBody, 74 - spaces)}`);
  if (request.status !== null && request.status >= 400 && request.responseBody !== null)
    lines.push(`${pad}  ${show(request.responseBody, 74 - spaces)}`);
  return lines;
}

/** A JSON value on one line, cut to `width`. */
export function show(value: JsonValue, width: number): string {
  const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > width ? `${text.slice(0, Math.max(1, width - 1))}…` : text;
}
