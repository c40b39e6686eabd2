import { toFoundRecord } from './find-contacts.ts';
import type { Task, WriteResult } from './write-record.ts';

/**
 * A new contact that was made before under another of the person's keys, by a ledger that lost it since. Whatever was made
 * under the very key is met by the upsert. Null: there is none.
 */
export async function findByAlias({ parts, write, portal, context }: Task): Promise<WriteResult | null> {
  const { kind, id, aliases = [] } = write;
  if (kind !== 'contact' || id !== null || !parts.portals.hasUniqueKey(portal, kind)) return null;
  for (const looked of await Promise.all(aliases.map((alias) => parts.readByKey(alias, context)))) {
    if (looked.kind === 'record') return { kind: 'exists', record: toFoundRecord(looked.record) };
    if (looked.kind !== 'missing' && looked.kind !== 'not_unique') return looked;
  }
  return null;
}
