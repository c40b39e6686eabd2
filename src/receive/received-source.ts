import type { SourceAdapter } from '../platforms/platform.ts';
import type { Cidr } from '../shared/ip.ts';

/** So many in so many seconds. */
export interface Rate {
  readonly count: number;
  readonly seconds: number;
}

/** A source as the receiver needs it. */
export interface ReceivedSource {
  readonly name: string;
  readonly platform: string;
  readonly adapter: Pick<SourceAdapter, 'verify' | 'identify' | 'keptHeaders'>;
  /** Null: from anywhere. */
  readonly allowedCidrs: readonly Cidr[] | null;
  /** True when nothing in a request proves who sent it: everybody's request passes verification. */
  readonly addressIsOnlyProof: boolean;
  readonly maxBodyBytes: number;
  /** Null: no limit of its own. */
  readonly rateLimit: Rate | null;
  /**
   * `quarantine`: a request that fails verification is answered 200 and kept unprocessed, because CallRail, ElevenLabs
   * and Aircall switch a webhook off after repeated failures (providers.md 2.12).
   */
  readonly onInvalid: 'reject' | 'quarantine';
}
