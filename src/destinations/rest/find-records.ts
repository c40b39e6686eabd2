import type { JsonObject } from '../../domain/json.ts';
import { hashText } from '../../shared/hash.ts';
import type { ContactQuery, FoundRecord, RecordWrite, RequestContext, Result } from '../destination.ts';
import type { CompiledKind, CompiledLookup } from './compile-kind.ts';
import type { RestParts } from './parts.ts';
import { asObject } from './read-path.ts';
import { readRecords } from './read-records.ts';

/** Runs the lookups that fit, in their order, until one finds somebody. */
export async function findContacts(
  { ask, clock }: RestParts,
  lookups: readonly CompiledLookup[],
  { query, scope }: { readonly query: ContactQuery; readonly scope: JsonObject },
  context: RequestContext,
): Promise<Result<readonly FoundRecord[]>> {
  const asked = withIdentity(scope, query);
  const phone = query.by === 'phone' ? query.value : null;
  return firstFound(
    lookups.filter(({ by }) => by === query.by),
    async (lookup) => {
      const reply = await ask(asSearch(lookup, asked), context);
      if (reply.kind === 'success')
        return readRecords(reply.answer, { lookup, scope: asked, phone, nowMs: clock.now() });
      return asNothing(reply);
    },
  );
}

/** The one record that carries the key of this write; what to do with several says `ambiguous`. */
export async function findByKey(
  parts: RestParts,
  kind: CompiledKind,
  write: RecordWrite,
  context: RequestContext,
): Promise<Result<FoundRecord | null>> {
  const { ask, clock } = parts;
  const scope = scopeOf(write);
  const result = await firstFound(
    kind.lookups.filter(({ by }) => by === 'key'),
    async (lookup) => {
      const reply = await ask(asSearch(lookup, scope), context);
      if (reply.kind === 'success')
        return readRecords(reply.answer, { lookup, scope, phone: null, nowMs: clock.now() });
      return asNothing(reply);
    },
  );
  return result.kind === 'ok' ? chooseOne(kind, result.value) : result;
}

/** The record this write is about, by its key or, for a person, by whatever the scope knows of them. */
export async function findForWrite(
  parts: RestParts,
  kind: CompiledKind,
  write: RecordWrite,
  context: RequestContext,
): Promise<Result<FoundRecord | null>> {
  const byKey = await findByKey(parts, kind, write, context);
  if (byKey.kind !== 'ok' || byKey.value !== null || kind.kind !== 'contact') return byKey;
  for (const query of identitiesIn(write.scope)) {
    const found = await findContacts(parts, kind.lookups, { query, scope: scopeOf(write) }, context);
    if (found.kind !== 'ok') return found;
    const hits = found.value.filter(({ phones }) => query.by !== 'phone' || phones?.includes(query.value) !== false);
    if (hits.length > 0) return chooseOne(kind, hits);
  }
  return { kind: 'ok', value: null };
}

/**
 * What the templates of a write see. `fields` are those to be written now, `all_fields` everything projected: a text made
 * of several must not lose those that did not change. `marker` finds a record again where the CRM keeps no key of ours.
 */
export function scopeOf({ scope, id, key, fields, allFields, contactId }: RecordWrite): JsonObject {
  return { ...scope, id, key, marker: markerOf(key), fields, all_fields: allFields, contact_id: contactId };
}

/** Of one length, so that no marker is the beginning of another; the key itself may be any text. */
function markerOf(key: string): string {
  return `[hookline ${hashText(key).slice(0, 16)}]`;
}

async function firstFound(
  lookups: readonly CompiledLookup[],
  look: (lookup: CompiledLookup) => Promise<Result<readonly FoundRecord[]>>,
): Promise<Result<readonly FoundRecord[]>> {
  for (const lookup of lookups) {
    const found = await look(lookup);
    if (found.kind !== 'ok' || found.value.length > 0) return found;
  }
  return { kind: 'ok', value: [] };
}

function asSearch(lookup: CompiledLookup, scope: JsonObject): Parameters<RestParts['ask']>[0] {
  return { request: lookup.request, scope, purpose: 'search', success: null, conflict: null, none: lookup.none };
}

function asNothing(
  reply: Exclude<Awaited<ReturnType<RestParts['ask']>>, { kind: 'success' }>,
): Result<readonly FoundRecord[]> {
  if (reply.kind === 'none') return { kind: 'ok', value: [] };
  if (reply.kind === 'planned' || reply.kind === 'conflict') throw new Error(`A search was answered as ${reply.kind}.`);
  return reply;
}

/** The identity that is looked for stands where templates read it, even when the call knows another one. */
function withIdentity(scope: JsonObject, { by, value }: ContactQuery): JsonObject {
  return { ...scope, contact: { ...asObject(scope['contact']), [by]: value } };
}

function identitiesIn({ contact }: JsonObject): ContactQuery[] {
  const known = asObject(contact) ?? {};
  return (['external_id', 'phone', 'email'] as const).flatMap((by) => {
    const value = known[by];
    return typeof value === 'string' && value !== '' ? [{ by, value }] : [];
  });
}

function chooseOne({ ambiguous, kind }: CompiledKind, found: readonly FoundRecord[]): Result<FoundRecord | null> {
  const [first, second] = found;
  if (first === undefined || second === undefined) return { kind: 'ok', value: first ?? null };
  if (ambiguous === 'fail') {
    const ids = found.map(({ id }) => id).join(', ');
    return {
      kind: 'rejected',
      reason: `several ${kind} records match: ${ids}`,
      hint: 'Merge them in the CRM, or set `ambiguous: newest` or `oldest`.',
    };
  }
  const byAge = found.toSorted((one, other) => (one.createdAt ?? '').localeCompare(other.createdAt ?? ''));
  return { kind: 'ok', value: byAge.at(ambiguous === 'newest' ? -1 : 0) ?? null };
}
