import type { Compilable, Kysely } from 'kysely';

import type { Schema } from '../schema.ts';

/** What several processes agree on: who works on which person or record, and what time it is (docs/decisions/0010). */
export function locksAndTime({ schema }: Kysely<Schema>): readonly Compilable[] {
  return [
    schema
      .createTable('locks')
      .addColumn('destination', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('locks_key', ['key', 'destination']),
    schema.createIndex('locks_owner').on('locks').column('owner'),
    schema
      .createTable('shared_time')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('asked_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('ahead_ms', 'bigint', (column) => column.notNull()),
  ];
}
