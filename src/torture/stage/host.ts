import { accessSync, constants, existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { SYSTEM_PATH } from './child.ts';

/** What this machine has of the programs that a torture needs; null where there is none. */
export interface Host {
  /** Folder with `initdb`, `postgres` and `pg_isready`. */
  readonly postgres: string | null;
  readonly redis: string | null;
  /** The library that steps the clock of one process. */
  readonly faketime: string | null;
  readonly prlimit: string | null;
  /** Whether we may mount a file system, as far as can be told. */
  readonly mayMount: boolean;
  readonly isRoot: boolean;
  /** Whom root becomes for PostgreSQL, which refuses to run as root. */
  readonly user: string | undefined;
}

export const INSTALL = {
  postgres: 'PostgreSQL 15 or newer is not installed: apt-get install postgresql',
  redis: 'redis-server is not installed: apt-get install redis-server',
  faketime: 'libfaketime is not installed: apt-get install libfaketime',
} as const;

const VERSIONS = '/usr/lib/postgresql';
const OLDEST_VERSION = 15;

/** Looks at this machine. */
export function readHost(): Host {
  const isRoot = process.getuid?.() === 0;
  return {
    postgres: findPostgres(),
    redis: findProgram('redis-server'),
    faketime: globSync('/usr/lib/{*/,}faketime/libfaketimeMT.so.1')[0] ?? null,
    prlimit: findProgram('prlimit'),
    mayMount: isRoot && findProgram('mount') !== null,
    isRoot,
    user: isRoot ? ['postgres', 'nobody'].find(isUser) : undefined,
  };
}

function findPostgres(): string | null {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).map(Number) : [];
  const newest = versions.filter((version) => version >= OLDEST_VERSION).toSorted((left, right) => right - left)[0];
  const folder = newest === undefined ? null : join(VERSIONS, String(newest), 'bin');
  return folder !== null && canRun(join(folder, 'postgres')) ? folder : null;
}

function findProgram(name: string): string | null {
  return (
    SYSTEM_PATH.split(':')
      .map((folder) => join(folder, name))
      .find(canRun) ?? null
  );
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isUser(name: string): boolean {
  return existsSync('/etc/passwd') && readFileSync('/etc/passwd', 'utf8').includes(`\n${name}:`);
}
