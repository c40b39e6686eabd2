import { sql } from 'kysely';

import type { Database, Written } from '../database.ts';
import { mustChange, prepare } from '../statement.ts';
import { add, countEvents, NOTHING, type Pruned } from './pruned.ts';

interface PrunedCalls extends Pruned {
  /** When the newest of them was last heard of; undefined when none was deleted. */
  readonly newestMs: number | undefined;
}

/** Calls deleted at a time: a few milliseconds of the disk. */
const CHUNK = 20;

interface OldCall {
  readonly id: string;
  readonly key: string;
  readonly beforeMs: number;
}

/** Deletes the oldest calls last heard of before the given time, with everything that hangs on them except links. */
export function createPruneCalls(database: Database): (beforeMs: number) => Promise<PrunedCalls> {
  const statements = prepareStatements(database);
  return async (beforeMs) => {
    const limitMs = Math.min(beforeMs, Number.MAX_SAFE_INTEGER);
    const calls = await findOldCalls(database, limitMs);
    const written = await Promise.all(
      calls.map(({ id, call_key }) =>
        database.write(statements.map((statement) => statement({ id, key: call_key, beforeMs: limitMs }))),
      ),
    );
    return {
      ...written.map((each) => count(each)).reduce(add, NOTHING),
      newestMs: calls.at(-1)?.last_received_at_ms,
    };
  };
}

function count(written: Written): Pruned {
  if (written.kind !== 'written') return NOTHING;
  const rows = written.results.flatMap((result) => result.rows);
  return { ...countEvents(rows.filter(isDeletedEvent)), calls: 1 };
}

/** Locks return rows too. */
function isDeletedEvent(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'bytes' in row;
}

const NO_WORK_LEFT = [
  sql<boolean>`not exists (select 1 from runs where runs.call_id = calls.id
    and runs.state not in ('done', 'dead'))`,
  sql<boolean>`not exists (select 1 from pending_events where pending_events.call_key = calls.call_key)`,
];

function findOldCalls({ db }: Database, beforeMs: number) {
  return db
    .selectFrom('calls')
    .select(['id', 'call_key', 'last_received_at_ms'])
    .where('last_received_at_ms', '<', beforeMs)
    .where((where) => where.and(NO_WORK_LEFT))
    .orderBy('last_received_at_ms')
    .limit(CHUNK)
    .execute();
}

/** An event that came while its call was being deleted waits for the fold, which makes the call anew. */
const FOLDED = sql<boolean>`not exists (select 1 from pending_events where pending_events.event_id = events.id)`;

function prepareStatements({ db, manyWriters }: Database) {
  // Another event may have arrived since the call was found: then nothing is deleted.
  const call = prepare<OldCall>((old) =>
    db
      .deleteFrom('calls')
      .where('id', '=', old.id)
      .where('last_received_at_ms', '<', old.beforeMs)
      .where((where) => where.and(NO_WORK_LEFT)),
  );
  const guarded = (old: OldCall) => mustChange(call(old));
  const locks = manyWriters ? prepareLocks(db) : [];
  return [...locks, prepareRemember(db), guarded, ...prepareEventStatements(db), ...prepareRunStatements(db)];
}

function prepareEventStatements(db: Database['db']) {
  const duplicates = prepare<OldCall>((old) =>
    db
      .deleteFrom('duplicates')
      .where('event_id', 'in', (from) =>
        from.selectFrom('events').select('events.id').where('events.call_key', '=', old.key),
      ),
  );
  const joined = prepare<OldCall>((old) =>
    db
      .deleteFrom('events')
      .where('id', 'in', (from) =>
        from
          .selectFrom('joins')
          .select('event_id')
          .where('joins.call_key', '=', old.key)
          .where('undone_at_ms', 'is', null),
      )
      .where(FOLDED)
      .returning(sql<number>`length(body)`.as('bytes')),
  );
  const own = prepare<OldCall>((old) =>
    db
      .deleteFrom('events')
      .where('call_key', '=', old.key)
      .where('orphan', '=', 0)
      .where('state', '=', 'pending')
      .where(FOLDED)
      .returning(sql<number>`length(body)`.as('bytes')),
  );
  // A join that was undone tells why its event waits alone; it goes with the event.
  const joins = prepare<OldCall>((old) =>
    db
      .deleteFrom('joins')
      .where('call_key', '=', old.key)
      .where('undone_at_ms', 'is', null)
      .where(sql<boolean>`not exists (select 1 from events where events.id = joins.event_id)`),
  );
  return [duplicates, joined, own, joins];
}

/** A replay or a fold of the call comes before all of this, or finds nothing. */
function prepareLocks(db: Database['db']) {
  return [
    prepare<OldCall>((old) => db.selectFrom('calls').select('id').where('id', '=', old.id).forUpdate()),
    prepare<OldCall>((old) =>
      db.selectFrom('runs').select('id').where('call_id', '=', old.id).orderBy('id').forUpdate(),
    ),
  ];
}

/** Adds the call to those of its person that are forgotten; taken back when the call is not deleted after all. */
function prepareRemember(db: Database['db']) {
  return prepare<OldCall>((old) =>
    db
      .insertInto('forgotten_calls')
      .columns(['customer_number', 'total_calls', 'completed_calls', 'first_call_at', 'last_call_at'])
      .expression((from) =>
        from
          .selectFrom('calls')
          .select([
            sql<string>`customer_number`.as('customer_number'),
            sql<number>`1`.as('total_calls'),
            sql<number>`case when status = 'completed' then 1 else 0 end`.as('completed_calls'),
            'called_at as first_call_at',
            'called_at as last_call_at',
          ])
          .where('id', '=', old.id)
          .where('customer_number', 'is not', null),
      )
      .onConflict((conflict) =>
        conflict.column('customer_number').doUpdateSet({
          total_calls: sql`forgotten_calls.total_calls + excluded.total_calls`,
          completed_calls: sql`forgotten_calls.completed_calls + excluded.completed_calls`,
          first_call_at: sql`case when excluded.first_call_at < forgotten_calls.first_call_at
            then excluded.first_call_at else forgotten_calls.first_call_at end`,
          last_call_at: sql`case when excluded.last_call_at > forgotten_calls.last_call_at
            then excluded.last_call_at else forgotten_calls.last_call_at end`,
        }),
      ),
  );
}

function prepareRunStatements(db: Database['db']) {
  const ofCall = (old: OldCall) => db.selectFrom('runs').select('runs.id').where('runs.call_id', '=', old.id);
  return [
    prepare<OldCall>((old) => db.deleteFrom('attempts').where('run_id', 'in', ofCall(old))),
    prepare<OldCall>((old) => db.deleteFrom('run_steps').where('run_id', 'in', ofCall(old))),
    prepare<OldCall>((old) => db.deleteFrom('runs').where('call_id', '=', old.id)),
  ];
}
