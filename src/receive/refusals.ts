import { hash } from 'node:crypto';

import type { Ledger } from '../ledger/ledger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { RefusedStatus } from './answer.ts';

export interface Refusal {
  readonly status: RefusedStatus;
  /** A short stable word for logs and counters: `signature_mismatch`. */
  readonly cause: string;
  /** As named in the URL; may not exist. */
  readonly sourceName: string;
  readonly known: boolean;
  readonly address: string;
  readonly receivedAtMs: number;
  readonly bodyBytes: number;
  /** Null when it was not read to its end. */
  readonly body: Buffer | null;
}

/** Counts every refused request and keeps some of them. */
export interface Refusals {
  record(refusal: Refusal): void;
}

export interface RefusalDependencies {
  readonly ledger: Pick<Ledger, 'recordRefusal'>;
  readonly metrics: Pick<Metrics, 'requestRefused'>;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Refusals of one source that are written down in a second. The rest is counted: writing must not be an attacker's lever. */
const KEPT_PER_SECOND = 5;

/** Larger bodies are not hashed: milliseconds on the one thread, for a stranger. */
const MAX_HASHED_BYTES = 64 * 1024;

/**
 * Names that are no source share one allowance, each source has its own: a flood of guesses cannot hide the refusals of a
 * source whose secret was mistyped. Nothing waits for the ledger here, and of a body only size and hash are kept.
 */
export function createRefusals(dependencies: RefusalDependencies): Refusals {
  const { ledger, metrics, logger, clock } = dependencies;
  const sample = createSample(clock);
  return {
    record(refusal) {
      const source = refusal.known ? refusal.sourceName : null;
      metrics.requestRefused(source, refusal.cause, refusal.status);
      const suppressed = sample(source);
      if (suppressed === null) return;
      const kept = toRow(refusal);
      logger.warn('receive.refused', { ...kept, ...(suppressed > 0 && { suppressed }) });
      ledger.recordRefusal(kept).catch((error: unknown) => {
        logger.warn('receive.refusal_not_kept', { source: kept.source, cause: kept.cause, error });
      });
    },
  };
}

function toRow(refusal: Refusal) {
  const { receivedAtMs, status, cause, address, bodyBytes, body } = refusal;
  return {
    receivedAtMs,
    source: refusal.sourceName.slice(0, 100),
    status,
    cause,
    remoteAddress: address,
    bodyBytes,
    bodyHash: body === null || body.length > MAX_HASHED_BYTES ? null : hash('sha256', body, 'hex'),
  };
}

/** Null when this one is not to be kept, else how many were left out since the last kept one. */
function createSample(clock: Clock): (source: string | null) => number | null {
  const windows = new Map<string | null, { second: number; kept: number; suppressed: number }>();
  return (source) => {
    const second = Math.floor(clock.now() / 1000);
    const window = windows.get(source) ?? { second, kept: 0, suppressed: 0 };
    windows.set(source, window);
    if (window.second !== second) Object.assign(window, { second, kept: 0 });
    if (window.kept >= KEPT_PER_SECOND) {
      window.suppressed += 1;
      return null;
    }
    const { suppressed } = window;
    Object.assign(window, { kept: window.kept + 1, suppressed: 0 });
    return suppressed;
  };
}
