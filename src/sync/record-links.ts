import type { Link, Stamp } from '../ledger/ledger.ts';
import { hashJson } from '../shared/hash.ts';
import { findLinks, type SyncSession } from './session.ts';
import { NO_STAMP } from './no-stamp.ts';
import { CONTACT_STAMP, KEY_STAMP, type Target, type TargetPlan } from './target.ts';

/*
 * The links of one record. A preview touches none of them.
 */

/** What was written last to a record, if it is the one its link names. */
export async function findStamps(session: SyncSession, target: Target, recordId: string): Promise<Link['stamps']> {
  const key = target.stampedKey(recordId);
  const link = (await findLinks(session, target.kind, [key])).get(key);
  return link !== undefined && pointsTo(link, recordId) ? link.stamps : {};
}

/** Says that a create is about to be sent; on disk when it resolves. */
export async function saveIntents(session: SyncSession, target: Target): Promise<void> {
  if (session.input.mode === 'preview') return;
  const stamps = { [KEY_STAMP]: { hash: target.key, asOf: session.moment.asOf } };
  const links = intentKeys(target).map((key) => ({ ...toLink(session, target, key, null), stamps }));
  await session.dependencies.ledger.saveLinks(links);
}

/** Takes the intents back: the create was refused or never sent. */
export async function removeIntents(session: SyncSession, target: Target): Promise<void> {
  const { dependencies, compiled, input } = session;
  if (input.mode === 'preview') return;
  for (const key of intentKeys(target)) {
    await dependencies.ledger.removeLink(compiled.destination.name, target.kind, key);
  }
}

/** Says that an update is about to be sent: what its fields hold is not known until an answer came. On disk when it resolves. */
export async function savePending(
  session: SyncSession,
  target: Target,
  { recordId, stamps, plan }: { readonly recordId: string; readonly stamps: Link['stamps']; readonly plan: TargetPlan },
): Promise<void> {
  const sent = [...Object.keys(plan.fields), ...(plan.contactChanged ? [CONTACT_STAMP] : [])];
  const pending = sent.map((field) => [field, withPending(stamps[field], plan.stamps[field])] as const);
  await saveStamps(session, target, recordId, { ...stamps, ...Object.fromEntries(pending) });
}

/** `stamps` of a record that is known to exist, as they are or, after an update that was refused or never sent, as they were. */
export async function saveStamps(
  session: SyncSession,
  target: Target,
  recordId: string,
  stamps: Link['stamps'],
): Promise<void> {
  if (session.input.mode === 'preview') return;
  const link = toLink(session, target, target.stampedKey(recordId), recordId);
  await session.dependencies.ledger.saveLinks([{ ...link, stamps }]);
}

function withPending(stamp = NO_STAMP, sent = NO_STAMP): Stamp {
  const earlier = (stamp.pending ?? []).filter(({ hash, asOf }) => hash !== sent.hash || asOf !== sent.asOf);
  return { ...stamp, pending: [...earlier, { hash: sent.hash, asOf: sent.asOf }] };
}

/**
 * Remembers where the record is and what was written, in one transaction; nothing when nothing changed. `isNew`: the
 * record did not exist a moment ago, so that no link can name it yet.
 */
export async function saveWritten(
  session: SyncSession,
  target: Target,
  { recordId, plan, isNew }: { readonly recordId: string; readonly plan: TargetPlan; readonly isNew: boolean },
): Promise<void> {
  if (session.input.mode === 'preview') return;
  const stampedKey = target.stampedKey(recordId);
  const saved = isNew ? NO_LINKS : await findLinks(session, target.kind, [...target.pointers, stampedKey]);
  const isSaved = (key: string): boolean => pointsTo(saved.get(key), recordId);
  const links = target.pointers.filter((key) => !isSaved(key)).map((key) => toLink(session, target, key, recordId));
  if (hasNews(plan) || !isSaved(stampedKey)) {
    const hash = hashJson(target.projection.fields.map(({ field, value }) => [field, value]));
    const before = isSaved(stampedKey) ? without(saved.get(stampedKey)?.stamps, plan.forgotten) : {};
    links.push({ ...toLink(session, target, stampedKey, recordId), hash, stamps: { ...before, ...plan.stamps } });
  }
  if (links.length > 0) await session.dependencies.ledger.saveLinks(links);
}

function hasNews({ stampsChanged, forgotten = [] }: TargetPlan): boolean {
  return stampsChanged || forgotten.length > 0;
}

function without(stamps: Link['stamps'] = {}, fields: readonly string[] = []): Link['stamps'] {
  return Object.fromEntries(Object.entries(stamps).filter(([field]) => !fields.includes(field)));
}

const NO_LINKS: ReadonlyMap<string, Link> = new Map();

/** A call or task has one link, first an intent and stamped later. */
function intentKeys({ pointers, key }: Target): readonly string[] {
  return pointers.length > 0 ? pointers : [key];
}

function pointsTo(link: Link | undefined, recordId: string): boolean {
  return link?.state === 'linked' && link.recordId === recordId;
}

/** `recordId` null makes an intent. */
function toLink(session: SyncSession, target: Target, key: string, recordId: string | null): Link {
  return {
    destination: session.compiled.destination.name,
    kind: target.kind,
    key,
    state: recordId === null ? 'intent' : 'linked',
    recordId,
    hash: null,
    stamps: {},
    updatedAtMs: session.dependencies.clock.now(),
  };
}
