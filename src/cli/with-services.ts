import { compileConfig, type CompiledConfig } from '../config/compile.ts';
import type { LoadedConfig } from '../config/load.ts';
import { createDestinationServices, type DestinationServices } from '../daemon/destination-services.ts';
import { openSqliteLedger } from '../ledger/open-sqlite-ledger.ts';
import { createLogger } from '../observability/logger.ts';
import { systemClock } from '../shared/clock.ts';
import { checkDataDirectory, ledgerFile } from '../shared/data-directory.ts';
import { createIds } from '../shared/ids.ts';
import { CommandFailure } from './failure.ts';
import { getConfig, getEnvironment, invalidConfig, type LedgerAccess } from './ledger-access.ts';

/** The compiled config with its destinations ready for use, as the daemon has them. */
export interface CommandServices extends LedgerAccess {
  readonly loaded: LoadedConfig;
  readonly compiled: CompiledConfig;
  readonly destinations: DestinationServices;
}

/** Opens ledger, config and destinations for one command and closes them again. Makes the ledger if there is none yet. */
export async function withServices(use: (services: CommandServices) => Promise<void>): Promise<void> {
  const loaded = getConfig();
  const data = checkDataDirectory(getEnvironment().dataDir);
  if (data.kind === 'unusable') throw new CommandFailure(data.message, 2);
  const clock = systemClock;
  const ids = createIds(clock);
  const ledger = await openSqliteLedger({ file: ledgerFile(data.directory), clock, ids });
  try {
    const logger = createLogger({ level: 'error', format: 'pretty' });
    const destinations = createDestinationServices({
      ledger,
      clock,
      ids,
      logger,
      metrics: { requestSent: () => undefined },
      pauses: await ledger.pauses(),
    });
    const result = compileConfig(loaded, destinations.compileDependencies);
    if (result.kind === 'invalid') throw invalidConfig(result.problems);
    destinations.useAll(result.compiled.destinations);
    await use({ ledger, clock, loaded, compiled: result.compiled, destinations });
    await destinations.settled();
  } finally {
    await ledger.close();
  }
}
