import { setTimeout as pause } from 'node:timers/promises';

import { compileConfig } from '../../src/config/compile.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createDestinationServices } from '../../src/daemon/destination-services.ts';
import type { Call } from '../../src/domain/call.ts';
import type { Action, ActionResult } from '../../src/integrations/action.ts';
import { createScope } from '../../src/integrations/call-scope.ts';
import type { LedgerWithSandbox } from '../../src/ledger/create-ledger.ts';
import { systemClock, type Clock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import type { DestinationRuntime } from '../../src/sync/destination-runtime.ts';
import { createLog, type Log } from './log.ts';

/** A REST CRM that finds contacts by whatever they are known by, and would take the same one twice. */
export function forgetfulCrmConfig(url: string): string {
  const lookup = ['phone', 'email', 'external_id']
    .map((field) => `- { path: /contacts, query: { ${field}: '{{ contact.${field} }}' }, records: items }`)
    .join('\n        ');
  return `sources:
  callab: { platform: callab, secrets: ['s3cret-of-some-length'] }
destinations:
  crm:
    type: rest
    base_url: ${url}/api
    allow_private_networks: true
    auth: { type: bearer, token: rest-token }
    contact:
      strategy: find_or_create
      lookup:
        ${lookup}
      create: { path: /contacts }
      update: { path: '/contacts/{{ id }}' }
    call: { strategy: put, put: { path: '/calls/{{ call.id }}' } }
integrations:
  - name: Keep the CRM in step
    actions:
      - sync: crm
        contact:
          match: [external_id, phone, email]
          fields:
            phone: '{{ contact.phone }}'
            email: '{{ contact.email }}'
            external_id: '{{ contact.external_id }}'
            last_call_at: '{{ call.started_at }}'
`;
}

/** What one worker process has of a destination: budgets, breaker, locks and tokens of its own, over a shared ledger. */
export interface SyncProcess {
  readonly runtime: DestinationRuntime;
  readonly log: Log;
  /** One attempt. */
  attempt(call: Call, stillHeld?: () => Promise<boolean>): Promise<ActionResult>;
  /** Syncs until it need not come back. */
  sync(call: Call): Promise<ActionResult>;
  settled(): Promise<void>;
}

export interface SyncProcessOptions {
  readonly ledger: LedgerWithSandbox;
  readonly config: string;
  readonly clock?: Clock;
  readonly manyProcesses?: boolean;
}

export function createSyncProcess({
  ledger,
  config,
  clock = systemClock,
  manyProcesses = true,
}: SyncProcessOptions): SyncProcess {
  const log = createLog();
  const services = createDestinationServices({
    ledger,
    clock,
    manyProcesses,
    ids: createIds(clock),
    logger: log.logger,
    metrics: { requestSent: () => undefined },
    pauses: [],
  });
  const loaded = parseConfig(config, 'hookline.yaml', { variable: () => undefined });
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
  const result = compileConfig(loaded.loaded, services.compileDependencies);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  services.useAll(result.compiled.destinations);
  const [action] = result.compiled.integrations[0]?.actions ?? [];
  const [runtime] = services.runtimes();
  if (action === undefined || runtime === undefined) throw new Error('the config has one action and one destination');
  const attempt: SyncProcess['attempt'] = (call, stillHeld = () => Promise.resolve(true)) =>
    attemptOnce(action, call, stillHeld);
  return { runtime, log, attempt, sync: (call) => syncUntilDone(attempt, call), settled: () => services.settled() };
}

function attemptOnce(action: Action, call: Call, stillHeld: () => Promise<boolean>): Promise<ActionResult> {
  return action.run({
    call,
    callKey: `${call.source}/${call.provider_call_id}`,
    scope: createScope(call, null),
    integration: 'Keep the CRM in step',
    step: 0,
    force: false,
    urgency: 'first',
    mode: 'live',
    signal: new AbortController().signal,
    stillHeld,
  });
}

async function syncUntilDone(attempt: SyncProcess['attempt'], call: Call): Promise<ActionResult> {
  for (;;) {
    const result = await attempt(call);
    if (result.kind === 'finished' || result.outcome.kind !== 'retry') return result;
    await pause(20);
  }
}
