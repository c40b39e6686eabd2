import type { Clock } from '../../shared/clock.ts';

/** Bells for about the same moment are one. Later by this much at most. */
const GRAIN_MS = 250;
/** A plan is sent again after this long: Redis may have been emptied meanwhile. */
const TRUSTED_MS = 1_000;

export interface Plan {
  /** The moment, on the grain; the same for all processes. */
  readonly atMs: number;
  readonly delayMs: number;
}

/** Which bells for later are worth sending: the earliest of each name, and that again and again. */
export interface Plans {
  /** Null when one as early is on its way already. */
  take(name: string, atMs: number): Plan | null;
}

/** Creates empty plans; see `Plans`. */
export function createPlans(clock: Clock): Plans {
  const known = new Map<string, { readonly atMs: number; readonly sentAtMs: number }>();
  return {
    take(name, atMs) {
      const nowMs = clock.now();
      const onGrainMs = Math.ceil(atMs / GRAIN_MS) * GRAIN_MS;
      const last = known.get(name);
      const trusted = last !== undefined && last.atMs > nowMs && Math.abs(nowMs - last.sentAtMs) < TRUSTED_MS;
      if (trusted && last.atMs <= onGrainMs) return null;
      known.set(name, { atMs: onGrainMs, sentAtMs: nowMs });
      return { atMs: onGrainMs, delayMs: Math.max(0, onGrainMs - nowMs) };
    },
  };
}
