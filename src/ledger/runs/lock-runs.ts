import type { Database, Statement } from '../database.ts';
import { prepare, toStatement } from '../statement.ts';

/*
 * A run that ends takes over the person key of its call; a fold that learns the person gives it to the runs that are not
 * running. Where lists interleave each could miss the other. So whoever ends a run locks the call first and then the run,
 * the order in which the fold writes them.
 */

export function prepareLockRun({ db, manyWriters }: Database): (runId: string) => readonly Statement[] {
  if (!manyWriters) return () => [];
  const lock = prepare<{ readonly runId: string }>(({ runId }) => lockWithCalls(db).where('runs.id', '=', runId));
  return (runId) => [lock({ runId })];
}

export function lockRuns({ db, manyWriters }: Database, runIds: readonly string[]): readonly Statement[] {
  if (!manyWriters) return [];
  return [toStatement(lockWithCalls(db).where('runs.id', 'in', runIds).orderBy('runs.call_id').orderBy('runs.id'))];
}

function lockWithCalls(db: Database['db']) {
  return db
    .selectFrom('runs')
    .innerJoin('calls', 'calls.id', 'runs.call_id')
    .select('runs.id')
    .forShare('calls')
    .forUpdate('runs');
}
