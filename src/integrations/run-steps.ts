import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Outcome } from '../domain/outcome.ts';
import { urgencyOf } from '../domain/urgency.ts';
import type { ClaimedRun, Ledger, RequestRecord } from '../ledger/ledger.ts';
import type { Integration } from './integration.ts';
import type { Lease } from './lease.ts';

/** What the steps of one attempt came to. */
export interface Progress {
  readonly outcome: Outcome;
  /** Set when the next step belongs to the pool of another destination. */
  readonly handOver: string | null;
  /** Result of every step up to here, those of earlier attempts included. */
  readonly results: readonly JsonValue[];
  /** How many of them are of earlier attempts. */
  readonly resumed: number;
  readonly requests: readonly RequestRecord[];
  /** Something was thrown, which no action may do: a fault of ours, for the log. */
  readonly thrown: unknown;
}

export interface StepsInput {
  readonly run: ClaimedRun;
  readonly integration: Pick<Integration, 'actions' | 'hash'>;
  readonly scope: () => Promise<JsonObject>;
  readonly owner: string;
  readonly lease: Pick<Lease, 'lost' | 'stillHeld'>;
  /** Aborted when the daemon stops and its patience is over. */
  readonly stopping: AbortSignal;
}

type Kept = Pick<Progress, 'requests'> & {
  resumed: number;
  readonly results: JsonValue[];
  readonly requests: RequestRecord[];
};
type Ending = Pick<Progress, 'outcome' | 'handOver'>;

/** Works off the actions in order, from the first unfinished one, as far as this destination's pool may go. Never throws. */
export async function runSteps(ledger: Pick<Ledger, 'saveStep'>, input: StepsInput): Promise<Progress> {
  const kept: Kept = { results: [], resumed: 0, requests: [] };
  try {
    const ending = await takeSteps(ledger, input, kept);
    return { ...ending, ...kept, thrown: null };
  } catch (error) {
    return { outcome: unexpected(error), handOver: null, ...kept, thrown: error };
  }
}

async function takeSteps(ledger: Pick<Ledger, 'saveStep'>, input: StepsInput, kept: Kept): Promise<Ending> {
  const { run, owner, lease } = input;
  const signal = AbortSignal.any([lease.lost, input.stopping]);
  const { call, integration, force } = run;
  const { actions, hash } = input.integration;
  const callKey = `${call.source}/${call.provider_call_id}`;
  const scope = await input.scope();
  const urgency = urgencyOf(run);
  const rest = { scope, mode: 'live', signal, urgency, stillHeld: () => lease.stillHeld() } as const;
  for (const [step, action] of actions.entries()) {
    const finished = findFinished(run, step, hash);
    if (finished !== undefined) {
      kept.results.push(finished.result);
      kept.resumed += 1;
      continue;
    }
    if (action.destination !== run.destination) return { outcome: { kind: 'done' }, handOver: action.destination };
    const result = await action.run({ call, callKey, integration, step, force, ...rest });
    kept.requests.push(...result.requests);
    kept.results.push(result.result);
    if (result.kind === 'stopped') return { outcome: result.outcome, handOver: null };
    const finishedStep: FinishedStep = { config_hash: hash, result: result.result };
    await ledger.saveStep(run.id, owner, call.version, step, finishedStep);
  }
  return { outcome: { kind: 'done' }, handOver: null };
}

/** What the ledger keeps of a finished step. After a change of the config, step 1 may be something else. */
interface FinishedStep extends JsonObject {
  readonly config_hash: string;
  readonly result: JsonValue;
}

function findFinished({ finishedSteps }: ClaimedRun, step: number, hash: string): FinishedStep | undefined {
  const finished = finishedSteps[step] as FinishedStep | undefined;
  return finished?.config_hash === hash ? finished : undefined;
}

function unexpected(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: 'retry',
    reason: `Unexpected failure: ${message}`,
    hint: 'This is a fault in Hookline, not in the CRM. The log line run.threw has the details.',
  };
}
