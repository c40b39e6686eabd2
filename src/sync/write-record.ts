import type {
  AlreadyThere,
  Failure,
  FieldNote,
  FoundRecord,
  Planned,
  RequestContext,
  Result,
  Written,
} from '../destinations/destination.ts';
import { annotate, withoutDropped } from './field-notes.ts';
import { workAlone } from './hold.ts';
import { needsRead } from './plan-fields.ts';
import { findStamps, removeIntents, saveIntents, savePending, saveStamps, saveWritten } from './record-links.ts';
import { stopFor, type Step, type StopOutcome, type SyncSession } from './session.ts';
import type { RecordReport } from './sync.ts';
import { NEW_RECORD, planTarget, toWrite, type Target, type TargetPlan, type TargetSituation } from './target.ts';

/** A record that is known to exist. */
export interface KnownRecord {
  readonly id: string;
  readonly how: string;
  /** As a search or a recovery showed it; null when only a link told. */
  readonly seen: FoundRecord | null;
}

export interface WrittenRecord {
  /** Null in a preview of a create. */
  readonly id: string | null;
  readonly report: RecordReport;
}

/** What became of a record. `gone`: it, or on a create the contact it hangs on, is not there any more. */
export type RecordStep =
  Exclude<Step<WrittenRecord>, { kind: 'contact_gone' }> | { readonly kind: 'gone'; readonly reason: string };

/**
 * Creates a record. The intent is on disk before the request leaves: whoever finds it later, after a crash or an
 * answer that never came, looks before writing again.
 */
export async function createRecord(session: SyncSession, target: Target, how: string): Promise<RecordStep> {
  await saveIntents(session, target);
  const step = await sendCreate(session, target, how);
  if (step.kind === 'refused') await removeIntents(session, target);
  return settle(session, target, step);
}

/** After a create of unknown fate: adopt what is there, or write if that is safe, or leave it to a person. */
export async function recoverRecord(session: SyncSession, target: Target, attemptedAtMs: number): Promise<RecordStep> {
  const { destination } = session.compiled;
  const write = toWrite(target, null, planTarget(session, target, NEW_RECORD), attemptedAtMs);
  const result = await destination.recover(write, session.contextFor('recover'));
  if (result.kind === 'ok') {
    const { found } = result.value;
    if (found === null) return createRecord(session, target, 'created: the write of unknown fate had not arrived');
    const how = 'looked up after a write of unknown fate';
    return updateRecord(session, target, { id: found.id, how, seen: found });
  }
  // The intent of the earlier create stays whatever this one comes to: only an answer settles its fate.
  if (result.kind === 'repeatable')
    return settle(session, target, await sendCreate(session, target, 'written again: repeating it does no harm'));
  if (result.kind !== 'unknowable') return fail(result);
  return session.input.force ? forceCreate(session, target) : { kind: 'stop', outcome: unknowable(session, target) };
}

/**
 * For a record that is gone, says the CRM. A wrong path is answered alike, and would make one more record with every
 * version of the call: so first a look whether it is there.
 */
export async function replaceRecord(
  session: SyncSession,
  target: Target,
  gone: { readonly id: string; readonly reason: string },
): Promise<RecordStep> {
  const { destination } = session.compiled;
  const write = toWrite(target, null, planTarget(session, target, NEW_RECORD));
  const result = await destination.recover(write, session.contextFor('recover'));
  if (result.kind === 'ok' && result.value.found?.id === gone.id) {
    const reason = `${gone.reason}; but a search still finds it`;
    const hint = `If this goes on, check how ${destination.name} updates a ${target.kind}.`;
    return { kind: 'stop', outcome: { kind: 'retry', reason, hint } };
  }
  const how = `created again: ${gone.reason}`;
  if (result.kind === 'ok' && result.value.found !== null) {
    const { found } = result.value;
    return updateRecord(session, target, { id: found.id, how: 'looked up after its record was gone', seen: found });
  }
  if (result.kind === 'ok' || result.kind === 'repeatable') return createRecord(session, target, how);
  if (result.kind !== 'unknowable') return fail(result);
  return session.input.force
    ? createRecord(session, target, how)
    : { kind: 'stop', outcome: goneForGood(session, target, gone.reason) };
}

/** Brings a record up to date: only what changed is sent, and no request at all when nothing did. */
export async function updateRecord(session: SyncSession, target: Target, known: KnownRecord): Promise<RecordStep> {
  const situation = await situationOf(session, target, known);
  if (situation.kind !== 'ok') return fail(situation);
  const plan = planTarget(session, target, situation.value);
  const report = { kind: target.kind, how: known.how };
  if (Object.keys(plan.fields).length === 0 && !plan.contactChanged) {
    await saveWritten(session, target, { recordId: known.id, plan, isNew: false });
    return written({ ...report, recordId: known.id, action: 'unchanged', fields: plan.reports });
  }
  const { stamps } = situation.value;
  await savePending(session, target, { recordId: known.id, stamps, plan });
  const result = await session.compiled.destination.write(
    toWrite(target, known.id, plan),
    contextToWrite(session, target),
  );
  if (result.kind === 'unknown') return fail(result);
  if (result.kind === 'exists') throw new Error(`${target.kind} ${known.id} was to be updated, and was made`);
  if (result.kind !== 'ok' && result.kind !== 'planned') {
    await saveStamps(session, target, known.id, stamps);
    return fail(result);
  }
  const { id, notes } = answerOf(result, known);
  await saveWritten(session, target, { recordId: id, plan: withoutDropped(plan, notes, stamps), isNew: false });
  return written({ ...report, recordId: id, action: 'updated', fields: annotate(plan.reports, notes) });
}

