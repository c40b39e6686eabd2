import { sql } from 'kysely';

import type { Database, Statement } from '../database.ts';
import type { WantedRun } from '../ledger.ts';
import type { CallTable } from '../schema.ts';
import { prepare } from '../statement.ts';

interface Raise {
  readonly id: string;
  readonly call: CallTable;
  readonly wanted: WantedRun;
  readonly updatedAtMs: number;
}

interface RaiseParameters {
  readonly id: string;
  readonly callId: string;
  readonly personKey: string;
  readonly version: number;
  readonly integration: string;
  readonly destination: string;
  readonly state: string;
  readonly dueAtMs: number;
  readonly configHash: string;
  readonly trigger: string;
  readonly updatedAtMs: number;
}

/** The run has nothing to do, and the call has grown beyond what it knew. A dead letter stays one until it is replayed. */
const RESTARTED = sql`(excluded.wanted_version > runs.wanted_version
  and (runs.state = 'done' or (runs.state = 'held' and runs.claim_at_ms is null)))`;
/** Settling is decided anew with every event: the analysis may be there, or the time may have been counted from its end. */
const MOVED = sql`(runs.state = 'waiting' or ${RESTARTED})`;

/**
 * Makes the run of a call and an integration, or raises it to the call's version:
 * `done` and `held` (for a person) start again; `waiting` settles anew; `due` keeps its time, a backoff included;
 * `running` notices when its attempt ends; `held` with an end keeps waiting for it; `dead` only remembers the version.
 */
export function prepareRaise(database: Database): (raise: Raise) => Statement {
  const statement = prepareStatement(database);
  return ({ id, call, wanted, updatedAtMs }) =>
    statement({ ...wanted, id, callId: call.id, personKey: call.person_key, version: call.version, updatedAtMs });
}

function prepareStatement({ db }: Database) {
  return prepare<RaiseParameters>((raise) =>
    db
      .insertInto('runs')
      .values({
        id: raise.id,
        call_id: raise.callId,
        integration: raise.integration,
        destination: raise.destination,
        wanted_destination: raise.destination,
        state: raise.state,
        due_at_ms: raise.dueAtMs,
        claim_at_ms: raise.dueAtMs,
        person_key: raise.personKey,
        wanted_version: raise.version,
        attempts: 0,
        last_attempt: 0,
        force: 0,
        again: 0,
        trigger: raise.trigger,
        config_hash: raise.configHash,
        updated_at_ms: raise.updatedAtMs,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['call_id', 'integration'])
          .doUpdateSet(raised())
          .where(sql<boolean>`(excluded.wanted_version > runs.wanted_version or runs.state = 'waiting')`),
      ),
  );
}

function raised() {
  return {
    state: sql<string>`case when ${MOVED} then excluded.state else runs.state end`,
    due_at_ms: sql<number>`case when ${MOVED} then excluded.due_at_ms else runs.due_at_ms end`,
    claim_at_ms: sql<number>`case when ${MOVED} then excluded.claim_at_ms else runs.claim_at_ms end`,
    destination: sql<string>`case when ${MOVED} then excluded.destination else runs.destination end`,
    attempts: sql<number>`case when ${RESTARTED} then 0 else runs.attempts end`,
    reason: sql<string | null>`case when ${RESTARTED} then null else runs.reason end`,
    hint: sql<string | null>`case when ${RESTARTED} then null else runs.hint end`,
    person_key: sql<string>`case when runs.state = 'running' then runs.person_key else excluded.person_key end`,
    wanted_version: sql<number>`case when excluded.wanted_version > runs.wanted_version
      then excluded.wanted_version else runs.wanted_version end`,
    wanted_destination: sql<string>`excluded.wanted_destination`,
    trigger: sql<string>`excluded."trigger"`,
    config_hash: sql<string>`excluded.config_hash`,
    updated_at_ms: sql<number>`excluded.updated_at_ms`,
  };
}
