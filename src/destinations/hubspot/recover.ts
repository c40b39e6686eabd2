import type { FoundRecord, RecordWrite, RequestContext, Result } from '../destination.ts';
import { isSuccessStatus } from '../rest/answer.ts';
import { readRows } from './answer.ts';
import { reasonOf } from './classify.ts';
import { labelOf } from './exchange.ts';
import { findContacts, toFoundRecord } from './find-contacts.ts';
import { findNote } from './find-note.ts';
import { SEARCH } from './limits.ts';
import { EXTERNAL_ID } from './objects.ts';
import type { HubSpotParts } from './parts.ts';

type Recovered =
  Result<{ readonly found: FoundRecord | null }> | { readonly kind: 'repeatable' } | { readonly kind: 'unknowable' };

/** Nobody says how long the search index lags; observers saw seconds (hubspot.md section 9.2). */
const INDEX_LAG_MS = 60_000;

/**
 * After a create of unknown fate. With a unique property for our key it is simply done again; without, a search tells,
 * once its index had time.
 */
export async function recoverRecord(
  parts: HubSpotParts,
  write: RecordWrite,
  context: RequestContext,
): Promise<Recovered> {
  const portal = await parts.portals.portal(context);
  if ('kind' in portal) return portal;
  if (parts.portals.hasUniqueKey(portal, write.kind)) return { kind: 'repeatable' };
  const looked = await look(parts, write, context);
  if (looked === null) return { kind: 'unknowable' };
  if (looked.kind !== 'ok') return looked;
  // What hangs on a contact is listed without a search.
  const visibleAtMs = write.kind === 'note' ? 0 : (write.attemptedAtMs ?? 0) + INDEX_LAG_MS;
  if (looked.value === null && parts.clock.now() < visibleAtMs) {
    const reason = `a new ${write.kind} may not be found yet: looking again when HubSpot's index had its time`;
    return { kind: 'retry', reason, notBeforeMs: visibleAtMs };
  }
  return { kind: 'ok', value: { found: looked.value } };
}

/** Null: there is nothing to look by. */
async function look(
  parts: HubSpotParts,
  write: RecordWrite,
  context: RequestContext,
): Promise<Result<FoundRecord | null> | null> {
  const { kind, key, aliases = [] } = write;
  if (kind === 'note') return findNote(parts, write, context);
  if (kind === 'call') return searchCall(parts, key, context);
  return kind === 'contact' ? searchContact(parts, [key, ...aliases], context) : null;
}

/** By whatever of these a search can find; null: by none. */
async function searchContact(
  parts: HubSpotParts,
  keys: readonly string[],
  context: RequestContext,
): Promise<Result<FoundRecord | null> | null> {
  const queries = keys.flatMap((key) => toQuery(key) ?? []);
  for (const query of queries) {
    const result = await findContacts(parts, query, context);
    if (result.kind !== 'ok') return result;
    const [found] = result.value;
    if (found !== undefined) return { kind: 'ok', value: found };
  }
  return queries.length === 0 ? null : { kind: 'ok', value: null };
}

/** A person's key is the first of his identities: `phone:+14155550123`. */
function toQuery(key: string): { readonly by: 'phone' | 'email'; readonly value: string } | null {
  const [, by, value] = /^(phone|email):(.+)$/s.exec(key) ?? [];
  return (by === 'phone' || by === 'email') && value !== undefined ? { by, value } : null;
}

async function searchCall(
  { client, version, readById }: HubSpotParts,
  key: string,
  context: RequestContext,
): Promise<Result<FoundRecord | null>> {
  const filter = { propertyName: EXTERNAL_ID, operator: 'EQ', value: key };
  const body = { filterGroups: [{ filters: [filter] }], limit: 2 };
  const path = `/crm/objects/${version}/calls/search`;
  const question = { method: 'POST', path, body, effect: 'read', limitClass: SEARCH } as const;
  const reply = await client.look(question, context);
  if (reply.kind !== 'answer') return reply;
  const { answer } = reply;
  if (!isSuccessStatus(answer.status))
    return { kind: 'rejected', reason: reasonOf(answer, { label: labelOf(question) }) };
  const [hit] = readRows(answer).records;
  if (hit === undefined) return { kind: 'ok', value: null };
  const looked = await readById.call(hit.id, context);
  if (looked.kind === 'record') return { kind: 'ok', value: toFoundRecord(looked.record) };
  return looked.kind === 'missing' || looked.kind === 'not_unique' ? { kind: 'ok', value: null } : looked;
}
