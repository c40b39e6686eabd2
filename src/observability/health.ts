import type { Clock } from '../shared/clock.ts';

export type Readiness =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'not_ready';
      readonly reason: 'starting' | 'stopping' | 'ledger does not accept events' | 'ledger cannot be written';
    };

/** What `/readyz` tells a load balancer. `/healthz` needs no state: whoever can answer, lives. */
export interface Health {
  readiness(): Readiness;
  started(): void;
  stopping(): void;
  /** The ledger took an event. */
  ledgerAccepted(): void;
  /** The ledger refused an event or did not answer in time. */
  ledgerRefused(): void;
}

/**
 * After the ledger refused an event, this long without readiness, then traffic comes back by itself. Without the end
 * a receiver that gets no more traffic could never find out that its disk has room again.
 */
export const LEDGER_REFUSAL_MS = 10_000;

/** Not ready until `started`, after `stopping`, and for a while after the ledger refused an event. */
export function createHealth(clock: Clock): Health {
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  let refusedAtMs: number | null = null;
  return {
    readiness() {
      if (phase !== 'running') return { kind: 'not_ready', reason: phase };
      const refusing = refusedAtMs !== null && clock.now() - refusedAtMs < LEDGER_REFUSAL_MS;
      return refusing ? { kind: 'not_ready', reason: 'ledger does not accept events' } : { kind: 'ready' };
    },
    started() {
      phase = 'running';
    },
    stopping() {
      phase = 'stopping';
    },
    ledgerAccepted() {
      refusedAtMs = null;
    },
    ledgerRefused() {
      refusedAtMs = clock.now();
    },
  };
}
