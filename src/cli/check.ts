import { compileConfig, type CompiledConfig } from '../config/compile.ts';
import { formatProblem, loadConfig, type ConfigProblem } from '../config/load.ts';
import type { CheckFinding } from '../destinations/destination.ts';
import { systemClock } from '../shared/clock.ts';
import { createIds } from '../shared/ids.ts';
import type { DestinationRuntime } from '../sync/destination-runtime.ts';
import { CommandFailure } from './failure.ts';
import { getEnvironment } from './ledger-access.ts';
import { count, hookline, indent, labelled, print, printJson } from './output.ts';
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
    throw new CommandFailure(
      [
        ...(options.json === true ? [] : problems.map(formatProblem)),
        `${count(problems.length, 'problem')} in ${file}.`,
      ].join('\n'),
      2,
    );
  }
  if (options.live === true) return withServices((services) => checkLive(services, options));
  if (options.json === true) return printJson({ file, problems: [], ...summarize(compiled) });
  printSummary(file, compiled);
  print(`\nThe config is right. Can the destinations be used?\n  ${hookline('check --live')}`);
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
      secrets: { load: offline, save: offline, alone: offline },
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
      warnings: adapter.warnings,
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
    for (const warning of source.warnings) print(indent(`warning: ${warning}`, 15));
  }
  for (const { name, type } of summary.destinations) print(`  destination  ${name} (${type})`);
  for (const { name, enabled, triggers } of summary.integrations) {
    print(`  integration  ${name}${enabled ? '' : ' (disabled)'}: ${triggers.join(', ')}`);
  }
}

interface LiveFindings {
  readonly destination: string;
  readonly findings: readonly CheckFinding[];
}

/** Tells of each destination as soon as it has answered: a slow one may take half a minute. */
async function checkLive(services: CommandServices, options: CheckOptions): Promise<void> {
  const { destinations, ledger, compiled, loaded } = services;
  const live: LiveFindings[] = [];
  for (const runtime of destinations.runtimes()) {
    const { name } = runtime.destination;
    if (options.json !== true) print(name);
    const findings = await ask(runtime);
    live.push({ destination: name, findings });
    if (options.json !== true) printFindings(findings);
    if (provesUse(findings)) await ledger.clearPause(name);
  }
  if (options.json === true) printJson({ file: loaded.file, problems: [], ...summarize(compiled), live });
  else if (live.length === 0) print('No destination is configured.');
  if (live.some(({ findings }) => findings.some(({ level }) => level === 'error'))) {
    throw new CommandFailure('Not every destination can be used as it is configured.');
  }
}

/** Where nothing was asked, nothing is proved: a paused destination stays paused. */
function provesUse(findings: readonly CheckFinding[]): boolean {
  return findings.some(({ level }) => level === 'ok') && findings.every(({ level }) => level !== 'error');
}

async function ask(runtime: DestinationRuntime): Promise<readonly CheckFinding[]> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const { contextFor } = runtime.openContext({ mode: 'live', signal });
  const findings = await runtime.destination.check(contextFor('check'));
  if (!signal.aborted) return findings;
  return [{ level: 'error', message: `no answer within ${CHECK_TIMEOUT_MS / 1000} seconds.` }];
}

function printFindings(findings: readonly CheckFinding[]): void {
  for (const { level, message } of findings) print(labelled(level, message, { spaces: 2, column: 11 }));
}
