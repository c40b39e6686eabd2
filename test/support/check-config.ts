import { compileConfig, type CompiledConfig } from '../../src/config/compile.ts';
import { parseConfig, type ConfigProblem } from '../../src/config/load.ts';
import type { SecretStore } from '../../src/destinations/definition.ts';
import { createIds } from '../../src/shared/ids.ts';
import { createManualClock } from './manual-clock.ts';

/** A small config in which everything is right. */
export const SMALL_CONFIG = `sources:
  callab:
    platform: callab
    secrets: ['s3cret-of-some-length']
destinations:
  crm:
    type: rest
    base_url: https://crm.example.com
    contact:
      strategy: upsert
      upsert: { path: /contacts }
    call:
      strategy: put
      put: { path: '/calls/{{ call.id }}' }
  sandbox: { type: sandbox }
integrations:
  - name: One
    actions:
      - sync: sandbox
`;

/** The small config with one place written in another way. */
export function edited(written: string, instead: string): string {
  if (!SMALL_CONFIG.includes(written)) throw new Error(`the small config has no ${JSON.stringify(written)}`);
  return SMALL_CONFIG.replace(written, () => instead);
}

type CheckedConfig =
  | { readonly kind: 'ok'; readonly compiled: CompiledConfig }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** Parses and compiles a config as `hookline check` does: without a ledger, and without asking anybody. */
export function checkConfig(
  text: string,
  variable: (name: string) => string | undefined,
  secrets?: SecretStore,
): CheckedConfig {
  const loaded = parseConfig(text, 'hookline.yaml', { variable });
  if (loaded.kind === 'invalid') return loaded;
  const clock = createManualClock();
  const offline = (): never => {
    throw new Error('a destination was used while the config was only checked');
  };
  return compileConfig(loaded.loaded, {
    destination: () => ({
      clock,
      ids: createIds(clock),
      secrets: secrets ?? { load: offline, save: offline, alone: offline },
      sandboxStore: new Proxy({} as never, { get: () => offline }),
    }),
    sync: offline,
  });
}

/** What is wrong with a config, each as `12:5 message`; nothing when it is right. */
export function problemsOf(text: string, variables: Readonly<Record<string, string>> = {}): readonly string[] {
  const result = checkConfig(text, (name) => variables[name]);
  return result.kind === 'ok' ? [] : result.problems.map(describe);
}

function describe({ position, message }: ConfigProblem): string {
  return `${position.line}:${position.column} ${message}`;
}
