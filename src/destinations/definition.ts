import type { z } from 'zod';

import type { JsonObject } from '../domain/json.ts';
import type { Clock } from '../shared/clock.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';
import type { Ids } from '../shared/ids.ts';
import type { Destination } from './destination.ts';
import type { SandboxStore } from './sandbox/store.ts';

/** Rotated tokens and the like, kept in the ledger under names of the destination's own choice. */
export interface SecretStore {
  load(name: string): Promise<JsonObject | null>;
  /** Resolves once it is on disk: a rotated refresh token that is lost locks the operator out. */
  save(name: string, value: JsonObject): Promise<void>;
  /**
   * Runs work while nobody else does in any process: a refresh token must not be spent twice. `busy`: somebody else is at
   * it and was not done in time.
   */
  alone<Value>(
    work: () => Promise<Value>,
  ): Promise<{ readonly kind: 'done'; readonly value: Value } | { readonly kind: 'busy' }>;
}

/** What every destination may use besides the `RequestContext` it is handed per call. */
export interface DestinationDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Names are already scoped to the destination: `oauth` of one is not `oauth` of another. */
  readonly secrets: SecretStore;
  readonly sandboxStore: SandboxStore;
}

export interface DestinationInput<Config> {
  /** The operator's name for it, the key under `destinations:`. */
  readonly name: string;
  readonly config: Config;
  readonly dependencies: DestinationDependencies;
  /** Takes what is wrong in templates and the like; the destination is not used if anything was added. */
  readonly issues: ConfigIssue[];
  /** Where the config stands: `['destinations', 'crm']`. */
  readonly path: readonly (string | number)[];
}

/** A type of destination. One folder and one line in `destinations/index.ts` each. */
export interface DestinationDefinition<Config = unknown> {
  /** The value of `type:`; the schema pins it with a literal. */
  readonly type: string;
  readonly schema: z.ZodType<Config>;
  create(input: DestinationInput<Config>): Destination;
}
