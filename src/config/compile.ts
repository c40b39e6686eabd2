import type { DestinationDependencies } from '../destinations/definition.ts';
import type { Destination } from '../destinations/destination.ts';
import { createDestination, type DestinationConfig } from '../destinations/index.ts';
import { compileIntegrations } from '../integrations/compile-integrations.ts';
import type { Integration } from '../integrations/integration.ts';
import type { SourceAdapter } from '../platforms/platform.ts';
import { createSource, type SourceConfig } from '../platforms/source-config.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';
import { parsePhone } from '../shared/phone.ts';
import type { SyncDependencies } from '../sync/session.ts';
import { locate, type ConfigProblem, type LoadedConfig } from './load.ts';
import { valueAt } from './value-at.ts';

export interface CompiledSource {
  readonly name: string;
  readonly platform: string;
  readonly adapter: SourceAdapter;
  readonly config: SourceConfig;
  /** E.164 numbers that are never taken for the customer's. */
  readonly ownNumbers: readonly string[];
}

export interface CompiledDestination {
  readonly destination: Destination;
  readonly config: DestinationConfig;
}

/** The config at work: names resolved, templates compiled, nothing left that can be wrong by itself. */
export interface CompiledConfig {
  readonly sources: ReadonlyMap<string, CompiledSource>;
  readonly destinations: ReadonlyMap<string, CompiledDestination>;
  readonly integrations: readonly Integration[];
}

export interface CompileDependencies {
  readonly destination: (name: string) => DestinationDependencies;
  /** Asked when an action runs, not before. */
  readonly sync: (destination: string) => SyncDependencies;
}

export type CompileResult =
  | { readonly kind: 'ok'; readonly compiled: CompiledConfig }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** Binds sources to their platforms, destinations to their types and integrations to both. */
export function compileConfig(loaded: LoadedConfig, dependencies: CompileDependencies): CompileResult {
  const { config, source } = loaded;
  const issues: ConfigIssue[] = [];
  const sources = compileSources(config.sources, issues);
  const destinations = new Map(
    Object.entries(config.destinations).map(([name, entry]) => {
      const input = {
        name,
        config: entry,
        dependencies: dependencies.destination(name),
        issues,
        path: ['destinations', name],
      };
      return [name, { destination: createDestination(input), config: entry }];
    }),
  );
  const integrations = compileIntegrations(
    config.integrations,
    {
      sources: [...sources.keys()],
      destinations: new Map([...destinations].map(([name, { destination }]) => [name, destination])),
      written: valueAt(source.value, ['integrations']) ?? [],
      syncDependencies: dependencies.sync,
    },
    issues,
  );
  if (issues.length > 0) return { kind: 'invalid', problems: locate(issues, loaded) };
  return { kind: 'ok', compiled: { sources, destinations, integrations } };
}

/** Sources alone, for commands that need no more. */
export function compileSources(
  configs: Readonly<Record<string, SourceConfig>>,
  issues: ConfigIssue[],
): ReadonlyMap<string, CompiledSource> {
  return new Map(
    Object.entries(configs).map(([name, config]) => {
      const adapter = createSource(config, issues, ['sources', name]);
      return [name, { name, platform: config.platform, adapter, config, ownNumbers: readOwnNumbers(config) }];
    }),
  );
}

function readOwnNumbers(config: SourceConfig): readonly string[] {
  const numbers = config.own_numbers.map((text) => parsePhone(text, config.default_country ?? null).e164);
  return numbers.filter((number) => number !== null);
}
