import type { EventType } from '../domain/event.ts';
import type { Condition } from '../templates/condition.ts';
import type { Action } from './action.ts';
import type { RetryConfig } from './retry-policy.ts';

/** An integration as it works: names resolved, templates compiled. */
export interface Integration {
  readonly name: string;
  /** A disabled integration makes no runs; runs it has are held. */
  readonly enabled: boolean;
  /** Null: every source. */
  readonly sources: ReadonlySet<string> | null;
  readonly triggers: readonly EventType[];
  readonly when: Condition | null;
  /** `on_analysis`: how long analysed data is waited for after the end of the call; null: not at all. */
  readonly settleMs: number | null;
  readonly retry: RetryConfig;
  readonly actions: readonly Action[];
  /** SHA-256 of the integration as written in the file, before `${…}` was filled in. */
  readonly hash: string;
}
