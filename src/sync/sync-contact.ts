import { canRead, type FoundRecord, type Result } from '../destinations/destination.ts';
import type { TakenIdentity } from './choose-person.ts';
import type { CompiledContact } from './compiled-sync.ts';
import { identitiesOf, type Identity } from './identity.ts';
import { callPointer, matchPerson } from './match-person.ts';
import { projectFields, type Projection } from './project-fields.ts';
import { stopFor, type Step, type SyncSession } from './session.ts';
import type { Target } from './target.ts';
import { createRecord, recoverRecord, updateAlone, type RecordStep } from './write-record.ts';

/** Where a call's records belong. */
export interface Person {
  /** Null when there is no contact, or when a preview would create it. */
  readonly contactId: string | null;
  /** Why nothing at all is written for this person; null normally. */
  readonly skipped: string | null;
  /** True in a preview that would create the contact. */
  readonly isPlanned: boolean;
}

const NOBODY: Person = { contactId: null, skipped: null, isPlanned: false };

/** Finds or creates the person of the call and brings the contact up to date. */
export async function syncContact(session: SyncSession, contact: CompiledContact): Promise<Step<Person>> {
  const identities = identitiesOf(session.input.call, contact);
  const match = await matchPerson(session, contact, identities);
  switch (match.kind) {
    case 'failed':
      return stopFor(match.failure);
    case 'many':
      return { kind: 'stop', outcome: ambiguous(session, match.reason) };
    case 'found': {
      const known = { id: match.id, how: match.how, seen: match.record };
      return conclude(
        session,
        match.id,
        await updateAlone(session, toTarget(session, contact, identities, match.taken), known),
      );
    }
    case 'open': {
      const target = toTarget(session, contact, identities, []);
      return conclude(session, null, await recoverRecord(session, asBefore(target, match.key), match.attemptedAtMs));
    }
    case 'none':
      return createContact(session, contact, { identities, refused: match.refused });
  }
}

/** Made under one of the person's keys, it is asked for by that one. */
function asBefore(target: Target, key: string | null): Target {
  if (key === null || key === target.key) return target;
  return { ...target, key, aliases: [target.key, ...target.aliases].filter((other) => other !== key) };
}

async function createContact(
  session: SyncSession,
  contact: CompiledContact,
  { identities, refused }: { readonly identities: readonly Identity[]; readonly refused: number },
): Promise<Step<Person>> {
  if (contact.onNoMatch === 'skip') return skip(session, 'no contact matches, and on_no_match is skip', true);
  // A record nobody can recognise again would be made anew with every such call (field-notes.md C1, C2).
  if (identities.length === 0)
    return skip(session, 'nothing to know the caller by: no usable phone, email or external id', false);
  if (contact.onNoMatch === 'hold') return { kind: 'stop', outcome: unmatched(session, identities) };
  const others = refused === 0 ? '' : ` (${refused} found by the search carry other numbers)`;
  const target = toTarget(session, contact, identities, []);
  return conclude(session, null, await createRecord(session, target, `created: no match${others}`));
}

function conclude(session: SyncSession, contactId: string | null, step: RecordStep): Step<Person> {
  if (step.kind === 'gone') {
    if (contactId !== null) return { kind: 'contact_gone', contactId, reason: step.reason };
    return { kind: 'stop', outcome: { kind: 'retry', reason: step.reason } };
  }
  if (step.kind !== 'ok') return step;
  session.records.push(step.value.report);
  return { kind: 'ok', value: { ...NOBODY, contactId: step.value.id, isPlanned: step.value.id === null } };
}

function skip(session: SyncSession, reason: string, skipsAll: boolean): Step<Person> {
  session.records.push({ kind: 'contact', recordId: null, action: 'skipped', how: reason, fields: [] });
  return { kind: 'ok', value: { ...NOBODY, skipped: skipsAll ? reason : null } };
}

function toTarget(
  session: SyncSession,
  contact: CompiledContact,
  identities: readonly Identity[],
  taken: readonly TakenIdentity[],
): Target {
  const { scope, callKey } = session.input;
  const own = identities.filter((identity) => !taken.some((other) => other.identity.key === identity.key));
  const [key = `call:${callKey}`, ...aliases] = identities.map((identity) => identity.key);
  return {
    kind: 'contact',
    key,
    aliases,
    projection: withoutTaken(projectFields(contact.fields, scope), taken),
    contactId: null,
    scope,
    pointers: [...own.map((identity) => identity.key), callPointer(session)],
    stampedKey: (recordId) => `record:${recordId}`,
    read: (recordId) => readContact(session, identities, recordId),
  };
}

/** What belongs to another contact is not written to this one: CRMs refuse it, or swallow half of the write (field-notes.md C6). */
function withoutTaken(projection: Projection, taken: readonly TakenIdentity[]): Projection {
  const owners = new Map(taken.map(({ identity, contactIds }) => [identity.value, contactIds.join(', ')]));
  const ownerOf = (value: unknown): string | undefined =>
    typeof value === 'string' ? (owners.get(value) ?? owners.get(value.toLowerCase())) : undefined;
  const refused = projection.fields.filter(({ value }) => ownerOf(value) !== undefined);
  const dropped = refused.map(({ field, value }) => ({
    field,
    after: value,
    action: 'dropped' as const,
    reason: `it belongs to contact ${ownerOf(value)}`,
  }));
  return {
    fields: projection.fields.filter((field) => !refused.includes(field)),
    dropped: [...projection.dropped, ...dropped],
  };
}

/** Destinations that cannot read by id may still show the record as a search hit. */
async function readContact(
  { compiled: { destination }, input, contextFor }: SyncSession,
  identities: readonly Identity[],
  recordId: string,
): Promise<Result<FoundRecord | null>> {
  if (destination.readRecord !== undefined && canRead(destination, 'contact')) {
    return destination.readRecord('contact', recordId, input.scope, contextFor('read'));
  }
  for (const { kind, value } of identities) {
    const result = await destination.findContacts({ by: kind, value }, input.scope, contextFor('find'));
    if (result.kind !== 'ok') return result;
    const record = result.value.find(({ id }) => id === recordId);
    if (record !== undefined) return { kind: 'ok', value: record };
  }
  return { kind: 'ok', value: null };
}

function ambiguous(
  { compiled: { destination } }: SyncSession,
  reason: string,
): { kind: 'held'; reason: string; hint: string } {
  return {
    kind: 'held',
    reason: `several contacts may be meant: ${reason}`,
    hint: `Merge them in ${destination.name}, or set on_many_matches to newest or oldest; then replay.`,
  };
}

function unmatched(
  { compiled: { destination } }: SyncSession,
  identities: readonly Identity[],
): { kind: 'held'; reason: string; hint: string } {
  return {
    kind: 'held',
    reason: `no contact matches ${identities.map(({ kind, value }) => `${kind} ${value}`).join(', ')}, and on_no_match is hold`,
    hint: `Create the contact in ${destination.name}, or set on_no_match to create or skip; then replay.`,
  };
}
