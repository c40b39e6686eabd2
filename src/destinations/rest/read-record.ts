import type { JsonObject } from '../../domain/json.ts';
import type { FoundRecord, RequestContext, Result } from '../destination.ts';
import type { CompiledKind } from './compile-kind.ts';
import type { RestParts } from './parts.ts';
import { readPath } from './read-path.ts';
import { fieldsOf } from './read-records.ts';

/** Reads one record as the CRM shows it; `gone` when it is not there any more. */
export async function readRecord(
  { ask }: RestParts,
  { kind, read }: CompiledKind,
  { id, scope }: { readonly id: string; readonly scope: JsonObject },
  context: RequestContext,
): Promise<Result<FoundRecord>> {
  if (read === null) {
    return {
      kind: 'rejected',
      reason: `no \`read\` request is configured for ${kind}`,
      hint: 'fill_if_empty, append and max need one.',
    };
  }
  const question = { request: read.request, scope: { ...scope, id }, success: null, conflict: null, none: null };
  const reply = await ask({ ...question, purpose: 'read' }, context);
  if (reply.kind === 'none') return { kind: 'rejected', reason: `${read.request.label}: a parameter is empty` };
  if (reply.kind === 'planned' || reply.kind === 'conflict') throw new Error(`A look was answered as ${reply.kind}.`);
  if (reply.kind !== 'success') return reply;
  const record = readPath(reply.answer.body, read.record);
  if (record === undefined || record === null)
    return { kind: 'retry', reason: `${read.request.label}: the answer has no record where \`record\` says it stands` };
  return { kind: 'ok', value: { id, fields: fieldsOf(record, read.fields), phones: null, createdAt: null } };
}
