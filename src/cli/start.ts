import { startDaemon, type Daemon } from '../daemon.ts';
import type { Role } from '../daemon/services.ts';
import { createLogger } from '../observability/logger.ts';
import { checkDataDirectory } from '../shared/data-directory.ts';
import { CommandFailure } from './failure.ts';
import { getConfig, getEnvironment, invalidConfig } from './ledger-access.ts';

/** `hookline start`: runs the daemon until SIGTERM or SIGINT. */
export async function start(role: Role): Promise<void> {
  const environment = getEnvironment();
  const loaded = getConfig();
  const data = checkDataDirectory(environment.dataDir);
  if (data.kind === 'unusable') throw new CommandFailure(data.message, 2);
  const logger = createLogger({ level: environment.logLevel, format: environment.logFormat });
  const result = await startDaemon({ ...environment, loaded, role, dataDir: data.directory, logger });
  if (result.kind === 'invalid') throw invalidConfig(result.problems);
  await runUntilStopped(result.daemon);
}

/** Resolves when the daemon has stopped in order. A second signal ends the process at once; nothing kept is lost. */
export function runUntilStopped(daemon: Daemon): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const onSignal = (): void => {
      if (stopping) process.exit(1);
      stopping = true;
      daemon.stop().then(resolve, reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
