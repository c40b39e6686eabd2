import { sql } from 'kysely';

import type { Database, Statement } from '../database.ts';
import type { Ledger, Link } from '../ledger.ts';
import type { LinkTable } from '../schema.ts';
import { prepare } from '../statement.ts';

type Links = Pick<Ledger, 'findLinks' | 'saveLink' | 'saveLinks' | 'removeLink'>;

/** Links are never pruned: without them a late event would make a second record. */
export function createLinks(database: Database): Links {
  const { db } = database;
  const save = prepareSave(database);
  const remove = prepare<{ readonly destination: string; readonly kind: string; readonly key: string }>((link) =>
    db
      .deleteFrom('links')
      .where('key', '=', link.key)
      .where('kind', '=', link.kind)
      .where('destination', '=', link.destination),
  );
  return {
    async findLinks(destination, keys) {
      if (keys.length === 0) return [];
      const wanted = new Set(keys.map(({ kind, key }) => `${kind} ${key}`));
      const rows = await db
        .selectFrom('links')
        .selectAll()
        .where('key', 'in', [...new Set(keys.map(({ key }) => key))])
        .where('destination', '=', destination)
        .execute();
      return rows.filter(({ kind, key }) => wanted.has(`${kind} ${key}`)).map(toLink);
    },
    async saveLink(link) {
      await database.write([save(toLinkRow(link))]);
    },
    async saveLinks(links) {
      // In one order: two processes that save the same keys must not wait for each other.
      const ordered = links.toSorted((left, right) => (left.key < right.key ? -1 : 1));
      if (links.length > 0) await database.write(ordered.map((link): Statement => save(toLinkRow(link))));
    },
    async removeLink(destination, kind, key) {
      await database.write([remove({ destination, kind, key })]);
    },
  };
}

function prepareSave({ db }: Database) {
  return prepare<LinkTable>((link) =>
    db
      .insertInto('links')
      .values({
        destination: link.destination,
        kind: link.kind,
        key: link.key,
        state: link.state,
        record_id: link.record_id,
        hash: link.hash,
        stamps: link.stamps,
        updated_at_ms: link.updated_at_ms,
      })
      .onConflict((conflict) =>
        conflict.columns(['key', 'kind', 'destination']).doUpdateSet({
          state: sql`excluded.state`,
          record_id: sql`excluded.record_id`,
          hash: sql`excluded.hash`,
          stamps: sql`excluded.stamps`,
          updated_at_ms: sql`excluded.updated_at_ms`,
        }),
      ),
  );
}

export function toLink(row: LinkTable): Link {
  return {
    destination: row.destination,
    kind: row.kind as Link['kind'],
    key: row.key,
    state: row.state as Link['state'],
    recordId: row.record_id,
    hash: row.hash,
    stamps: JSON.parse(row.stamps) as Link['stamps'],
    updatedAtMs: row.updated_at_ms,
  };
}

function toLinkRow(link: Link): LinkTable {
  return {
    destination: link.destination,
    kind: link.kind,
    key: link.key,
    state: link.state,
    record_id: link.recordId,
    hash: link.hash,
    stamps: JSON.stringify(link.stamps),
    updated_at_ms: link.updatedAtMs,
  };
}
