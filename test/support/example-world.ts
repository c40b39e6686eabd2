import { readFileSync } from 'node:fs';

import { parseConfig } from '../../src/config/load.ts';
import type { Destination } from '../../src/destinations/destination.ts';
import { createDestination } from '../../src/destinations/index.ts';
import type { Call } from '../../src/domain/call.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';
import { createHttpClient } from '../../src/shared/http-client.ts';
import { createIds } from '../../src/shared/ids.ts';
import { compileSyncAction } from '../../src/sync/compile-sync-action.ts';
import { createDestinationRuntime, type DestinationRuntime } from '../../src/sync/destination-runtime.ts';
import { createKeyedMutex } from '../../src/sync/keyed-mutex.ts';
import { syncCall } from '../../src/sync/sync-call.ts';
import type { SyncResult } from '../../src/sync/sync.ts';
import { knownNames } from '../../src/templates/known-names.ts';
import { buildScope } from '../../src/templates/scope.ts';
import { createMemorySecrets } from './build-rest.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryLedger, createMemorySandboxStore } from './memory-crm.ts';

export interface ExampleWorld {
  readonly clock: ManualClock;
  readonly destination: Destination;
  readonly runtime: DestinationRuntime;
  /** Brings a call into the CRM as the example's only integration says. */
  sync(call: Call): Promise<SyncResult>;
  close(): void;
}

export interface ExampleOptions {
  /** `config/examples/<name>.yaml` */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Stands in for the host of `base_url`; the path stays. */
  readonly url: string;
}

/** A shipped example config at work against a simulator; only the host is another. */
export function openExample(options: ExampleOptions): ExampleWorld {
  const config = loadExample(options);
  const clock = createManualClock();
  const ledger = createMemoryLedger();
  const issues: ConfigIssue[] = [];
  const [[name, destinationConfig]] = Object.entries(config.destinations) as [
    [string, (typeof config.destinations)[string]],
  ];
  const dependencies = {
    clock,
    ids: createIds(clock),
    sandboxStore: createMemorySandboxStore(),
    secrets: createMemorySecrets(),
  };
  const destination = createDestination({
    name,
    config: destinationConfig,
    dependencies,
    issues,
    path: ['destinations', name],
  });
  const action = config.integrations[0]?.actions[0];
  if (action === undefined) throw new Error('an example has one integration with one action');
  const compiled = compileSyncAction(action, destination, {
    known: knownNames(),
    issues,
    path: ['integrations', 0, 'actions', 0],
  });
  if (issues.length > 0) throw new Error(JSON.stringify(issues, null, 1));
  const http = createHttpClient({ allowPrivateNetworks: true });
  const none = (): void => {};
  const runtime = createDestinationRuntime({
    destination,
    http,
    clock,
    // Whoever waits for the budget makes the clock go on.
    after(delayMs, run) {
      const cancel = clock.after(delayMs, run);
      setImmediate(() => clock.advance(delayMs));
      return cancel;
    },
    mask: { url: (url) => url, body: (body) => body, text: (text) => text },
    ledger,
    logger: { debug: none, info: none, warn: none, error: none },
    metrics: { requestSent: none },
  });
  const locks = createKeyedMutex();
  return {
    clock,
    destination,
    runtime,
    sync: (call) =>
      syncCall({ ledger, runtime, locks, clock }, compiled, {
        call,
        callKey: `${call.source}/${call.provider_call_id}`,
        scope: buildScope({ call, sourceName: call.source, history: { total_calls: 1 } }),
        integration: 'example',
        step: 0,
        force: false,
        urgency: 'first',
        mode: 'live',
        signal: new AbortController().signal,
        stillHeld: () => Promise.resolve(true),
      }),
    close: () => http.close(),
  };
}

function loadExample({
  name,
  environment,
  url,
}: ExampleOptions): Extract<ReturnType<typeof parseConfig>, { kind: 'ok' }>['loaded']['config'] {
  const file = `config/examples/${name}.yaml`;
  const text = readFileSync(file, 'utf8').replace(
    /base_url: https:\/\/[^/\s]+(\S*)(.*)/,
    (_line, path: string) => `base_url: ${url}${path}\n    allow_private_networks: true`,
  );
  const loaded = parseConfig(text, file, { variable: (variable) => environment[variable] });
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.loaded.config;
}