/** A merged record may answer under the id of the one that is left. */
function answerOf(
  result: Planned | { readonly kind: 'ok'; readonly value: Written },
  { id }: KnownRecord,
): { readonly id: string; readonly notes: readonly FieldNote[] } {
  if (result.kind === 'planned') return { id, notes: result.notes ?? [] };
  return { id: result.value.id, notes: result.value.notes ?? [] };
}

function contextToWrite(session: SyncSession, { kind }: Target): RequestContext {
  return session.contextFor(`write_${kind}`);
}

/** Not retried by itself when the answer is lost again: each try might be one more record. */
async function forceCreate(session: SyncSession, target: Target): Promise<RecordStep> {
  const step = await sendCreate(session, target, 'written again: forced');
  if (step.kind === 'unanswered') return { kind: 'stop', outcome: unknowable(session, target) };
  return settle(session, target, step);
}

/** A create that came to no record. `unanswered`: nobody knows. */
interface Unsettled {
  readonly kind: 'refused' | 'unanswered';
  readonly failure: Failure;
}

async function settle(
  session: SyncSession,
  target: Target,
  step: RecordStep | Unsettled | AlreadyThere,
): Promise<RecordStep> {
  if ('failure' in step) return fail(step.failure);
  return step.kind === 'exists' ? adopt(session, target, step.record) : step;
}

/** Nobody has looked at its values yet: it is updated by the rules for what was found. */
function adopt(session: SyncSession, target: Target, seen: FoundRecord): Promise<RecordStep> {
  const known = { id: seen.id, how: 'the CRM itself knows it', seen };
  return target.kind === 'contact' ? updateAlone(session, target, known) : updateRecord(session, target, known);
}

/** Different persons' calls can meet at one contact: its stamps are read and written by one at a time. */
export function updateAlone(session: SyncSession, target: Target, known: KnownRecord): Promise<RecordStep> {
  return workAlone(session, [target.stampedKey(known.id)], () => updateRecord(session, target, known));
}

async function sendCreate(
  session: SyncSession,
  target: Target,
  how: string,
): Promise<RecordStep | Unsettled | AlreadyThere> {
  const plan = planTarget(session, target, NEW_RECORD);
  const result = await session.compiled.destination.write(toWrite(target, null, plan), contextToWrite(session, target));
  if (result.kind === 'unknown') {
    // The time an index may lag counts from now: the record may have been made in the last moment of a long wait.
    await saveIntents(session, target);
    return { kind: 'unanswered', failure: result };
  }
  if (result.kind === 'exists') return result;
  if (result.kind !== 'ok' && result.kind !== 'planned') return { kind: 'refused', failure: result };
  if (result.kind === 'ok') {
    const { id, created, notes = [] } = result.value;
    await saveWritten(session, target, { recordId: id, plan: withoutDropped(plan, notes, {}), isNew: created });
  }
  return written(createReport(target, how, plan, result));
}

function createReport(
  { kind }: Target,
  how: string,
  { reports }: TargetPlan,
  result: Planned | { readonly kind: 'ok'; readonly value: Written },
): RecordReport {
  if (result.kind === 'planned') {
    return { kind, recordId: null, action: 'created', how, fields: annotate(reports, result.notes ?? []) };
  }
  const { id, created, notes = [] } = result.value;
  const fields = annotate(reports, notes);
  if (created) return { kind, recordId: id, action: 'created', how, fields };
  return { kind, recordId: id, action: 'updated', how: 'the CRM itself found it by its key', fields };
}

/** What is known before the write: what we wrote last, and the present values if a field or a person asks for them. */
async function situationOf(session: SyncSession, target: Target, known: KnownRecord): Promise<Result<TargetSituation>> {
  const { input, moment } = session;
  const stamps = await findStamps(session, target, known.id);
  const situation = { creating: false, current: known.seen?.fields ?? null, currentIsWhole: false, stamps };
  const asks = input.mode === 'preview' || needsRead(target.projection, { ...situation, moment, force: input.force });
  if (!asks || target.read === null) return { kind: 'ok', value: situation };
  return withPresentValues(situation, await target.read(known.id), input.mode);
}

/** A preview would rather tell less than nothing. */
function withPresentValues(
  situation: TargetSituation,
  read: Result<FoundRecord | null>,
  mode: 'live' | 'preview',
): Result<TargetSituation> {
  if (read.kind === 'rejected' && mode === 'preview') return { kind: 'ok', value: situation };
  if (read.kind !== 'ok') return read;
  if (read.value === null) return { kind: 'ok', value: situation };
  return { kind: 'ok', value: { ...situation, current: read.value.fields, currentIsWhole: true } };
}

function written(report: RecordReport): RecordStep {
  return { kind: 'ok', value: { id: report.recordId, report } };
}

function fail(failure: Failure): RecordStep {
  return failure.kind === 'gone' ? failure : stopFor(failure);
}

function unknowable({ compiled, input }: SyncSession, { kind }: Target): StopOutcome {
  const { name } = compiled.destination;
  return {
    kind: 'held',
    reason: `a ${kind} was sent to ${name}, no answer came, and ${name} offers no way to look whether it is there`,
    hint: `Look in ${name} for the ${kind} of call ${input.callKey}. Only if it is missing, replay with --force: that writes it again.`,
  };
}

function goneForGood({ compiled, input }: SyncSession, { kind }: Target, reason: string): StopOutcome {
  const { name } = compiled.destination;
  return {
    kind: 'held',
    reason: `${reason}, and ${name} offers no way to look whether the ${kind} is there`,
    hint: `Look in ${name} for the ${kind} of call ${input.callKey}. Only if it was deleted, replay with --force: that makes it again.`,
  };
}
