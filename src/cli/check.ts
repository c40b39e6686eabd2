import { compileConfig, type CompiledConfig } from '../config/compile.ts';
import { formatProblem, loadConfig, type ConfigProblem } from '../config/load.ts';
import type { CheckFinding } from '../destinations/destination.ts';
import { systemClock } from '../shared/clock.ts';
import { createIds } from '../shared/ids.ts';
import { CommandFailure } from './failure.ts';
import { getEnvironment } from './ledger-access.ts';
import { indent, print, printJson } from './output.ts';
import { withServices, type CommandServices } from './with-services.ts';

export interface CheckOptions {
  readonly live?: boolean;
  readonly json?: boolean;
}

const CHECK_TIMEOUT_MS = 30_000;

/** `hookline check`: is the config right? With `--live`: can every destination be used? */
export async function check(options: CheckOptions): Promise<void> {
  const { file, problems, compiled } = compileOffline();
  if (compiled === null) {
    if (options.json === true) printJson({ file, problems });
    const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
    throw new CommandFailure(
      [...(options.json === true ? [] : problems.map(formatProblem)), `${count} in ${file}.`].join('\n'),
      2,
    );
  }
  if (options.live === true) return withServices((services) => checkLive(services, options));
  if (options.json === true) return printJson({ file, problems: [], ...summarize(compiled) });
  printSummary(file, compiled);
  print('\nThe config is right. `hookline check --live` also asks the destinations.');
}

interface Offline {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];
  readonly compiled: CompiledConfig | null;
}

/** Compiles without opening the ledger: a config can be checked anywhere. */
function compileOffline(): Offline {
  const environment = getEnvironment();
  const file = environment.configFile;
  const loaded = loadConfig(file, environment);
  if (loaded.kind === 'invalid') return { file, problems: loaded.problems, compiled: null };
  const offline = (): never => {
    throw new Error('a destination was used while the config was only checked');
  };
  const result = compileConfig(loaded.loaded, {
    destination: () => ({
      clock: systemClock,
      ids: createIds(systemClock),
      secrets: { load: offline, save: offline },
      sandboxStore: new Proxy({} as never, { get: () => offline }),
    }),
    sync: offline,
  });
  if (result.kind === 'invalid') return { file, problems: result.problems, compiled: null };
  return { file, problems: [], compiled: result.compiled };
}

function summarize({ sources, destinations, integrations }: CompiledConfig) {
  return {
    sources: [...sources.values()].map(({ name, platform, adapter }) => ({
      name,
      platform,
      path: `/webhooks/${name}`,
      authentication: adapter.authentication,
    })),
    destinations: [...destinations.values()].map(({ destination: { name, type } }) => ({ name, type })),
    integrations: integrations.map(({ name, enabled, triggers, actions }) => ({
      name,
      enabled,
      triggers,
      actions: actions.map(({ kind, destination }) => ({ [kind]: destination })),
    })),
  };
}

function printSummary(file: string, compiled: CompiledConfig): void {
  const summary = summarize(compiled);
  print(file);
  for (const source of summary.sources) {
    print(`  source       ${source.name} (${source.platform}) at ${source.path}`);
    print(indent(`proof: ${source.authentication.join(' and ')}`, 15));
  }
  for (const { name, type } of summary.destinations) print(`  destination  ${name} (${type})`);
  for (const { name, enabled, triggers } of summary.integrations) {
    print(`  integration  ${name}${enabled ? '' : ' (disabled)'}: ${triggers.join(', ')}`);
  }
}

async function checkLive(
  { destinations, ledger, compiled, loaded }: CommandServices,
  options: CheckOptions,
): Promise<void> {
  const findings: { destination: string; findings: readonly CheckFinding[] }[] = [];
  for (const runtime of destinations.runtimes()) {
    const { context } = runtime.openContext({ mode: 'live', signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
    const found = await runtime.destination.check(context);
    findings.push({ destination: runtime.destination.name, findings: found });
    if (found.every(({ level }) => level !== 'error')) await ledger.clearPause(runtime.destination.name);
  }
  if (options.json === true) printJson({ file: loaded.file, problems: [], ...summarize(compiled), live: findings });
  else printFindings(findings);
  if (findings.some((entry) => entry.findings.some(({ level }) => level === 'error'))) {
    throw new CommandFailure('Not every destination can be used.');
  }
}

function printFindings(findings: readonly { destination: string; findings: readonly CheckFinding[] }[]): void {
  if (findings.length === 0) print('No destination is configured.');
  for (const { destination, findings: found } of findings) {
    print(destination);
    for (const { level, message } of found) print(indent(`${level.padEnd(8)} ${message}`, 2));
  }
}
