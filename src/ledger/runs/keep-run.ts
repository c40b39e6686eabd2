import { sql } from 'kysely';

import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { prepare, toStatement } from '../statement.ts';
import { currentPersonKey } from './due-runs.ts';
import { lockRuns } from './lock-runs.ts';

type KeepRun = Pick<Ledger, 'renewLease' | 'saveStep' | 'releaseRuns'>;

/** What a worker does with runs it holds, short of finishing them. */
export function createKeepRun(database: Database, clock: Clock): KeepRun {
  const statements = prepareStatements(database);
  return {
    async renewLease(runId, owner, leaseUntilMs) {
      const written = await database.write([statements.renew({ runId, owner, leaseUntilMs })]);
      return written.kind === 'written' && written.results[0]?.changes === 1;
    },
    async saveStep(...[runId, owner, callVersion, step, result]) {
      await database.write([statements.saveStep({ runId, owner, callVersion, step, result: JSON.stringify(result) })]);
    },
    async releaseRuns(owner, runIds) {
      if (runIds.length > 0) {
        await database.write([...lockRuns(database, runIds), release(database, owner, runIds, clock.now())]);
      }
    },
  };
}

interface StepParameters {
  readonly runId: string;
  readonly owner: string;
  readonly callVersion: number;
  readonly step: number;
  readonly result: string;
}

function prepareStatements({ db, manyWriters }: Database) {
  const renew = prepare<{ readonly runId: string; readonly owner: string; readonly leaseUntilMs: number }>((lease) =>
    db
      .updateTable('runs')
      .set({ claim_at_ms: lease.leaseUntilMs })
      .where('id', '=', lease.runId)
      .where('owner', '=', lease.owner)
      .where('state', '=', 'running'),
  );
  // Of a run that is held no more, nothing is saved.
  const saveStep = prepare<StepParameters>((step) =>
    db
      .insertInto('run_steps')
      .columns(['run_id', 'step', 'call_version', 'result'])
      .expression((from) =>
        from
          .selectFrom('runs')
          .select([
            'id',
            sql<number>`${step.step}`.as('step'),
            sql<number>`${step.callVersion}`.as('call_version'),
            sql<string>`${step.result}`.as('result'),
          ])
          .where('id', '=', step.runId)
          .where('owner', '=', step.owner)
          .where('state', '=', 'running')
          .$if(manyWriters, (held) => held.forShare()),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['run_id', 'step'])
          .doUpdateSet({ call_version: sql`excluded.call_version`, result: sql`excluded.result` }),
      ),
  );
  return { renew, saveStep };
}

function release({ db }: Database, owner: string, runIds: readonly string[], nowMs: number) {
  return toStatement(
    db
      .updateTable('runs')
      .set({
        state: 'due',
        owner: null,
        again: 0,
        person_key: currentPersonKey(),
        claim_at_ms: nowMs,
        updated_at_ms: nowMs,
      })
      .where('id', 'in', runIds)
      .where('owner', '=', owner)
      .where('state', '=', 'running'),
  );
}
