import type {
  AlreadyThere,
  Failure,
  FieldNote,
  Planned,
  RecordWrite,
  RequestContext,
  Result,
  Written,
} from '../destination.ts';
import type { BadField } from './classify-row.ts';
import { findPerson, readRecord } from './find-people.ts';
import { keyFieldOf, longId, personTypeOf, typeOfId, type SObjectType } from './objects.ts';
import { hasKey, type Org } from './org.ts';
import type { SalesforceParts } from './parts.ts';
import { keyText, personOf, prepareWrite, type PreparedWrite } from './prepare.ts';
import type { WriteVerdict } from './write-batches.ts';

type WriteResult = Result<Written> | Planned | AlreadyThere;

/** One write at work. */
interface Task {
  readonly parts: SalesforceParts;
  readonly write: RecordWrite;
  readonly type: SObjectType;
  readonly org: Org;
  readonly values: PreparedWrite['values'];
  readonly notes: readonly FieldNote[];
  readonly context: RequestContext;
  /** Times it may still be sent without what Salesforce refused. */
  readonly triesLeft: number;
}

/** A refused value may hide another one. */
const MAX_TRIES = 3;

/** Brings one record into Salesforce; a call or task hangs on its person from the first. */
export async function writeRecord(
  parts: SalesforceParts,
  write: RecordWrite,
  context: RequestContext,
): Promise<WriteResult> {
  const task = await prepare(parts, write, context);
  return 'parts' in task ? put(task) : task;
}

async function prepare(
  parts: SalesforceParts,
  write: RecordWrite,
  context: RequestContext,
): Promise<Task | Exclude<WriteResult, { kind: 'ok' }>> {
  const type = typeOf(parts, write);
  if (type === null) return { kind: 'gone', reason: `${write.id} is not the id of a person in Salesforce` };
  const known = await parts.orgs.org(context);
  if ('kind' in known) return known;
  const first = prepareWrite(write, { type, org: known, zone: parts.zoneOf(known) });
  const isWhole = !first.notes.some(({ kind }) => kind === 'dropped');
  // Somebody may have added the field, or the value, since.
  const fresh = isWhole ? known : await parts.orgs.org(context, true);
  const org = 'kind' in fresh ? known : fresh;
  const prepared = org === known ? first : prepareWrite(write, { type, org, zone: parts.zoneOf(org) });
  if (write.id !== null && isNews(first, prepared))
    return { kind: 'retry', reason: NEWS, notBeforeMs: parts.clock.now() };
  return { parts, write, type, org, ...prepared, context, triesLeft: MAX_TRIES };
}

const NEWS = 'the org has a field now that it had not: what stands there is looked at first';

/** What was read of the record went by the fields of before: a value that was not seen must not be taken for none. */
function isNews(before: PreparedWrite, now: PreparedWrite): boolean {
  return Object.keys(now.values).some((name) => !Object.hasOwn(before.values, name));
}

function typeOf({ createAs }: SalesforceParts, { kind, id }: RecordWrite): SObjectType | null {
  if (kind !== 'contact') return 'Task';
  return id === null ? createAs : personTypeOf(id);
}

async function put(task: Task): Promise<WriteResult> {
  const { parts, write, type, org, values, notes, context } = task;
  const { id } = write;
  if (id !== null && Object.keys(values).length === 0) {
    return { kind: 'ok', value: { id, created: false, ...noted(notes) } };
  }
  const key = id ?? keyText(write.key, keyFieldLength(org, type));
  const load = id === null ? parts.create[type] : parts.update[type];
  return conclude(task, await load({ key, id: id === null ? null : longId(id), values }, context));
}

function keyFieldLength(org: Org, type: SObjectType): { readonly length: number } | undefined {
  const name = keyFieldOf(type);
  return name === null ? undefined : org.objects[type]?.get(name);
}

function noted(notes: readonly FieldNote[]): Pick<Written, 'notes'> {
  return notes.length === 0 ? {} : { notes };
}

