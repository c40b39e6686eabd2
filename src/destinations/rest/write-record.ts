import type { Failure, FoundRecord, Planned, RecordWrite, RequestContext, Result, Written } from '../destination.ts';
import { answerScope, readAnswerPaths, type Answer } from './answer.ts';
import type { CompiledKind } from './compile-kind.ts';
import type { CompiledRequest } from './compile-request.ts';
import type { Purpose } from './classify-answer.ts';
import type { Reply } from './exchange.ts';
import { findByKey, findForWrite, scopeOf } from './find-records.ts';
import type { RestParts } from './parts.ts';
import { asId, readFirst } from './read-path.ts';

/** One write at work. */
interface Task {
  readonly parts: RestParts;
  readonly kind: CompiledKind;
  readonly write: RecordWrite;
  readonly context: RequestContext;
}

type WriteResult = Result<Written> | Planned;

/** Brings one record into the CRM by the strategy of its kind. */
export async function writeRecord(
  parts: RestParts,
  kind: CompiledKind,
  write: RecordWrite,
  context: RequestContext,
): Promise<WriteResult> {
  const task: Task = { parts, kind, write, context };
  if (write.id !== null) return update(task, write.id);
  switch (kind.strategy) {
    case 'put':
      return sendWhole(task, kind.put);
    case 'upsert':
      return sendWhole(task, kind.upsert);
    case 'create':
    case 'append':
      return create(task);
    case 'find_or_create':
      return findThen(task, () => create(task));
    case 'find_then_update':
      return findThen(task, () => Promise.resolve(nobodyToUpdate(task)));
  }
}

/** After a create of unknown fate. Not found counts only once the search index had its time. */
export async function recoverRecord(
  parts: RestParts,
  kind: CompiledKind,
  write: RecordWrite,
  context: RequestContext,
): Promise<
  Result<{ readonly found: FoundRecord | null }> | { readonly kind: 'repeatable' } | { readonly kind: 'unknowable' }
> {
  if (kind.unknownOutcome === 'safe_to_retry') return { kind: 'repeatable' };
  if (kind.unknownOutcome === 'never') return { kind: 'unknowable' };
  const result = await findForWrite(parts, kind, write, context);
  if (result.kind !== 'ok') return result;
  const visibleAtMs = (write.attemptedAtMs ?? 0) + kind.indexLagMs;
  if (result.value === null && parts.clock.now() < visibleAtMs) {
    const reason = `a new ${kind.kind} may not be found yet: looking again when index_lag is over`;
    return { kind: 'retry', reason, notBeforeMs: visibleAtMs };
  }
  return { kind: 'ok', value: { found: result.value } };
}

async function findThen(task: Task, otherwise: () => Promise<WriteResult>): Promise<WriteResult> {
  const found = await findByKey(task.parts, task.kind, task.write, task.context);
  if (found.kind !== 'ok') return found;
  return found.value === null ? otherwise() : update(task, found.value.id);
}

async function create(task: Task): Promise<WriteResult> {
  const reply = await send(task, task.kind.create, { purpose: 'create', whole: false });
  if (reply.kind === 'conflict') return adopt(task, reply.answer);
  return reply.kind === 'success' ? created(task, reply.answer, true) : unanswered(reply);
}

/** Put and upsert say everything each time: the server decides whether it is new. */
async function sendWhole(task: Task, request: CompiledRequest | null): Promise<WriteResult> {
  const reply = await send(task, request, { purpose: 'create', whole: true });
  if (reply.kind === 'conflict') return adopt(task, reply.answer);
  if (reply.kind !== 'success') return unanswered(reply);
  const { created: test } = task.kind;
  const isNew = test === null ? reply.answer.status === 201 : test(answerScope(reply.answer));
  return created(task, reply.answer, isNew);
}

async function update(task: Task, id: string): Promise<WriteResult> {
  const { kind } = task;
  const known: Task = { ...task, write: { ...task.write, id } };
  if (kind.update === null) return updateWhole(known, id);
  const reply = await send(known, kind.update, { purpose: 'update', whole: false });
  return reply.kind === 'success' ? { kind: 'ok', value: { id, created: false } } : unanswered(reply);
}

async function updateWhole(task: Task, id: string): Promise<WriteResult> {
  const request = task.kind.put ?? task.kind.upsert;
  if (request === null)
    return {
      kind: 'rejected',
      reason: `strategy ${task.kind.strategy} writes a ${task.kind.kind} once and cannot change it`,
    };
  const result = await sendWhole(task, request);
  if (result.kind !== 'ok') return result;
  const isOurKey = task.kind.strategy === 'put';
  return { kind: 'ok', value: { id: isOurKey ? id : result.value.id, created: false } };
}

/** It exists already, says the CRM: by the id in its answer or by looking, update what is there. */
async function adopt(task: Task, answer: Answer): Promise<WriteResult> {
  const { parts, kind, write, context } = task;
  const named = kind.conflict.id === null ? undefined : asId(readFirst(answer.body, kind.conflict.id));
  if (named !== undefined) return adoptAs(task, named);
  const found = await findForWrite(parts, kind, write, context);
  if (found.kind !== 'ok') return found;
  if (found.value !== null) return adoptAs(task, found.value.id);
  if (kind.lookups.length === 0) {
    return {
      kind: 'rejected',
      reason: `the ${kind.kind} exists already, and the answer does not say which it is`,
      hint: 'Write `conflict.id` or a `lookup`.',
    };
  }
  return { kind: 'retry', reason: `the CRM says that the ${kind.kind} exists, but no lookup finds it yet` };
}

function adoptAs(task: Task, id: string): Promise<WriteResult> {
  if (task.kind.update === null) return Promise.resolve({ kind: 'ok', value: { id, created: false } });
  return update(task, id);
}

function send(
  { parts, kind, write, context }: Task,
  request: CompiledRequest | null,
  { purpose, whole }: { readonly purpose: Purpose; readonly whole: boolean },
): Promise<Reply> {
  if (request === null)
    throw new Error(`Strategy ${kind.strategy} of ${kind.kind} lacks a request; checkKind must refuse it.`);
  const scope = scopeOf(whole ? { ...write, fields: write.allFields } : write);
  const { success, conflict } = kind;
  return parts.ask({ request, scope, purpose, success, conflict: conflict.when, none: null }, context);
}

/** Without its id a new record can only be found by looking, as after a lost answer. */
function created({ kind, write }: Task, answer: Answer, isNew: boolean): WriteResult {
  const id = asId(readAnswerPaths(answer, kind.id));
  if (id !== undefined) return { kind: 'ok', value: { id, created: isNew } };
  if (kind.strategy === 'put' || kind.strategy === 'append')
    return { kind: 'ok', value: { id: write.key, created: isNew } };
  return {
    kind: 'unknown',
    reason: `the answer to the new ${kind.kind} (${answer.status}) holds no id where \`id\` says it stands`,
  };
}

function unanswered(reply: Exclude<Reply, { kind: 'success' }>): Planned | Failure {
  if (reply.kind === 'none' || reply.kind === 'conflict') throw new Error(`A write was answered as ${reply.kind}.`);
  return reply;
}

function nobodyToUpdate({ kind }: Task): Failure {
  return {
    kind: 'rejected',
    reason: `no ${kind.kind} matches, and strategy find_then_update makes none`,
    hint:
      kind.kind === 'contact'
        ? 'Set `on_no_match: skip` in the integration, or strategy find_or_create.'
        : 'Choose strategy find_or_create.',
  };
}
