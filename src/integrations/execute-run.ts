import type { JsonObject } from '../domain/json.ts';
import type { ClaimedRun, Ledger } from '../ledger/ledger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { fromIso } from '../shared/clock.ts';
import { toEndedAttempt } from './attempt-end.ts';
import { createScope } from './call-scope.ts';
import type { Integration } from './integration.ts';
import { keepLease, type LeaseDependencies } from './lease.ts';
import { logAttempt } from './log-attempt.ts';
import { decideNext, DEFAULT_RETRY, type Next, type RetryConfig } from './retry-policy.ts';
import { runSteps, type Progress } from './run-steps.ts';

export interface RunDependencies extends LeaseDependencies {
  readonly ledger: Pick<Ledger, 'renewLease' | 'saveStep' | 'finishAttempt' | 'personHistory'>;
  readonly integrations: ReadonlyMap<string, Integration>;
  /** Until when a destination is not to be used, null: until a person resumes it; undefined when it may be used. */
  readonly pausedUntil: (destination: string) => number | null | undefined;
  readonly metrics: Pick<Metrics, 'attemptEnded'>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Aborted when the daemon stops and its patience is over. */
  readonly stopping: AbortSignal;
}

/**
 * One attempt of one run, from claim to verdict: first try, retry and replay alike. Resolves to where the run went, or
 * to null when the lease was lost and the result belongs to nobody. Throws only when the ledger fails; then the lease
 * ends by itself and the run is claimed again.
 */
export async function executeRun(dependencies: RunDependencies, run: ClaimedRun): Promise<Next['next'] | null> {
  const { ledger, clock, logger, metrics, owner, integrations, stopping } = dependencies;
  const startedAtMs = clock.now();
  const integration = integrations.get(run.integration);
  const configHash = integration?.hash ?? run.configHash;
  const lease = keepLease(dependencies, run);
  const scope = (): Promise<JsonObject> => createRunScope(ledger, run);
  try {
    const progress =
      integration?.enabled === true
        ? await runSteps(ledger, { run, integration, scope, owner, lease, stopping })
        : holdBecauseOf(integration, run);
    const verdict = decide(dependencies, run, progress);
    const finishedAtMs = clock.now();
    const kept = await ledger.finishAttempt({
      runId: run.id,
      owner,
      startedAtMs,
      finishedAtMs,
      callVersion: run.call.version,
      configHash,
      outcome: progress.outcome,
      ...verdict,
      steps: progress.results,
      requests: progress.requests,
    });
    const allowedAttempts = retryOf(integration).attempts;
    const end = { run, progress, verdict, kept, allowedAttempts, configHash, startedAtMs, finishedAtMs };
    logAttempt(logger, end);
    metrics.attemptEnded(toEndedAttempt(end));
    return kept ? verdict.next : null;
  } finally {
    lease.stop();
  }
}

async function createRunScope(ledger: Pick<Ledger, 'personHistory'>, { call }: ClaimedRun): Promise<JsonObject> {
  const history = call.customer_number === null ? null : await ledger.personHistory(call.customer_number);
  return createScope(call, history);
}

/** As long as workers are restarted one after the other, one may meet a run of an integration it has not heard of yet. */
const CONFIG_SPREADS_MS = 15 * 60_000;
const LOOK_AGAIN_MS = 30_000;

function holdBecauseOf(integration: Integration | undefined, run: ClaimedRun): Progress {
  const reason =
    integration === undefined
      ? `The integration "${run.integration}" is not in the configuration any more.`
      : `The integration "${run.integration}" is disabled (enabled: false).`;
  const hint = `Bring it back, then: npm run hookline -- replay ${run.id}`;
  return {
    outcome: { kind: 'held', reason, hint },
    handOver: null,
    results: [],
    resumed: 0,
    requests: [],
    thrown: null,
  };
}

function retryOf(integration: Integration | undefined): RetryConfig {
  return integration?.retry ?? DEFAULT_RETRY;
}

function decide(dependencies: RunDependencies, run: ClaimedRun, { outcome, handOver }: Progress): Next {
  const nowMs = dependencies.clock.now();
  const stopped = outcome.kind === 'retry' && dependencies.stopping.aborted;
  if (handOver !== null || stopped) {
    const destination = handOver ?? run.destination;
    return { next: { state: 'due', dueAtMs: nowMs, destination }, countsAsAttempt: false };
  }
  const isOurs = dependencies.integrations.get(run.integration)?.enabled === true;
  if (!isOurs && nowMs - fromIso(run.call.last_event_at) < CONFIG_SPREADS_MS) {
    return { next: { state: 'held', dueAtMs: nowMs + LOOK_AGAIN_MS }, countsAsAttempt: false };
  }
  const pausedUntilMs = isOurs ? dependencies.pausedUntil(run.destination) : undefined;
  return decideNext({
    outcome,
    attempt: run.attempt,
    retry: retryOf(dependencies.integrations.get(run.integration)),
    nowMs,
    random: dependencies.random(),
    destination: run.destination,
    pause: pausedUntilMs === undefined ? null : { untilMs: pausedUntilMs },
  });
}
