import type { Failure, FoundRecord } from '../destinations/destination.ts';
import type { Link } from '../ledger/ledger.ts';
import { choosePerson, type Candidates, type Choice } from './choose-person.ts';
import type { CompiledContact } from './compiled-sync.ts';
import type { Identity } from './identity.ts';
import { findLinks, type SyncSession } from './session.ts';
import { KEY_STAMP } from './target.ts';

/**
 * Whose call it is, as far as ledger and CRM tell. `open`: a contact was about to be created for this person and
 * nobody knows whether it was; `key` is the one it was to be made under, null where that was not kept.
 */
export type PersonMatch =
  | Choice
  | { readonly kind: 'open'; readonly attemptedAtMs: number; readonly key: string | null }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Key of the contact link that remembers whose call this is: a call keeps its person. */
export function callPointer(session: SyncSession): string {
  return `call:${session.input.callKey}`;
}

/**
 * Finds the person: the call's own link, then every identity in the operator's order, each by its link or, where there
 * is none, by a search in the CRM. Identities that have a link cost no request.
 */
export async function matchPerson(
  session: SyncSession,
  contact: CompiledContact,
  identities: readonly Identity[],
): Promise<PersonMatch> {
  const links = await findLinks(session, 'contact', [callPointer(session), ...identities.map(({ key }) => key)]);
  const candidates: Candidates[] = [];
  const isLast = contact.onNoMatch !== 'create';
  for (const identity of identities) {
    const found = await candidatesOf(session, { identity, link: links.get(identity.key), isLast });
    if ('kind' in found) return { kind: 'failed', failure: found };
    candidates.push(found);
  }
  const choice = choosePerson(linkedId(session, links.get(callPointer(session))), candidates, contact.onManyMatches);
  const intents = [...links.values()].filter(({ state }) => state === 'intent');
  const [latest] = intents.toSorted((left, right) => right.updatedAtMs - left.updatedAtMs);
  if (choice.kind !== 'none' || latest === undefined) return choice;
  return { kind: 'open', attemptedAtMs: latest.updatedAtMs, key: latest.stamps[KEY_STAMP]?.hash ?? null };
}

interface Asked {
  readonly identity: Identity;
  readonly link: Link | undefined;
  readonly isLast: boolean;
}

async function candidatesOf(session: SyncSession, asked: Asked): Promise<Candidates | Failure> {
  const { identity, link } = asked;
  const id = linkedId(session, link);
  if (id !== null) return { identity, by: 'link', hits: [{ id, createdAt: null, record: null }], refused: 0 };
  // Of an open create, too: finding nothing proves nothing then, but whom it finds need not be made again.
  return search(session, asked);
}

function linkedId({ goneContacts }: SyncSession, link: Link | undefined): string | null {
  const id = link?.state === 'linked' ? link.recordId : null;
  return id !== null && goneContacts.has(id) ? null : id;
}

async function search(session: SyncSession, { identity, isLast }: Asked): Promise<Candidates | Failure> {
  const { compiled, input, contextFor, goneContacts } = session;
  const query = { by: identity.kind, value: identity.value, isLast };
  const result = await compiled.destination.findContacts(query, input.scope, contextFor('find'));
  if (result.kind !== 'ok') return result;
  const contradiction = result.value.find(({ id }) => goneContacts.has(id));
  if (contradiction !== undefined) return stillShown(session, identity, contradiction.id);
  const hits = result.value.filter((record) => carries(record, identity));
  return {
    identity,
    by: 'search',
    hits: hits.map((record) => ({ id: record.id, createdAt: record.createdAt, record })),
    refused: result.value.length - hits.length,
  };
}

/** An index that lags forgets it soon. A wrong path is answered 404, too, and must not make one more contact each time. */
function stillShown({ compiled: { destination } }: SyncSession, { kind }: Identity, id: string): Failure {
  const reason = `contact ${id} is gone, says ${destination.name}, but its search by ${kind} still shows it`;
  return {
    kind: 'retry',
    reason,
    hint: `If this goes on, check how ${destination.name} updates contacts and what hangs on them.`,
  };
}

/** CRM searches compare parts of numbers; only the exact number counts (hubspot.md section 10). */
function carries(record: FoundRecord, { kind, value }: Identity): boolean {
  return kind !== 'phone' || record.phones === null || record.phones.includes(value);
}
