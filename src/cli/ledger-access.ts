import { existsSync } from 'node:fs';

import { compileSources } from '../config/compile.ts';
import { readEnvironment, type Environment } from '../config/environment.ts';
import { formatProblem, loadConfig, locate, type ConfigProblem, type LoadedConfig } from '../config/load.ts';
import type { Mode } from '../config/mode.ts';
import type { LedgerWithSandbox } from '../ledger/create-ledger.ts';
import { openSqliteLedger } from '../ledger/open-sqlite-ledger.ts';
import type { SourceAdapter } from '../platforms/platform.ts';
import { systemClock, type Clock } from '../shared/clock.ts';
import { checkDataDirectory, ledgerFile } from '../shared/data-directory.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';
import { createIds, type Ids } from '../shared/ids.ts';
import { didYouMean } from '../shared/nearest.ts';
import { CommandFailure } from './failure.ts';

/** The ledger as a command sees it: the same that the daemon writes. */
export interface LedgerAccess {
  readonly ledger: LedgerWithSandbox;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The environment, or exit 2 with every problem. */
export function getEnvironment(): Environment {
  const result = readEnvironment();
  if (result.kind === 'invalid') throw new CommandFailure(result.problems.join('\n'), 2);
  return result.environment;
}

/** The config, or exit 2 with every problem. */
export function getConfig(): LoadedConfig {
  const environment = getEnvironment();
  const result = loadConfig(environment.configFile, environment);
  if (result.kind === 'invalid') throw invalidConfig(result.problems);
  return result.loaded;
}

/** Every problem on a line of its own, with file, line and column. */
export function invalidConfig(problems: readonly ConfigProblem[]): CommandFailure {
  return new CommandFailure(problems.map(formatProblem).join('\n'), 2);
}

/** One source of the config, bound to its platform. */
export function getCompiledSource(name: string): SourceAdapter {
  const loaded = getConfig();
  const issues: ConfigIssue[] = [];
  const sources = compileSources(loaded.config.sources, issues);
  if (issues.length > 0) throw invalidConfig(locate(issues, loaded));
  const source = sources.get(name);
  if (source === undefined)
    throw new CommandFailure(`There is no source "${name}".${didYouMean(name, [...sources.keys()])}`, 2);
  return source.adapter;
}

/** The mode of the environment; an embedded one with a data directory that can be written, or exit 2. */
export function getUsableMode({ mode }: Environment): Mode {
  if (mode.kind !== 'embedded') return mode;
  const data = checkDataDirectory(mode.dataDir);
  if (data.kind === 'unusable') throw new CommandFailure(data.message, 2);
  return { kind: 'embedded', dataDir: data.directory };
}

/** Opens the ledger for one command and closes it again. */
export async function withLedger(use: (access: LedgerAccess) => Promise<void>): Promise<void> {
  const { mode } = getEnvironment();
  if (mode.kind === 'embedded' && !existsSync(ledgerFile(mode.dataDir))) {
    const file = ledgerFile(mode.dataDir);
    throw new CommandFailure(`There is no ledger at ${file}. Start the daemon first, or set DATA_DIR.`);
  }
  const access = await openAccess(mode);
  try {
    await use(access);
  } finally {
    await access.ledger.close();
  }
}

/** Opens the ledger of the mode, made or migrated as needed. The daemon may run: its sweeper finds what a command makes due. */
export async function openAccess(mode: Mode): Promise<LedgerAccess> {
  if (mode.kind !== 'embedded') {
    const { openSharedLedger } = await import('../daemon/open-shared-ledger.ts');
    return openSharedLedger(mode.databaseUrl, () => undefined);
  }
  const clock = systemClock;
  const ids = createIds(clock);
  return { ledger: await openSqliteLedger({ file: ledgerFile(mode.dataDir), clock, ids }), clock, ids };
}
