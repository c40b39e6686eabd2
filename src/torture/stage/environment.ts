import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Backing {
  readonly dataFolder: string;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
}

export interface SteppableClock {
  readonly clockFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What every process of the torture is told. */
export function sharedEnvironment(
  config: string,
  { dataFolder, databaseUrl, redisUrl }: Backing,
): Readonly<Record<string, string>> {
  return {
    HOOKLINE_CONFIG: config,
    DATA_DIR: dataFolder,
    HOST: '127.0.0.1',
    ADMIN_PORT: '0',
    LOG_FORMAT: 'json',
    // Nobody balances the load here, and a rolling restart should not take all the time there is.
    DRAIN_SECONDS: '0',
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
  };
}

/**
 * A clock of one process that is read from a file; monotonic time stays as it is, as it does when an operator sets the
 * clock of a host (libfaketime(1)). A second is how long the library may hold what it read.
 */
export function steppableClock(library: string, folder: string, name: string): SteppableClock {
  const clockFile = join(folder, `${name}.clock`);
  writeFileSync(clockFile, '+0\n');
  const environment = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  return { clockFile, environment };
}
