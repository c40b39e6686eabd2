import type { AlreadyThere, FieldNote, Planned, RecordWrite, RequestContext, Result, Written } from '../destination.ts';
import type { HubSpotRecord } from './answer.ts';
import { compareShown } from './compare.ts';
import { createAlone } from './create-alone.ts';
import { findByAlias } from './find-by-alias.ts';
import { toFoundRecord } from './find-contacts.ts';
import type { Formatted } from './format.ts';
import { keepLifecycleForward } from './lifecycle.ts';
import type { HubSpotParts } from './parts.ts';
import type { Portal } from './portal.ts';
import { BODY, RECORDING } from './objects.ts';
import { prepareWrite, withLink } from './prepare.ts';
import { isLink } from './recording.ts';
import type { WriteVerdict } from './write-batches.ts';

export type WriteResult = Result<Written> | Planned | AlreadyThere;

/** One write at work. */
export interface Task {
  readonly parts: HubSpotParts;
  readonly write: RecordWrite;
  readonly portal: Portal;
  readonly properties: Readonly<Record<string, string>>;
  readonly notes: readonly FieldNote[];
  readonly context: RequestContext;
  /** Times it may still be sent without what HubSpot refused. */
  readonly triesLeft: number;
}

/** A refused value may hide another one. */
const MAX_TRIES = 3;

/** Brings one record into HubSpot, and attaches it to its contact. */
export async function writeRecord(
  parts: HubSpotParts,
  write: RecordWrite,
  context: RequestContext,
): Promise<WriteResult> {
  const task = await prepare(parts, write, context);
  if (!('parts' in task)) return task;
  const known = await findByAlias(task);
  if (known !== null) return known;
  const result = await put(await keepLifecycleForward(task));
  return result.kind === 'ok' ? attach(task, result) : result;
}

async function prepare(
  parts: HubSpotParts,
  write: RecordWrite,
  context: RequestContext,
): Promise<Task | Exclude<WriteResult, { kind: 'ok' }>> {
  const known = await parts.portals.portal(context);
  if ('kind' in known) return known;
  const first = prepareWrite(write, known, parts.clock);
  const isWhole = !first.notes.some(({ kind }) => kind === 'dropped');
  // Somebody may have added the property, or the option, since.
  const fresh = isWhole ? known : await parts.portals.portal(context, true);
  const portal = 'kind' in fresh ? known : fresh;
  const prepared = portal === known ? first : prepareWrite(write, portal, parts.clock);
  return { parts, write, portal, ...prepared, context, triesLeft: MAX_TRIES };
}

async function put(task: Task): Promise<WriteResult> {
  const { parts, write, portal, properties, context } = task;
  const { kind, id, key } = write;
  if (id !== null) {
    if (Object.keys(properties).length === 0) return { kind: 'ok', value: { id, created: false, notes: task.notes } };
    return conclude(task, await parts.update[kind]({ id, properties }, context));
  }
  if (!parts.portals.hasUniqueKey(portal, kind)) return createAlone(task, conclude);
  return conclude(task, await parts.upsert[kind]({ id: key, properties }, context));
}

/** What HubSpot said of it: written, or to be written to the record that has it already, or without what it refused. */
async function conclude(task: Task, verdict: WriteVerdict): Promise<WriteResult> {
  const { kind } = verdict;
  if (kind === 'record') return { kind: 'ok', value: written(task, verdict.record) };
  if (kind === 'planned') return task.notes.length === 0 ? verdict : { kind, notes: task.notes };
  if (kind === 'exists') return meet(task, verdict);
  if (kind === 'bad_fields') {
    const refused = verdict.properties.map(({ property, message }) => ({
      field: property,
      reason: `HubSpot refused it: ${message}`,
    }));
    return withoutFields(task, refused, verdict.reason);
  }
  if (kind !== 'not_unique') return verdict;
  // Somebody took the unique property away: the next try goes the other way.
  await task.parts.portals.portal(task.context, true);
  return { kind: 'retry', reason: verdict.reason };
}

