import type { ContactQuery, FoundRecord, RecordWrite, RequestContext, Result } from '../destination.ts';
import { findPeople, toFoundRecord } from './find-people.ts';
import { CALL_OBJECT } from './objects.ts';
import { hasKey } from './org.ts';
import type { SalesforceParts } from './parts.ts';
import { keyText } from './prepare.ts';

type Recovered =
  Result<{ readonly found: FoundRecord | null }> | { readonly kind: 'repeatable' } | { readonly kind: 'unknowable' };

/** A write whose answer was lost may still be at work: a request may take ten minutes (salesforce.md section 4.10). */
const MAY_BE_AT_WORK_MS = 600_000;

/** After a create of unknown fate. With our key it is simply done again; without, a query tells. */
export async function recoverRecord(
  parts: SalesforceParts,
  write: RecordWrite,
  context: RequestContext,
): Promise<Recovered> {
  const org = await parts.orgs.org(context);
  if ('kind' in org) return org;
  const isKeyed = hasKey(org, write.kind === 'contact' ? parts.createAs : 'Task');
  if (isKeyed && write.kind === 'contact') return { kind: 'repeatable' };
  const looked = await look(parts, write, context);
  const known = looked === null ? null : knownBy(looked);
  if (known !== null) return known;
  // A Task that was made before the org had our field would have carried the key in CallObject.
  return isKeyed ? { kind: 'repeatable' } : withoutTrace(parts, write, looked !== null);
}

/** Null: the look found nothing. */
function knownBy(looked: Result<FoundRecord | null>): Recovered | null {
  if (looked.kind !== 'ok') return looked;
  return looked.value === null ? null : { kind: 'ok', value: { found: looked.value } };
}

function withoutTrace(
  { clock }: SalesforceParts,
  { kind, attemptedAtMs }: RecordWrite,
  wasLookedFor: boolean,
): Recovered {
  if (!wasLookedFor) return { kind: 'unknowable' };
  const settledAtMs = (attemptedAtMs ?? 0) + MAY_BE_AT_WORK_MS;
  if (clock.now() >= settledAtMs) return { kind: 'ok', value: { found: null } };
  const reason = `Salesforce may still be at work on this ${kind}: looking again when it had its time`;
  return { kind: 'retry', reason, notBeforeMs: settledAtMs };
}

/** Null: there is nothing to look by. */
async function look(
  parts: SalesforceParts,
  { kind, key, aliases = [] }: RecordWrite,
  context: RequestContext,
): Promise<Result<FoundRecord | null> | null> {
  if (kind === 'contact') return lookForPerson(parts, [key, ...aliases], context);
  const mark = parts.orgs.known().objects.Task?.get(CALL_OBJECT);
  if (mark?.isCreateable !== true || !mark.isFilterable) return null;
  const rows = await parts.tasks.byCallObject(keyText(key, mark), context);
  if ('kind' in rows) return rows;
  const [row] = rows;
  return { kind: 'ok', value: row === undefined ? null : toFoundRecord(parts, row) };
}

/** Keys of a person are his identities: `phone:+14155550123`. */
async function lookForPerson(
  parts: SalesforceParts,
  keys: readonly string[],
  context: RequestContext,
): Promise<Result<FoundRecord | null> | null> {
  const queries = keys.flatMap((key) => toQuery(key) ?? []);
  for (const query of queries) {
    const result = await findPeople(parts, query, context);
    if (result.kind !== 'ok') return result;
    const [found] = result.value;
    if (found !== undefined) return { kind: 'ok', value: found };
  }
  return queries.length === 0 ? null : { kind: 'ok', value: null };
}

function toQuery(key: string): ContactQuery | null {
  const [, by, value] = /^(phone|email):(.+)$/s.exec(key) ?? [];
  return (by === 'phone' || by === 'email') && value !== undefined ? { by, value } : null;
}