/** What Salesforce said of it: written, there already, or to be written without what it refused. */
async function conclude(task: Task, verdict: WriteVerdict): Promise<WriteResult> {
  const { parts, write, notes, context } = task;
  const { kind } = verdict;
  if (kind === 'record') {
    return { kind: 'ok', value: { id: verdict.id, created: write.id === null, ...noted(notes) } };
  }
  if (kind === 'planned') return { kind, ...noted(notes) };
  if (kind === 'exists') return write.id === null ? adopt(task, verdict) : withoutHeld(task, verdict);
  if (kind === 'duplicates') return meetDuplicates(task, verdict);
  if (kind === 'gone') return confirmGone(task, verdict);
  if (kind !== 'bad_fields') return verdict;
  if (verdict.fields.some(({ isUnknown }) => isUnknown)) await refresh(parts, context);
  return withoutFields(task, verdict.fields, verdict.reason);
}

/** Salesforce does not always say what is gone: where record and person are there, a mapped reference leads nowhere. */
async function confirmGone(task: Task, verdict: Extract<WriteVerdict, { kind: 'gone' }>): Promise<WriteResult> {
  const { parts, write, context } = task;
  const { kind, id, contactId } = write;
  const person = contactId === null ? null : await readRecord(parts, { kind: 'contact', id: contactId }, context);
  const record = id === null ? null : await readRecord(parts, { kind, id }, context);
  const isThere = [person, record].every((looked) => looked === null || looked.kind === 'ok');
  if (!isThere) return verdict;
  return { kind: 'rejected', reason: verdict.reason, hint: 'A mapped id is not the id of a record that is there.' };
}

async function refresh({ orgs }: SalesforceParts, context: RequestContext): Promise<void> {
  orgs.suspect();
  await orgs.org(context);
}

/** It is there already: by our key, or by a value that the org has made unique. What it may be given is decided anew. */
async function adopt(
  task: Task,
  { id, field, reason }: Extract<WriteVerdict, { kind: 'exists' }>,
): Promise<WriteResult> {
  const { type } = task;
  // Another Task with this value is another matter, and none of ours.
  if (type === 'Task' && field !== null && field !== keyFieldOf(type)) return { kind: 'rejected', reason };
  const found = id ?? (await findByKey(task));
  if (found !== null && typeof found === 'object') return found;
  // Salesforce answers so while the first of two quick writes is on its way (salesforce.md section 4.4).
  if (found === null) return { kind: 'retry', reason, hint: UNSEEN };
  const met = await meet(task, found, reason);
  const isLeftOver = met.kind === 'gone' && field === keyFieldOf(type);
  return isLeftOver ? writeAfter(task, found) : met;
}

const UNSEEN = 'If this goes on, a record that the user may not see holds this key: share it with the user.';

/**
 * The key stands on a Lead that was converted to somebody who was deleted since: nobody can write to it, and nobody can find
 * the person through it. Whoever comes after is told apart by a key that repeats as this one does.
 */
function writeAfter({ parts, write, context }: Task, leadId: string): Promise<WriteResult> {
  return writeRecord(parts, { ...write, key: `${write.key}>${leadId}` }, context);
}

/** As it stands: which of its values are written is decided by who asked for it. `gone`: it leads nowhere, and will not. */
async function meet({ parts, write, context }: Task, id: string, reason: string): Promise<WriteResult> {
  const looked = await (write.kind === 'contact'
    ? findPerson(parts, id, context)
    : readRecord(parts, { kind: write.kind, id }, context));
  if (looked.kind === 'gone') return (await isPersonThere(parts, id, context)) ? looked : { kind: 'retry', reason };
  return looked.kind === 'ok' ? { kind: 'exists', record: looked.value } : looked;
}

/** As a Lead that became somebody who is not there any more. Who was deleted a moment ago is in nobody's way. */
async function isPersonThere({ lookups }: SalesforceParts, id: string, context: RequestContext): Promise<boolean> {
  const rows = personTypeOf(id) === null ? [] : await lookups.byId(longId(id), context);
  return !('kind' in rows) && rows.length > 0;
}