function written({ write, properties, portal, notes }: Task, record: HubSpotRecord): Written {
  const different = compareShown(properties, record.properties, portal.schemas[write.kind]);
  const all = [...notes, ...different.filter(({ field }) => !notes.some((note) => note.field === field))];
  return {
    id: record.id,
    created: write.id === null && record.isNew === true,
    ...(all.length === 0 ? {} : { notes: all }),
  };
}

/**
 * Another record holds a value that exists once (hubspot.md section 8.2). A new record turns out to be that one; a known
 * record does without the value.
 */
async function meet(task: Task, held: Extract<WriteVerdict, { kind: 'exists' }>): Promise<WriteResult> {
  const { write, parts, context } = task;
  const { id, property, reason } = held;
  if (write.id !== null) {
    const field = property ?? 'email';
    return withoutFields(task, [{ field, reason: `it belongs to record ${id}` }], reason);
  }
  const looked = await parts.readById[write.kind](id, context);
  if (looked.kind === 'record') return { kind: 'exists', record: toFoundRecord(looked.record) };
  return looked.kind === 'missing' || looked.kind === 'not_unique' ? besideDeleted(task, held) : looked;
}

/**
 * An archived record may still hold the value, and cannot be written to (hubspot.md section 14). Without the value, then;
 * of our own key there is another, the same each time.
 */
async function besideDeleted(
  task: Task,
  { id, property, reason }: Extract<WriteVerdict, { kind: 'exists' }>,
): Promise<WriteResult> {
  const field = property ?? 'email';
  if (Object.hasOwn(task.properties, field)) {
    return withoutFields(task, [{ field, reason: `it belongs to record ${id}, which was deleted` }], reason);
  }
  if (task.triesLeft <= 0) return { kind: 'retry', reason };
  const write = { ...task.write, key: `${task.write.key}#${id}` };
  return put({ ...task, write, triesLeft: task.triesLeft - 1 });
}

function withoutFields(
  task: Task,
  refused: readonly { readonly field: string; readonly reason: string }[],
  reason: string,
): Promise<WriteResult> {
  const properties = Object.entries(task.properties).filter(([name]) => !refused.some(({ field }) => field === name));
  const isLess = properties.length < Object.keys(task.properties).length;
  if (!isLess || task.triesLeft <= 0) return Promise.resolve({ kind: 'rejected', reason });
  const notes = refused.map((note) => ({ ...note, kind: 'dropped' as const }));
  const rest = { properties: Object.fromEntries(properties), notes: [...task.notes, ...notes] };
  return put({ ...task, ...withRefusedLink(task, rest), triesLeft: task.triesLeft - 1 });
}

/** What HubSpot turns out not to play can still be listened to; as long as it is refused, it is tried again and linked again. */
function withRefusedLink({ write, properties }: Task, rest: Formatted): Formatted {
  const url = properties[RECORDING] ?? '';
  if (RECORDING in rest.properties || !isLink(url)) return rest;
  const notes = rest.notes.map((note) =>
    note.field === RECORDING ? { ...note, reason: `${note.reason}; the link stands in ${BODY}` } : note,
  );
  return withLink(url, { ...rest, notes }, write);
}

/** Once; that it was done is remembered by the record's link. */
async function attach(
  { parts, write, portal, context }: Task,
  result: Extract<WriteResult, { kind: 'ok' }>,
): Promise<WriteResult> {
  const { kind, contactId } = write;
  if (kind === 'contact' || contactId === null || !write.attach) return result;
  // A record that was created alone brought its contact along.
  if (write.id === null && !parts.portals.hasUniqueKey(portal, kind)) return result;
  const verdict = await parts.bind[kind]({ from: result.value.id, to: contactId }, context);
  if (verdict.kind === 'bound') return result;
  const isWord = verdict.kind === 'exists' || verdict.kind === 'bad_fields' || verdict.kind === 'not_unique';
  return isWord ? { kind: 'rejected', reason: verdict.reason } : verdict;
}
