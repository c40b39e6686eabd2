import type { Continuation } from '../destinations/continuation.ts';
import type { Fields } from '../destinations/destination.ts';
import { projectFields, type ProjectedField, type Projection } from './project-fields.ts';
import { findLinks, type Step, type SyncSession } from './session.ts';
import { syncActivity } from './sync-activity.ts';
import type { Person } from './sync-contact.ts';

/** The activity of the call: one per call, attached to its person, and with it the notes that carry on what is too long for it. */
export async function syncCallRecord(session: SyncSession, person: Person): Promise<Step<null>> {
  const { call } = session.compiled;
  if (call === null) return { kind: 'ok', value: null };
  const { callKey, scope } = session.input;
  const projection = projectFields(call.fields, scope);
  const continued = continueInNotes(session, person, projection);
  const fitting = continued === null ? projection : withoutRest(projection, continued);
  const step = await syncActivity(session, person, { kind: 'call', key: callKey, projection: fitting, scope });
  if (step.kind !== 'ok' || continued === null) return step;
  const isNew = session.records.at(-1)?.action === 'created';
  return syncNotes(session, person, { ...continued, mayHaveMore: !isNew });
}

/** Null where there is no contact to hang a note on, and where the field is not simply written each time. */
function continueInNotes(session: SyncSession, person: Person, { fields }: Projection): Continuation | null {
  const { destination } = session.compiled;
  if (person.contactId === null && !person.isPlanned) return null;
  const values = Object.fromEntries(fields.map(({ field, value }) => [field, value]));
  const continued = destination.continueInNotes?.(session.input.callKey, values) ?? null;
  const projected = fields.find(({ field }) => field === continued?.field);
  return projected !== undefined && isWrittenAlways(projected) ? continued : null;
}

function isWrittenAlways({ write, onlyOn }: ProjectedField): boolean {
  return (write === 'newer' || write === 'overwrite') && onlyOn === null;
}

function withoutRest({ fields, dropped }: Projection, { field, value, notes }: Continuation): Projection {
  if (notes.length === 0) return { fields, dropped };
  const note = `too long for one record: continued in ${notes.length} ${notes.length === 1 ? 'note' : 'notes'}`;
  return { dropped, fields: fields.map((one) => (one.field === field ? { ...one, value, note } : one)) };
}

/** One after the other. Notes of an earlier version that had more to say are there as long as links tell of them. */
async function syncNotes(
  session: SyncSession,
  person: Person,
  { notes, spent, mayHaveMore }: Continuation & { readonly mayHaveMore: boolean },
): Promise<Step<null>> {
  const { callKey, scope } = session.input;
  for (let index = 0; ; index += 1) {
    const key = `${callKey}#note#${index + 1}`;
    const isNeeded = index < notes.length;
    if (!isNeeded && (!mayHaveMore || !(await hasLink(session, key)))) return { kind: 'ok', value: null };
    const projection = projectNote(notes[index] ?? spent(index));
    const step = await syncActivity(session, person, { kind: 'note', key, projection, scope });
    if (step.kind !== 'ok') return step;
  }
}

async function hasLink(session: SyncSession, key: string): Promise<boolean> {
  return (await findLinks(session, 'note', [key])).has(key);
}

function projectNote(fields: Fields): Projection {
  const projected = Object.entries(fields).map(([field, value]): ProjectedField => ({
    field,
    value,
    write: 'newer',
    onlyOn: null,
  }));
  return { fields: projected, dropped: [] };
}