/** Null: nobody has it. */
async function findByKey({ parts, write, type, org, context }: Task): Promise<string | null | Failure> {
  if (!hasKey(org, type)) return null;
  const key = keyText(write.key, keyFieldLength(org, type));
  const rows = await parts.byKey[type === 'Task' ? 'Task' : 'person'](key, context);
  if ('kind' in rows) return rows;
  return rows.find((row) => row.type === type)?.id ?? null;
}

/** A value that stands on another record is left out: this one does without. */
function withoutHeld(
  task: Task,
  { id, field, reason }: Extract<WriteVerdict, { kind: 'exists' }>,
): Promise<WriteResult> {
  if (field === null) return Promise.resolve({ kind: 'rejected', reason });
  const message = id === null ? 'it belongs to another record' : `it belongs to record ${id}`;
  return withoutFields(task, [{ field, message, isUnknown: false, isDangling: false }], reason);
}

const DUPLICATE_HINTS = {
  allow: 'A duplicate rule of the org blocks it. Merge the records, or make the rule alert only; then replay.',
  reject: 'A duplicate rule of the org found these. Merge the records, or set duplicate_rules; then replay.',
  use_match: 'A duplicate rule of the org found nobody that a call can hang on. Merge the records; then replay.',
} as const;

async function meetDuplicates(
  task: Task,
  { ids, reason }: Extract<WriteVerdict, { kind: 'duplicates' }>,
): Promise<WriteResult> {
  const { parts, write } = task;
  const match = ids.find((id) => typeOfId(id) === parts.createAs) ?? ids.find((id) => personTypeOf(id) !== null);
  const isTaken = parts.duplicateRules === 'use_match' && write.kind === 'contact' && write.id === null;
  if (isTaken && match !== undefined) return meet(task, match, reason);
  return { kind: 'rejected', reason, hint: DUPLICATE_HINTS[parts.duplicateRules] };
}

/** Without these the record would be another one, or hang on nobody. */
function ownFields({ type, org, write }: Task): readonly string[] {
  const key = keyFieldOf(type);
  const required = [...(org.objects[type]?.values() ?? [])].filter(({ isRequired }) => isRequired);
  return [...(key === null ? [] : [key]), ...required.map(({ name }) => name), ...Object.keys(personOf(write))];
}

function withoutFields(task: Task, refused: readonly BadField[], reason: string): Promise<WriteResult> {
  const { write } = task;
  const own = ownFields(task);
  const ours = refused.filter(({ field }) => own.includes(field));
  const isPerson = ours.some(({ field, isDangling }) => isDangling && Object.hasOwn(personOf(write), field));
  if (isPerson) return Promise.resolve({ kind: 'gone', reason });
  const isRefused = (name: string): boolean => refused.some(({ field }) => field === name);
  const kept = Object.entries(task.values).filter(([name]) => !isRefused(name));
  const isLess = kept.length < Object.keys(task.values).length;
  if (!isLess || task.triesLeft <= 0 || ours.length > 0) {
    const names = ours.map(({ field }) => field).join(', ');
    const hint = `Without ${names} the record would be another one, or hang on nobody: give the user access to it, or mend what refuses it. Then replay.`;
    return Promise.resolve({ kind: 'rejected', reason, ...(ours.length === 0 ? {} : { hint }) });
  }
  const notes = refused.map(({ field, message }) => ({
    field: mappedName(write, field),
    kind: 'dropped' as const,
    reason: `Salesforce refused it: ${message}`,
  }));
  return put({
    ...task,
    values: Object.fromEntries(kept),
    notes: [...task.notes, ...notes],
    triesLeft: task.triesLeft - 1,
  });
}

/** As the integration writes it: `Lead.Company`. */
function mappedName({ fields }: RecordWrite, name: string): string {
  return Object.keys(fields).find((field) => field === name || field.endsWith(`.${name}`)) ?? name;
}
