import { canRead, type RecordKind } from '../destinations/destination.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Render } from './compiled-sync.ts';
import { isEmptyValue, projectFields } from './project-fields.ts';
import { findLinks, type Step, type SyncSession } from './session.ts';
import type { Person } from './sync-contact.ts';
import type { Target } from './target.ts';
import { createRecord, recoverRecord, replaceRecord, updateRecord, type RecordStep } from './write-record.ts';

const OK: Step<null> = { kind: 'ok', value: null };

/** The task of the call: one per call, integration and step; updated, never doubled. */
export async function syncTask(session: SyncSession, person: Person): Promise<Step<null>> {
  const { task } = session.compiled;
  if (task === null) return OK;
  const { callKey, scope, integration, step } = session.input;
  if (task.when !== null && !task.when(scope)) return skip(session, 'task', 'its when is false');
  const asked = { subject: valueOf(task.subject, scope), due: valueOf(task.due, scope) };
  if (isEmptyValue(asked.subject)) return skip(session, 'task', 'it has no subject');
  const key = `${callKey}#${integration}#${step}`;
  const withTask = { ...scope, task: asked };
  const projection = projectFields(task.fields, withTask);
  return syncActivity(session, person, { kind: 'task', key, projection, scope: withTask });
}

function valueOf(render: Render, scope: JsonObject): JsonValue {
  const rendered = render(scope);
  return rendered.kind === 'value' ? rendered.value : null;
}

/** What hangs on a person: a call, a task, a note. */
export interface Activity extends Pick<Target, 'key' | 'projection' | 'scope'> {
  readonly kind: 'call' | 'task' | 'note';
}

/** Writes one activity, and attaches it to its person; a create of unknown fate is looked up first. */
export async function syncActivity(session: SyncSession, person: Person, activity: Activity): Promise<Step<null>> {
  const { destination } = session.compiled;
  const target = toTarget(session, person, activity);
  if (person.skipped !== null) return skip(session, target.kind, person.skipped);
  const lacksContact = person.contactId === null && !person.isPlanned;
  if (lacksContact && destination.needsContact?.includes(target.kind) === true) {
    return skip(
      session,
      target.kind,
      `${destination.name} keeps a ${target.kind} only on a contact, and there is none`,
    );
  }
  const step = await writeActivity(session, target);
  if (step.kind === 'gone') return contactGone(target, step.reason);
  if (step.kind !== 'ok') return step;
  session.records.push(step.value.report);
  return OK;
}

async function writeActivity(session: SyncSession, target: Target): Promise<RecordStep> {
  const { destination } = session.compiled;
  const link = (await findLinks(session, target.kind, [target.key])).get(target.key);
  if (link === undefined) return createRecord(session, target, 'created: first write of this call');
  if (link.state === 'intent' || link.recordId === null) return recoverRecord(session, target, link.updatedAtMs);
  if (destination.appendOnly?.includes(target.kind) === true) return asWritten(target, link.recordId);
  const step = await updateRecord(session, target, { id: link.recordId, how: 'link', seen: null });
  // Deleted in the CRM since; what the call grew by is still worth keeping.
  return step.kind === 'gone' ? replaceRecord(session, target, { id: link.recordId, reason: step.reason }) : step;
}

function asWritten(target: Target, recordId: string): RecordStep {
  const how = `link; a ${target.kind} is written once here`;
  return {
    kind: 'ok',
    value: { id: recordId, report: { kind: target.kind, recordId, action: 'unchanged', how, fields: [] } },
  };
}

/** On a create, the only record that can be gone is the one it was to be attached to. */
function contactGone(target: Target, reason: string): Step<null> {
  if (target.contactId !== null) return { kind: 'contact_gone', contactId: target.contactId, reason };
  return { kind: 'stop', outcome: { kind: 'rejected', reason } };
}

function skip(session: SyncSession, kind: RecordKind, how: string): Step<null> {
  session.records.push({ kind, recordId: null, action: 'skipped', how, fields: [] });
  return OK;
}

function toTarget({ compiled, contextFor }: SyncSession, person: Person, activity: Activity): Target {
  const { kind, key, scope } = activity;
  const { destination } = compiled;
  const read = destination.readRecord;
  return {
    ...activity,
    aliases: [],
    contactId: person.contactId,
    pointers: [],
    stampedKey: () => key,
    read:
      read === undefined || !canRead(destination, kind)
        ? null
        : (recordId) => read(kind, recordId, scope, contextFor('read')),
  };
}
