import type { Outcome } from '../domain/outcome.ts';
import type { FinishedAttempt } from '../ledger/ledger.ts';

/** How often and how patiently an attempt is repeated. */
export interface RetryConfig {
  /** Attempts before the run becomes a dead letter. */
  readonly attempts: number;
  /** Longest wait after the first failure; it doubles with every further one. */
  readonly firstMs: number;
  /** No wait is longer, except one the destination asked for. */
  readonly maxMs: number;
}

/** Twenty attempts with these waits span ten hours on average: a night without the CRM. */
export const DEFAULT_RETRY: RetryConfig = { attempts: 20, firstMs: 10_000, maxMs: 2 * 3_600_000 };

/** A `Retry-After` beyond this is taken for a mistake. */
export const LONGEST_REQUESTED_WAIT_MS = 24 * 3_600_000;

/** A destination whose clock is behind ours names a time that has passed; asking again at once would only spin. */
const SHORTEST_PAUSE_MS = 1_000;

export interface RetryInput {
  readonly outcome: Outcome;
  /** Number of the attempt that ended, from 1. */
  readonly attempt: number;
  readonly retry: RetryConfig;
  readonly nowMs: number;
  /** From 0 up to, not including, 1. */
  readonly random: number;
  /** The pool the run goes back to. */
  readonly destination: string;
  /** Set while the destination is paused; `untilMs` null means until a person resumes it. */
  readonly pause: { readonly untilMs: number | null } | null;
}

export type Next = Pick<FinishedAttempt, 'next' | 'countsAsAttempt'>;

/** Where a run goes from here. Pure. */
export function decideNext(input: RetryInput): Next {
  const { outcome } = input;
  switch (outcome.kind) {
    case 'done':
      return { next: { state: 'done' }, countsAsAttempt: true };
    case 'rejected':
      return { next: { state: 'dead' }, countsAsAttempt: true };
    case 'held':
      return { next: { state: 'held', dueAtMs: heldUntil(input, outcome.untilMs) }, countsAsAttempt: false };
    case 'retry':
      return retryLater(input, outcome.notBeforeMs);
  }
}

/** A run held only because its destination is paused goes on by itself as soon as the destination is back. */
function heldUntil(input: RetryInput, untilMs: number | undefined): number | null {
  if (untilMs !== undefined) return Math.max(untilMs, input.nowMs + SHORTEST_PAUSE_MS);
  return input.pause === null ? null : (input.pause.untilMs ?? input.nowMs);
}

function retryLater(input: RetryInput, notBeforeMs: number | undefined): Next {
  const { attempt, retry, nowMs, destination } = input;
  // A destination that says when to come back is busy, not broken: waiting in its line must not end as a dead letter.
  const countsAsAttempt = notBeforeMs === undefined;
  if (countsAsAttempt && attempt >= retry.attempts) return { next: { state: 'dead' }, countsAsAttempt };
  const earliestMs = Math.min(notBeforeMs ?? nowMs, nowMs + LONGEST_REQUESTED_WAIT_MS);
  const dueAtMs = Math.max(nowMs, earliestMs) + backoff(input);
  return { next: { state: 'due', dueAtMs, destination }, countsAsAttempt };
}

/**
 * Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): anywhere between nothing and
 * the doubled wait, so that runs that failed together do not come back together.
 */
function backoff({ attempt, retry, random }: RetryInput): number {
  const ceilingMs = Math.min(retry.maxMs, retry.firstMs * 2 ** (attempt - 1));
  return Math.round(ceilingMs * random);
}
