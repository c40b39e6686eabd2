import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';

/** Learns of every use of the ledger whether it could be used; tells people when that begins and when it ends. */
export interface LedgerWatch {
  /** It could not; `code` and `reason` are the ledger's. */
  failed(use: string, failure: { readonly code: string; readonly reason: string }): void;
  /** It could. `wrote`: something is on disk now, so all is well; else only this use is. */
  worked(use: string, wrote: boolean): void;
  failing(): boolean;
}

export interface LedgerWatchDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: { ledgerFailed(code: string): void };
  /** Runs something later; returns what cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
}

/** An outage is told when it begins, then this often. */
const REPEAT_MS = 30_000;
/** A disk that is just full takes one write and refuses the next: it is over when nothing was refused for so long. */
const QUIET_MS = 2_000;
/** A use that failed and was not tried again for so long proves nothing any more, once another one works. */
const FORGET_MS = 60_000;

interface Outage {
  readonly sinceMs: number;
  toldAtMs: number;
  failures: number;
}

/** One line when the ledger begins to fail, one every 30 s with the count, one when it works again; not one per webhook. */
export function createLedgerWatch({ clock, logger, metrics, after }: LedgerWatchDependencies): LedgerWatch {
  /** Use → when it failed last. */
  const failingUses = new Map<string, number>();
  let outage: Outage | null = null;
  let cancelEnd: (() => void) | null = null;

  const end = (): void => {
    cancelEnd = null;
    if (outage === null) return;
    const seconds = Math.round((clock.now() - outage.sinceMs) / 1000);
    logger.warn('ledger.available', { failures: outage.failures, seconds });
    outage = null;
  };
  return {
    failed(use, { code, reason }) {
      const nowMs = clock.now();
      failingUses.set(use, nowMs);
      cancelEnd?.();
      cancelEnd = null;
      metrics.ledgerFailed(code);
      outage ??= { sinceMs: nowMs, toldAtMs: -Infinity, failures: 0 };
      outage.failures += 1;
      if (nowMs - outage.toldAtMs < REPEAT_MS) return;
      outage.toldAtMs = nowMs;
      const hint = 'Nothing is acknowledged that is not kept: senders get 503 and repeat. It recovers by itself.';
      logger.error('ledger.unavailable', { use, code, reason, failures: outage.failures, hint });
    },
    worked(use, wrote) {
      if (failingUses.size === 0) return;
      const forgottenMs = clock.now() - FORGET_MS;
      for (const [failed, atMs] of failingUses) {
        if (wrote || failed === use || atMs <= forgottenMs) failingUses.delete(failed);
      }
      if (failingUses.size === 0) cancelEnd ??= after(QUIET_MS, end);
    },
    failing: () => failingUses.size > 0,
  };
}
