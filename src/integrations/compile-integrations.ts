import type { Destination } from '../destinations/destination.ts';
import type { JsonValue } from '../domain/json.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';
import { hashJson } from '../shared/hash.ts';
import { didYouMean } from '../shared/nearest.ts';
import { compileSyncAction } from '../sync/compile-sync-action.ts';
import type { SyncDependencies } from '../sync/session.ts';
import { compileCondition, type Condition } from '../templates/condition.ts';
import { knownNames, type KnownNames } from '../templates/known-names.ts';
import type { Action } from './action.ts';
import { createSyncAction } from './actions/sync.ts';
import type { Integration } from './integration.ts';
import { DEFAULT_RETRY, type RetryConfig } from './retry-policy.ts';
import type { IntegrationConfig } from './schema.ts';

export interface CompileContext {
  /** Names of the configured sources. */
  readonly sources: readonly string[];
  readonly destinations: ReadonlyMap<string, Destination>;
  /** `integrations:` as written, before `${…}` was filled in: what is hashed holds no secret. */
  readonly written: JsonValue;
  readonly syncDependencies: (destination: string) => SyncDependencies;
}

type Path = readonly (string | number)[];

const DEFAULT_SETTLE_MS = 5 * 60_000;

/** Resolves names and compiles templates; what is wrong goes to `issues`, and then the result must not be used. */
export function compileIntegrations(
  configs: readonly IntegrationConfig[],
  context: CompileContext,
  issues: ConfigIssue[],
): readonly Integration[] {
  reportRepeatedNames(configs, issues);
  return configs.map((config, index) => compileIntegration(config, context, issues, ['integrations', index]));
}

function compileIntegration(
  config: IntegrationConfig,
  context: CompileContext,
  issues: ConfigIssue[],
  path: Path,
): Integration {
  const index = Number(path.at(-1));
  const written = Array.isArray(context.written) ? (context.written[index] as JsonValue) : null;
  reportUnknownSources(config, context, issues, path);
  return {
    name: config.name,
    enabled: config.enabled,
    sources: config.sources === undefined ? null : new Set(config.sources),
    triggers: typeof config.trigger === 'string' ? [config.trigger] : config.trigger,
    when: config.when === undefined ? null : compileWhen(config.when, issues, [...path, 'when']),
    settleMs: settleMs(config.settle),
    retry: retryOf(config.retry),
    actions: compileActions(config, context, issues, path),
    hash: hashJson(written),
  };
}

function reportRepeatedNames(configs: readonly IntegrationConfig[], issues: ConfigIssue[]): void {
  const seen = new Set<string>();
  for (const [index, { name }] of configs.entries()) {
    if (seen.has(name)) {
      const message = `the name "${name}" is taken. Runs are kept under the name, so each needs its own.`;
      issues.push({ path: ['integrations', index, 'name'], message });
    }
    seen.add(name);
  }
}

function reportUnknownSources(
  config: IntegrationConfig,
  { sources }: CompileContext,
  issues: ConfigIssue[],
  path: Path,
): void {
  for (const [index, name] of (config.sources ?? []).entries()) {
    if (sources.includes(name)) continue;
    issues.push({
      path: [...path, 'sources', index],
      message: `there is no source "${name}".${didYouMean(name, sources)}`,
    });
  }
}

function compileActions(
  config: IntegrationConfig,
  context: CompileContext,
  issues: ConfigIssue[],
  path: Path,
): readonly Action[] {
  const { destinations, syncDependencies } = context;
  return config.actions.flatMap((action, step) => {
    const destination = destinations.get(action.sync);
    const actionPath = [...path, 'actions', step];
    if (destination === undefined) {
      const message = `there is no destination "${action.sync}".${didYouMean(action.sync, [...destinations.keys()])}`;
      issues.push({ path: [...actionPath, 'sync'], message });
      return [];
    }
    const compiled = compileSyncAction(action, destination, { known: knownNames(), issues, path: actionPath });
    return [createSyncAction(compiled, syncDependencies)];
  });
}

function compileWhen(config: NonNullable<IntegrationConfig['when']>, issues: ConfigIssue[], path: Path): Condition {
  const found: ConfigIssue[] = [];
  const condition = compileCondition(config, { known: namesInWhen(), issues: found, path });
  issues.push(...found.map(explainHistory));
  return condition;
}

/** Matching happens inside the fold, one transaction for many calls; counting each person's calls there would hold it up. */
function namesInWhen(): KnownNames {
  const { history: _, ...names } = knownNames();
  return names;
}

function explainHistory({ path, message }: ConfigIssue): ConfigIssue {
  if (!message.includes('"history.')) return { path, message };
  return { path, message: `${message} "history" is counted later: use it in the "when" of an action.` };
}

function settleMs(settle: IntegrationConfig['settle']): number | null {
  if (settle === 'on_end') return null;
  return settle === 'on_analysis' ? DEFAULT_SETTLE_MS : settle.on_analysis.within;
}

function retryOf(retry: IntegrationConfig['retry']): RetryConfig {
  const { attempts, firstMs, maxMs } = DEFAULT_RETRY;
  const first = retry?.first ?? firstMs;
  return { attempts: retry?.attempts ?? attempts, firstMs: first, maxMs: Math.max(first, retry?.max ?? maxMs) };
}
