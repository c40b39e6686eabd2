import type { After } from '../../../shared/after.ts';
import type { Failure, RequestContext } from '../../destination.ts';
import type { SalesforceClient } from '../client.ts';
import type { SObjectType } from '../objects.ts';
import { readFields, type Fields } from '../org.ts';
import type { WantedField } from './wanted-fields.ts';

/** What the daemon's user sees of the objects of these fields. */
export type Seen = ReadonlyMap<SObjectType, Fields | null>;

export interface Looking {
  /** Of the daemon's own user: what an administrator sees says nothing. */
  readonly client: SalesforceClient;
  readonly after: After;
  readonly context: RequestContext;
}

export async function seeFields(
  { client, context }: Pick<Looking, 'client' | 'context'>,
  wanted: readonly WantedField[],
): Promise<Seen | Failure> {
  const seen = new Map<SObjectType, Fields | null>();
  for (const { type } of wanted) {
    const fields = await readFields(client, type, context);
    if (fields !== null && 'kind' in fields) return fields;
    seen.set(type, fields);
  }
  return seen;
}

/** Fields that the user cannot both read and write yet. */
export function lackingAccess(seen: Seen, fields: readonly WantedField[]): readonly WantedField[] {
  return fields.filter(({ type, name }) => {
    const field = seen.get(type)?.get(name);
    return field?.isCreateable !== true || !field.isUpdateable;
  });
}

/** What was granted shows at once as a rule, and after some seconds where the org is busy. */
const LOOKS_AFTER_MS = [0, 1000, 2000, 4000, 8000];

/** Looks until the user has access to all of these fields, a few times at most; what is lacking in the end. */
export async function awaitAccess(
  looking: Looking,
  fields: readonly WantedField[],
): Promise<readonly WantedField[] | Failure> {
  let lacking = fields;
  for (const delayMs of LOOKS_AFTER_MS) {
    if (delayMs > 0) await pause(looking, delayMs);
    if (looking.context.signal.aborted) break;
    const seen = await seeFields(looking, lacking);
    if ('kind' in seen) return seen;
    lacking = lackingAccess(seen, lacking);
    if (lacking.length === 0) break;
  }
  return lacking;
}

function pause({ after, context: { signal } }: Looking, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = after(delayMs, done);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
