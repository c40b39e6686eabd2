import type { DestinationDependencies, SecretStore } from '../../src/destinations/definition.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { createDestination, destinationConfigSchema } from '../../src/destinations/index.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemorySandboxStore } from './memory-crm.ts';

/** Secrets in memory; `saved` shows every state that reached the disk. */
export function createMemorySecrets(): SecretStore & { readonly saved: JsonObject[] } {
  const saved: JsonObject[] = [];
  return {
    saved,
    load: async () => saved.at(-1) ?? null,
    save: async (_name, value) => void saved.push(value),
    alone: async (work) => ({ kind: 'done', value: await work() }),
  };
}

/** A contact section that needs nothing more. */
export const SIMPLE_CONTACT: JsonObject = {
  strategy: 'find_or_create',
  lookup: [{ path: '/contacts', query: { phone: '{{ contact.phone }}' }, records: 'items' }],
  create: { path: '/contacts' },
  update: { path: '/contacts/{{ id }}' },
};

export interface BuiltRest {
  readonly destination: Destination;
  readonly issues: readonly ConfigIssue[];
}

/** A rest destination from config as written; what is wrong with it comes back as issues. */
export function buildRest(
  config: JsonObject,
  { clock = createManualClock(), secrets = createMemorySecrets() }: { clock?: Clock; secrets?: SecretStore } = {},
): BuiltRest {
  const issues: ConfigIssue[] = [];
  const written = { type: 'rest', base_url: 'https://crm.example.com/api', contact: SIMPLE_CONTACT, ...config };
  const dependencies: DestinationDependencies = {
    clock,
    ids: createIds(clock),
    sandboxStore: createMemorySandboxStore(),
    secrets,
  };
  const parsed = destinationConfigSchema.parse(written);
  const destination = createDestination({
    name: 'crm',
    config: parsed,
    dependencies,
    issues,
    path: ['destinations', 'crm'],
  });
  return { destination, issues };
}
