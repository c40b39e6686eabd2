import type { CompiledConfig } from '../config/compile.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Mode } from '../config/mode.ts';
import type { LedgerWithSandbox } from '../ledger/create-ledger.ts';
import type { Health } from '../observability/health.ts';
import type { LedgerWatch } from '../observability/ledger-watch.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { ReadinessAnswer } from '../observability/readiness.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { DestinationServices } from './destination-services.ts';
import type { SharedThroughRedis } from './open-backing.ts';

/** What a process does: receive webhooks, work on what was received, or both. */
export type Role = 'all' | 'receiver' | 'worker';

export interface DaemonOptions {
  readonly loaded: LoadedConfig;
  readonly role: Role;
  /** An embedded `dataDir` exists and can be written. */
  readonly mode: Mode;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number;
  /** At a stop, how long a receiver goes on answering while it says that it is not ready. */
  readonly drainSeconds: number;
  readonly logger: Logger;
}

/** What the parts of the daemon share. */
export interface DaemonServices {
  readonly loaded: LoadedConfig;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly health: Health;
  /** What `/readyz` answers. */
  readonly checkReadiness: () => Promise<ReadinessAnswer>;
  readonly metrics: Metrics;
  readonly queue: Queue;
  /** Null in the modes without it. */
  readonly redis: SharedThroughRedis | null;
  readonly ledger: LedgerWithSandbox;
  readonly ledgerWatch: LedgerWatch;
  readonly destinations: DestinationServices;
  readonly compiled: CompiledConfig;
}
