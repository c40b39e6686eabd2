import { sql, type RawBuilder } from 'kysely';

import type { Ids } from '../../shared/ids.ts';
import type { Database } from '../database.ts';
import type { FinishedAttempt, Ledger } from '../ledger.ts';
import { mustChange, prepare } from '../statement.ts';
import { currentPersonKey } from './due-runs.ts';
import { prepareLockRun } from './lock-runs.ts';

/** Writes an attempt and moves its run (contract: Ledger.finishAttempt). */
export function createFinishAttempt(database: Database, ids: Ids): Ledger['finishAttempt'] {
  const { append, move, forgetSteps } = prepareStatements(database);
  const lock = prepareLockRun(database);
  return async (attempt) => {
    const written = await database.write([
      ...lock(attempt.runId),
      // First: it reads the number of the last attempt, and finds nothing when the lease was lost.
      mustChange(append(toAppend(attempt, ids.next('att')))),
      forgetSteps({ runId: attempt.runId, done: attempt.next.state === 'done' ? 1 : 0 }),
      move(toMove(attempt)),
    ]);
    return written.kind === 'written';
  };
}

function toAppend(attempt: FinishedAttempt, id: string) {
  return {
    id,
    runId: attempt.runId,
    owner: attempt.owner,
    startedAtMs: attempt.startedAtMs,
    finishedAtMs: attempt.finishedAtMs,
    callVersion: attempt.callVersion,
    configHash: attempt.configHash,
    outcome: JSON.stringify(attempt.outcome),
    steps: JSON.stringify(attempt.steps),
    requests: JSON.stringify(attempt.requests),
  };
}

function toMove(attempt: FinishedAttempt) {
  const { next, outcome } = attempt;
  const dueAtMs = 'dueAtMs' in next ? next.dueAtMs : null;
  return {
    runId: attempt.runId,
    nowMs: attempt.finishedAtMs,
    callVersion: attempt.callVersion,
    state: next.state,
    claimAtMs: dueAtMs,
    /** A run with a time of its own keeps it: somebody else asked us to wait that long. */
    keepsTime: dueAtMs === null ? 0 : 1,
    destination: next.state === 'due' ? next.destination : null,
    done: next.state === 'done' ? 1 : 0,
    counts: attempt.countsAsAttempt ? 1 : 0,
    reason: outcome.kind === 'done' ? null : outcome.reason,
    hint: outcome.kind === 'done' ? null : (outcome.hint ?? null),
  };
}

function prepareStatements({ db }: Database) {
  // Of no more use once the run is done, or when a replay asked for all of it again.
  const forgetSteps = prepare<{ readonly runId: string; readonly done: number }>(({ runId, done }) =>
    db
      .deleteFrom('run_steps')
      .where('run_id', '=', runId)
      .where(
        sql<boolean>`(${done} = 1 or exists (select 1 from runs where runs.id = run_steps.run_id and runs.again = 1))`,
      ),
  );
  return { append: prepareAppend(db), move: prepareMove(db), forgetSteps };
}

function prepareAppend(db: Database['db']) {
  return prepare<ReturnType<typeof toAppend>>((attempt) =>
    db
      .insertInto('attempts')
      .columns([
        ...(['id', 'run_id', 'number', 'started_at_ms', 'finished_at_ms'] as const),
        ...(['call_version', 'config_hash', 'outcome', 'steps', 'requests'] as const),
      ])
      .expression((from) =>
        from
          .selectFrom('runs')
          .select([
            sql<string>`${attempt.id}`.as('id'),
            'runs.id as run_id',
            sql<number>`runs.last_attempt + 1`.as('number'),
            sql<number>`${attempt.startedAtMs}`.as('started_at_ms'),
            sql<number>`${attempt.finishedAtMs}`.as('finished_at_ms'),
            sql<number>`${attempt.callVersion}`.as('call_version'),
            sql<string>`${attempt.configHash}`.as('config_hash'),
            sql<string>`${attempt.outcome}`.as('outcome'),
            sql<string>`${attempt.steps}`.as('steps'),
            sql<string>`${attempt.requests}`.as('requests'),
          ])
          .where('runs.id', '=', attempt.runId)
          .where('runs.owner', '=', attempt.owner)
          .where('runs.state', '=', 'running'),
      ),
  );
}

/** PostgreSQL takes two bare parameters of a `case` for texts. */
function time(value: unknown): RawBuilder<number> {
  return sql<number>`cast(${value} as bigint)`;
}

function prepareMove(db: Database['db']) {
  return prepare<ReturnType<typeof toMove>>((move) => {
    // Asked for again while it ran: by a fold that made the call grow, or by a replay.
    const overtaken = sql`(runs.wanted_version > ${move.callVersion} or runs.again = 1)`;
    const restarted = sql`(${overtaken} and (${move.keepsTime} = 0 or runs.again = 1))`;
    const unlessRestarted = <Value>(value: unknown, restart: RawBuilder<unknown>): RawBuilder<Value> =>
      sql<Value>`case when ${restarted} then ${restart} else ${value} end`;
    const claimAtMs = unlessRestarted<number>(time(move.claimAtMs), time(move.nowMs));
    return db
      .updateTable('runs')
      .set({
        state: unlessRestarted<string>(move.state, sql`'due'`),
        claim_at_ms: claimAtMs,
        due_at_ms: sql<number>`coalesce(${claimAtMs}, due_at_ms)`,
        // What the call became is brought out from the first step on.
        destination: sql<string>`case when ${overtaken} then wanted_destination
          else coalesce(${move.destination}, destination) end`,
        attempts: unlessRestarted<number>(sql`attempts + ${move.counts}`, sql`0`),
        last_attempt: sql<number>`last_attempt + 1`,
        done_version: sql<number>`case when ${move.done} = 1 then ${move.callVersion} else done_version end`,
        force: sql<number>`case when ${move.done} = 1 and again = 0 then 0 else force end`,
        again: 0,
        owner: null,
        person_key: currentPersonKey(),
        reason: unlessRestarted<string | null>(move.reason, sql`null`),
        hint: unlessRestarted<string | null>(move.hint, sql`null`),
        updated_at_ms: move.nowMs,
      })
      .where('id', '=', move.runId);
  });
}
