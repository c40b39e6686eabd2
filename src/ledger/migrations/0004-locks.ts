import type { Compilable, Kysely } from 'kysely';

import type { Schema } from '../schema.ts';

/** Persons and records that somebody works on, so that no other process does (docs/decisions/0010). */
export function locks({ schema }: Kysely<Schema>): readonly Compilable[] {
  return [
    schema
      .createTable('locks')
      .addColumn('destination', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('locks_key', ['key', 'destination']),
    schema.createIndex('locks_owner').on('locks').column('owner'),
  ];
}
