import type { Fields } from '../../src/destinations/destination.ts';
import type { SandboxChange, SandboxRecord, SandboxStore } from '../../src/destinations/sandbox/store.ts';
import type { JsonValue } from '../../src/domain/json.ts';
import type { Ledger, Link, Pause } from '../../src/ledger/ledger.ts';

type Links = Pick<Ledger, 'findLinks' | 'saveLinks' | 'removeLink'>;
type Pauses = Pick<Ledger, 'pauses' | 'savePause' | 'clearPause'>;

export interface MemoryLedger extends Links, Pauses {
  readonly links: ReadonlyMap<string, Link>;
}

/** The links and pauses of a ledger, kept in memory: sync logic without a disk. */
export function createMemoryLedger(): MemoryLedger {
  const links = new Map<string, Link>();
  const pauses = new Map<string, Pause>();
  const idOf = (destination: string, kind: string, key: string): string => JSON.stringify([destination, kind, key]);
  return {
    links,
    async findLinks(destination, keys) {
      return keys.flatMap(({ kind, key }) => links.get(idOf(destination, kind, key)) ?? []);
    },
    async saveLinks(saved) {
      for (const link of saved) links.set(idOf(link.destination, link.kind, link.key), structuredClone(link));
    },
    async removeLink(destination, kind, key) {
      links.delete(idOf(destination, kind, key));
    },
    pauses: async () => [...pauses.values()],
    async savePause(pause) {
      pauses.set(pause.destination, pause);
    },
    async clearPause(destination) {
      pauses.delete(destination);
    },
  };
}

export interface MemorySandboxStore extends SandboxStore {
  remove(id: string): void;
}

/** The sandbox's records in memory. */
export function createMemorySandboxStore(): MemorySandboxStore {
  const records = new Map<string, SandboxRecord & { readonly crm: string }>();
  const changes: SandboxChange[] = [];
  const of = (crm: string): (SandboxRecord & { readonly crm: string })[] =>
    [...records.values()].filter((record) => record.crm === crm);

  function keepChanges({ id, kind, fields: before }: SandboxRecord, fields: Fields, atMs: number): void {
    for (const [field, after] of Object.entries(fields)) {
      const old: JsonValue = before[field] ?? null;
      if (JSON.stringify(old) !== JSON.stringify(after))
        changes.push({ recordId: id, kind, field, before: old, after, atMs });
    }
  }

  return {
    remove: (id) => records.delete(id),
    async insertRecord(crm, record) {
      const there = of(crm).find(({ kind, key }) => kind === record.kind && key === record.key);
      if (there !== undefined) return { inserted: false, record: there };
      records.set(record.id, { ...record, crm });
      keepChanges({ ...record, fields: {} }, record.fields, record.createdAtMs);
      return { inserted: true, record };
    },
    async updateRecord(crm, { id, fields, contactId, atMs }) {
      const there = of(crm).find((record) => record.id === id);
      if (there === undefined) return null;
      keepChanges(there, fields, atMs);
      const merged = { ...there, fields: { ...there.fields, ...fields }, contactId: contactId ?? there.contactId };
      records.set(id, { ...merged, updatedAtMs: atMs });
      return merged;
    },
    getRecord: async (crm, id) => of(crm).find((record) => record.id === id) ?? null,
    findByKey: async (crm, kind, key) => of(crm).find((record) => record.kind === kind && record.key === key) ?? null,
    findByField: async (crm, kind, field, value) =>
      of(crm).filter((record) => record.kind === kind && record.fields[field] === value),
    listRecords: async (crm, kind, limit) =>
      of(crm)
        .filter((record) => record.kind === kind)
        .toReversed()
        .slice(0, limit),
    history: async (_crm, recordId) => changes.filter((change) => change.recordId === recordId),
  };
}
