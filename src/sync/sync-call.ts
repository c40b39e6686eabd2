import { TemplateError } from '../templates/template.ts';
import { callMoment } from './call-moment.ts';
import type { CompiledSync } from './compiled-sync.ts';
import { areHeld, comeBack, guardLinks, TakenOverError, workAlone } from './hold.ts';
import { identitiesOf } from './identity.ts';
import type { Grip } from './keyed-mutex.ts';
import { callPointer } from './match-person.ts';
import { findLinks, type Step, type SyncDependencies, type SyncSession } from './session.ts';
import { syncTask } from './sync-activity.ts';
import { syncCallRecord } from './sync-call-record.ts';
import { syncContact, type Person } from './sync-contact.ts';
import type { SyncInput, SyncResult } from './sync.ts';

/**
 * Brings one call into one destination: the person, the call with its notes, the task. Each is found through its links, so that
 * repeating it, at any point and any number of times, writes nothing twice.
 */
export async function syncCall(
  dependencies: SyncDependencies,
  compiled: CompiledSync,
  input: SyncInput,
): Promise<SyncResult> {
  const grips = new Set<Grip>([{ stillHeld: input.stillHeld }]);
  const stillHeld = (): Promise<boolean> => areHeld(grips);
  const { contextFor, requests } = dependencies.runtime.openContext({ ...input, stillHeld });
  const session: SyncSession = {
    dependencies: { ...dependencies, ledger: guardLinks(dependencies.ledger, stillHeld) },
    compiled,
    input,
    contextFor,
    grips,
    moment: callMoment(input.call, input.callKey),
    records: [],
    goneContacts: new Set(),
  };
  const step = await workAlone(session, lockKeys(session), () => withinLimits(session));
  const report = { records: session.records };
  if (step.kind === 'ok') return { kind: 'finished', report, requests: requests() };
  if (step.pausedBy !== undefined && input.mode === 'live') dependencies.runtime.pause(step.pausedBy);
  return { kind: 'stopped', outcome: step.outcome, report, requests: requests() };
}

/** The call, and every identity of its person: whoever shares one of them waits. */
function lockKeys(session: SyncSession): readonly string[] {
  const { contact } = session.compiled;
  const identities = contact === null ? [] : identitiesOf(session.input.call, contact);
  return [callPointer(session), ...identities.map(({ key }) => key)];
}

/** A condition that cannot be decided is the operator's to mend; no later try would do better. */
async function withinLimits(session: SyncSession): Promise<Exclude<Step<null>, { kind: 'contact_gone' }>> {
  try {
    return await syncWithPresentContact(session);
  } catch (error) {
    if (error instanceof TakenOverError) return comeBack(session, error.message);
    if (!(error instanceof TemplateError)) throw error;
    return { kind: 'stop', outcome: { kind: 'rejected', reason: error.message } };
  }
}

/** A contact that was deleted or merged away since is looked up anew, once. */
async function syncWithPresentContact(session: SyncSession): Promise<Exclude<Step<null>, { kind: 'contact_gone' }>> {
  const first = await syncRecords(session);
  if (first.kind !== 'contact_gone') return first;
  await forgetContact(session, first.contactId);
  session.records.length = 0;
  const second = await syncRecords(session);
  if (second.kind !== 'contact_gone') return second;
  return { kind: 'stop', outcome: { kind: 'retry', reason: `its contact is gone again: ${second.reason}` } };
}

async function syncRecords(session: SyncSession): Promise<Step<null>> {
  const { compiled, input } = session;
  if (compiled.when !== null && !compiled.when(input.scope)) {
    session.records.push({ kind: 'contact', recordId: null, action: 'skipped', how: 'when is false', fields: [] });
    return { kind: 'ok', value: null };
  }
  const contact: Step<Person> =
    compiled.contact === null
      ? { kind: 'ok', value: { contactId: null, skipped: null, isPlanned: false } }
      : await syncContact(session, compiled.contact);
  if (contact.kind !== 'ok') return contact;
  const call = await syncCallRecord(session, contact.value);
  if (call.kind !== 'ok') return call;
  return syncTask(session, contact.value);
}

async function forgetContact(session: SyncSession, contactId: string): Promise<void> {
  const { dependencies, compiled, input, goneContacts } = session;
  goneContacts.add(contactId);
  if (input.mode === 'preview' || compiled.contact === null) return;
  const keys = identitiesOf(input.call, compiled.contact).map(({ key }) => key);
  const links = await findLinks(session, 'contact', [...keys, callPointer(session), `record:${contactId}`]);
  for (const link of links.values()) {
    if (link.recordId !== contactId) continue;
    await dependencies.ledger.removeLink(compiled.destination.name, 'contact', link.key);
  }
}
