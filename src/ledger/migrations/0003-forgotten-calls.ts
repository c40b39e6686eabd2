import type { Compilable, Kysely } from 'kysely';

import type { Schema } from '../schema.ts';

/** What retention leaves of the calls of a person: their number. Without it `history.total_calls` would shrink in the CRM. */
export function forgottenCalls({ schema }: Kysely<Schema>): readonly Compilable[] {
  return [
    schema
      .createTable('forgotten_calls')
      .addColumn('customer_number', 'text', (column) => column.primaryKey())
      .addColumn('total_calls', 'integer', (column) => column.notNull())
      .addColumn('completed_calls', 'integer', (column) => column.notNull())
      .addColumn('first_call_at', 'text', (column) => column.notNull())
      .addColumn('last_call_at', 'text', (column) => column.notNull()),
  ];
}
