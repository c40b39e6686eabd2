import type { CompiledConfig } from '../config/compile.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { LedgerWithSandbox } from '../ledger/create-ledger.ts';
import type { Health } from '../observability/health.ts';
import type { LedgerWatch } from '../observability/ledger-watch.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { DestinationServices } from './destination-services.ts';

/** What a process does: receive webhooks, work on what was received, or both. */
export type Role = 'all' | 'receiver' | 'worker';

export interface DaemonOptions {
  readonly loaded: LoadedConfig;
  readonly role: Role;
  /** Exists and can be written. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number;
  readonly logger: Logger;
}

/** What the parts of the daemon share. */
export interface DaemonServices {
  readonly loaded: LoadedConfig;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly queue: Queue;
  readonly ledger: LedgerWithSandbox;
  readonly ledgerWatch: LedgerWatch;
  readonly destinations: DestinationServices;
  readonly compiled: CompiledConfig;
}
