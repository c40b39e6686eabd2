import { compileConfig, type CompiledConfig } from '../config/compile.ts';
import type { LoadedConfig } from '../config/load.ts';
import { createDestinationServices, type DestinationServices } from '../daemon/destination-services.ts';
import { createLogger } from '../observability/logger.ts';
import {
  getConfig,
  getEnvironment,
  getUsableMode,
  invalidConfig,
  openAccess,
  type LedgerAccess,
} from './ledger-access.ts';

/** The compiled config with its destinations ready for use, as the daemon has them. */
export interface CommandServices extends LedgerAccess {
  readonly loaded: LoadedConfig;
  readonly compiled: CompiledConfig;
  readonly destinations: DestinationServices;
}

/** Opens ledger, config and destinations for one command and closes them again. Makes the ledger if there is none yet. */
export async function withServices(use: (services: CommandServices) => Promise<void>): Promise<void> {
  const loaded = getConfig();
  const access = await openAccess(getUsableMode(getEnvironment()));
  const { ledger, clock, ids } = access;
  try {
    const logger = createLogger({ level: 'error', format: 'pretty' });
    const destinations = createDestinationServices({
      ledger,
      clock,
      ids,
      logger,
      metrics: { requestSent: () => undefined },
      pauses: await ledger.pauses(),
      // Commands only look at destinations.
      manyProcesses: false,
    });
    const result = compileConfig(loaded, destinations.compileDependencies);
    if (result.kind === 'invalid') throw invalidConfig(result.problems);
    destinations.useAll(result.compiled.destinations);
    await use({ ...access, loaded, compiled: result.compiled, destinations });
    await destinations.settled();
  } finally {
    await ledger.close();
  }
}
