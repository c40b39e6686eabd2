import type { FoundRecord, RecordWrite, RequestContext, Result } from '../destination.ts';
import { findPeople, toFoundRecord } from './find-people.ts';
import { CALL_OBJECT } from './objects.ts';
import { hasKey } from './org.ts';
import type { SalesforceParts } from './parts.ts';
import { keyText } from './prepare.ts';

type Recovered =
  Result<{ readonly found: FoundRecord | null }> | { readonly kind: 'repeatable' } | { readonly kind: 'unknowable' };

/** A write whose answer was lost may still be at work: triggers and flows take their time. */
const MAY_BE_AT_WORK_MS = 60_000;

/** After a create of unknown fate. With our key it is simply done again; without, a query tells. */
export async function recoverRecord(
  parts: SalesforceParts,
  write: RecordWrite,
  context: RequestContext,
): Promise<Recovered> {
  const org = await parts.orgs.org(context);
  if ('kind' in org) return org;
  if (hasKey(org, write.kind === 'contact' ? parts.createAs : 'Task')) return { kind: 'repeatable' };
  const looked = await look(parts, write, context);
  if (looked === null) return { kind: 'unknowable' };
  if (looked.kind !== 'ok') return looked;
  const settledAtMs = (write.attemptedAtMs ?? 0) + MAY_BE_AT_WORK_MS;
  if (looked.value === null && parts.clock.now() < settledAtMs) {
    const reason = `Salesforce may still be at work on this ${write.kind}: looking again when it had its time`;
    return { kind: 'retry', reason, notBeforeMs: settledAtMs };
  }
  return { kind: 'ok', value: { found: looked.value } };
}

/** Null: there is nothing to look by. */
async function look(
  parts: SalesforceParts,
  { kind, key }: RecordWrite,
  context: RequestContext,
): Promise<Result<FoundRecord | null> | null> {
  if (kind === 'contact') return lookForPerson(parts, key, context);
  const mark = parts.orgs.known().objects.Task?.get(CALL_OBJECT);
  if (mark?.isCreateable !== true || !mark.isFilterable) return null;
  const rows = await parts.tasks.byCallObject(keyText(key, mark), context);
  if ('kind' in rows) return rows;
  const [row] = rows;
  return { kind: 'ok', value: row === undefined ? null : toFoundRecord(parts, row) };
}

/** A person's key is the first of his identities: `phone:+14155550123`. */
async function lookForPerson(
  parts: SalesforceParts,
  key: string,
  context: RequestContext,
): Promise<Result<FoundRecord | null> | null> {
  const [, by, value] = /^(phone|email):(.+)$/s.exec(key) ?? [];
  if ((by !== 'phone' && by !== 'email') || value === undefined) return null;
  const result = await findPeople(parts, { by, value }, context);
  return result.kind === 'ok' ? { kind: 'ok', value: result.value[0] ?? null } : result;
}
