import { sql, type Compilable, type Kysely } from 'kysely';

import type { Schema } from '../schema.ts';

/** Events, calls, runs and what hangs on them. */
export function firstTables({ schema }: Kysely<Schema>): readonly Compilable[] {
  return [...events(schema), ...refusals(schema), ...calls(schema), ...runs(schema), ...attempts(schema)];
}

type SchemaBuilder = Kysely<Schema>['schema'];

function events(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('events')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('platform', 'text', (column) => column.notNull())
      .addColumn('receipt_key', 'text', (column) => column.notNull())
      .addColumn('semantic_key', 'text')
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('provider_event', 'text')
      .addColumn('call_id', 'text')
      .addColumn('call_key', 'text')
      .addColumn('orphan', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('body_hash', 'text', (column) => column.notNull())
      .addColumn('content_type', 'text')
      .addColumn('headers', 'text', (column) => column.notNull())
      .addColumn('proof', 'text', (column) => column.notNull())
      .addColumn('notes', 'text', (column) => column.notNull())
      // Last: SQLite then need not walk through the body to reach a column.
      .addColumn('body', 'blob', (column) => column.notNull()),
    schema.createIndex('events_receipt').on('events').columns(['receipt_key', 'source']).unique(),
    schema.createIndex('events_call').on('events').column('call_key').where('call_key', 'is not', null),
    schema.createIndex('events_source').on('events').columns(['source', 'id']),
    // Without the events of calls: nearly all are, and an index on them would only mislead the query planner.
    schema
      .createIndex('events_without_call')
      .on('events')
      .columns(['state', 'id'])
      .where(sql<boolean>`state <> 'pending'`),
    ...eventWork(schema),
  ];
}

function eventWork(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('pending_events')
      .addColumn('event_id', 'text', (column) => column.primaryKey())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('call_key', 'text', (column) => column.notNull())
      .addColumn('orphan', 'integer', (column) => column.notNull())
      .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('bytes', 'integer', (column) => column.notNull())
      .addColumn('try_at_ms', 'bigint')
      .addColumn('problem', 'text'),
    schema.createIndex('pending_events_call').on('pending_events').column('call_key'),
    schema
      .createIndex('pending_events_orphan')
      .on('pending_events')
      .columns(['source', 'received_at_ms'])
      .where(sql<boolean>`orphan = 1`),
    schema
      .createTable('duplicates')
      .addColumn('event_id', 'text', (column) => column.notNull())
      .addColumn('slot', 'integer', (column) => column.notNull())
      .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('times', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('duplicates_key', ['event_id', 'slot']),
    schema
      .createTable('joins')
      .addColumn('event_id', 'text', (column) => column.primaryKey())
      .addColumn('call_key', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('undone_at_ms', 'bigint'),
    schema.createIndex('joins_call').on('joins').column('call_key'),
    schema
      .createIndex('joins_undone')
      .on('joins')
      .column('event_id')
      .where(sql<boolean>`undone_at_ms is not null`),
  ];
}

function refusals(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('refusals')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('status', 'integer', (column) => column.notNull())
      .addColumn('cause', 'text', (column) => column.notNull())
      .addColumn('remote_address', 'text', (column) => column.notNull())
      .addColumn('body_bytes', 'integer', (column) => column.notNull())
      .addColumn('body_hash', 'text'),
    schema
      .createTable('refusal_counts')
      .addColumn('cause', 'text', (column) => column.primaryKey())
      .addColumn('count', 'bigint', (column) => column.notNull()),
  ];
}

function calls(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('calls')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('call_key', 'text', (column) => column.notNull().unique())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('platform', 'text', (column) => column.notNull())
      .addColumn('provider_call_id', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('fields_hash', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('customer_number', 'text')
      .addColumn('person_key', 'text', (column) => column.notNull())
      .addColumn('called_at', 'text', (column) => column.notNull())
      .addColumn('first_event_at', 'text', (column) => column.notNull())
      .addColumn('last_event_at', 'text', (column) => column.notNull())
      .addColumn('event_types', 'text', (column) => column.notNull())
      .addColumn('events', 'integer', (column) => column.notNull())
      .addColumn('first_received_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('last_received_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('unmatched', 'text', (column) => column.notNull())
      .addColumn('fields', 'text', (column) => column.notNull()),
    schema.createIndex('calls_source').on('calls').columns(['source', 'id']),
    schema.createIndex('calls_provider').on('calls').column('provider_call_id'),
    schema.createIndex('calls_person').on('calls').columns(['customer_number', 'called_at', 'status']),
    schema.createIndex('calls_received').on('calls').column('last_received_at_ms'),
    schema.createIndex('calls_source_received').on('calls').columns(['source', 'last_received_at_ms']),
  ];
}

function runs(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('runs')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('call_id', 'text', (column) => column.notNull())
      .addColumn('integration', 'text', (column) => column.notNull())
      .addColumn('destination', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('due_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('claim_at_ms', 'bigint')
      .addColumn('person_key', 'text', (column) => column.notNull())
      .addColumn('wanted_version', 'integer', (column) => column.notNull())
      .addColumn('wanted_destination', 'text', (column) => column.notNull())
      .addColumn('done_version', 'integer')
      .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('last_attempt', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('force', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('again', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('owner', 'text')
      .addColumn('trigger', 'text', (column) => column.notNull())
      .addColumn('config_hash', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('hint', 'text')
      .addColumn('updated_at_ms', 'bigint', (column) => column.notNull()),
    ...runIndexes(schema),
  ];
}

function runIndexes(schema: SchemaBuilder): Compilable[] {
  return [
    schema.createIndex('runs_call').on('runs').columns(['call_id', 'integration']).unique(),
    schema.createIndex('runs_state').on('runs').columns(['state', 'id']),
    schema
      .createIndex('runs_claim')
      .on('runs')
      .columns(['destination', 'claim_at_ms', 'id'])
      .where('claim_at_ms', 'is not', null),
    // Promise 3 as a constraint: whatever a claim gets wrong, one person is never written by two runs at a time.
    schema
      .createIndex('runs_person')
      .on('runs')
      .columns(['destination', 'person_key'])
      .where(sql<boolean>`state = 'running'`)
      .unique(),
  ];
}

function attempts(schema: SchemaBuilder): Compilable[] {
  return [
    schema
      .createTable('run_steps')
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('step', 'integer', (column) => column.notNull())
      .addColumn('call_version', 'integer', (column) => column.notNull())
      .addColumn('result', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('run_steps_key', ['run_id', 'step']),
    schema
      .createTable('attempts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('number', 'integer', (column) => column.notNull())
      .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('finished_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('call_version', 'integer', (column) => column.notNull())
      .addColumn('config_hash', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text', (column) => column.notNull())
      .addColumn('steps', 'text', (column) => column.notNull())
      .addColumn('requests', 'text', (column) => column.notNull()),
    schema.createIndex('attempts_run').on('attempts').columns(['run_id', 'number']).unique(),
  ];
}
