import type { ClaimedRun, Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';

export interface LeaseDependencies {
  readonly ledger: Pick<Ledger, 'renewLease'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly owner: string;
  /** How long a claim lasts unless renewed. */
  readonly leaseMs: number;
}

export interface Lease {
  /** Aborted when the lease was lost: another worker may be at this run already. */
  readonly lost: AbortSignal;
  /**
   * False when another worker may be at this run: its time is over, as it is when the process stood still, and could not
   * be renewed. Costs a question only when time is short.
   */
  stillHeld(): Promise<boolean>;
  stop(): void;
}

/** Renews the lease of a run three times per length, so that two lost renewals do no harm. */
export function keepLease(dependencies: LeaseDependencies, run: ClaimedRun): Lease {
  const { ledger, clock, logger, owner, leaseMs } = dependencies;
  const controller = new AbortController();
  const renewMs = leaseMs / 3;
  let untilMs = run.leaseUntilMs;
  const renew = async (): Promise<void> => {
    const wantedMs = clock.now() + leaseMs;
    try {
      const kept = await ledger.renewLease(run.id, owner, wantedMs);
      if (kept) untilMs = wantedMs;
      else controller.abort(new Error(`The lease of ${run.id} was lost.`));
    } catch (error) {
      // The ledger may be back before the lease ends; if not, another worker takes over when it is.
      logger.warn('run.lease_not_renewed', { run: run.id, error });
    }
  };
  const timer = setInterval(() => void renew(), renewMs);
  timer.unref();
  return {
    lost: controller.signal,
    async stillHeld() {
      if (!controller.signal.aborted && clock.now() + renewMs >= untilMs) await renew();
      return !controller.signal.aborted && clock.now() < untilMs;
    },
    stop: () => clearInterval(timer),
  };
}
