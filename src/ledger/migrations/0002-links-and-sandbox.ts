import type { Compilable, Kysely } from 'kysely';

import type { Schema } from '../schema.ts';

/** What the destinations need: links, pauses, rotated secrets, and the sandbox CRM. */
export function linksAndSandbox({ schema }: Kysely<Schema>): readonly Compilable[] {
  return [...links(schema), ...sandboxRecords(schema), ...sandboxValues(schema)];
}

type SchemaBuilder = Kysely<Schema>['schema'];

function links(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('links')
      .addColumn('destination', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('record_id', 'text')
      .addColumn('hash', 'text')
      .addColumn('stamps', 'text', (column) => column.notNull())
      .addColumn('updated_at_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('links_key', ['key', 'kind', 'destination']),
    schema
      .createTable('pauses')
      .addColumn('destination', 'text', (column) => column.primaryKey())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('hint', 'text')
      .addColumn('since_ms', 'bigint', (column) => column.notNull())
      .addColumn('until_ms', 'bigint'),
    schema
      .createTable('secrets')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull()),
  ];
}

function sandboxRecords(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('sandbox_records')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('destination', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('contact_id', 'text')
      .addColumn('fields', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('updated_at_ms', 'bigint', (column) => column.notNull()),
    schema.createIndex('sandbox_records_key').on('sandbox_records').columns(['destination', 'kind', 'key']).unique(),
    schema.createIndex('sandbox_records_list').on('sandbox_records').columns(['destination', 'kind', 'id']),
  ];
}

function sandboxValues(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('sandbox_values')
      .addColumn('record_id', 'text', (column) => column.notNull())
      .addColumn('destination', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('field', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('sandbox_values_key', ['record_id', 'field']),
    schema
      .createIndex('sandbox_values_find')
      .on('sandbox_values')
      .columns(['field', 'value', 'kind', 'destination', 'record_id']),
    schema
      .createTable('sandbox_changes')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('record_id', 'text', (column) => column.notNull())
      .addColumn('destination', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('field', 'text', (column) => column.notNull())
      .addColumn('before', 'text', (column) => column.notNull())
      .addColumn('after', 'text', (column) => column.notNull())
      .addColumn('at_ms', 'bigint', (column) => column.notNull()),
    schema.createIndex('sandbox_changes_record').on('sandbox_changes').columns(['record_id', 'number']),
  ];
}
