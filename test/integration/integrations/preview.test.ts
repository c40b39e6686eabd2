import { join } from 'node:path';
import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { compileConfig, type CompiledConfig } from '../../../src/config/compile.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { createDestinationServices } from '../../../src/daemon/destination-services.ts';
import { createFold, createJoin } from '../../../src/integrations/fold-call.ts';
import { previewEvent, type Preview } from '../../../src/integrations/preview.ts';
import { startWorker, type Worker } from '../../../src/integrations/worker.ts';
import type { LedgerWithSandbox } from '../../../src/ledger/create-ledger.ts';
import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import { readBody } from '../../../src/platforms/read-body.ts';
import { createInProcessQueue } from '../../../src/queue/in-process.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { hashText } from '../../../src/shared/hash.ts';
import { createIds } from '../../../src/shared/ids.ts';
import type { Logger } from '../../../src/shared/logger.ts';
import type { RecordReport, SyncReport } from '../../../src/sync/sync.ts';
import { systemAfter } from '../../../src/sync/budget.ts';
import { SAMPLES_CONFIG } from '../../support/samples.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

// Preview and reality side by side: a real config, the real sandbox, a real ledger, real samples.

const clock = systemClock;
const ids = createIds(clock);
const queue = createInProcessQueue(clock);
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

// Every wait has its own limit; this one only has to be longer, on a busy machine too.

let folder: ReturnType<typeof createTempFolder>;
let ledger: LedgerWithSandbox;
let compiled: CompiledConfig;
let worker: Worker;

beforeEach(async () => {
  folder = createTempFolder('preview');
  ledger = await openSqliteLedger({ file: join(folder.path, 'ledger.db'), clock, ids });
  const services = createDestinationServices({
    ledger,
    clock,
    ids,
    logger: silent,
    metrics: { requestSent: () => undefined },
    pauses: [],
    manyProcesses: false,
  });
  compiled = compileForTest(services.compileDependencies);
  services.useAll(compiled.destinations);
  worker = startTestWorker();
});

afterEach(async () => {
  await worker.stop();
  await ledger.close();
  folder.remove();
});

function compileForTest(dependencies: Parameters<typeof compileConfig>[1]): CompiledConfig {
  const result = parseConfig(SAMPLES_CONFIG, 'samples.yaml', { variable: () => undefined });
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.problems));
  const config = compileConfig(result.loaded, dependencies);
  if (config.kind === 'invalid') throw new Error(JSON.stringify(config.problems));
  return config.compiled;
}

function startTestWorker(): Worker {
  const { sources, integrations } = compiled;
  return startWorker({
    ledger,
    queue,
    clock,
    after: systemAfter,
    logger: silent,
    metrics: { attemptEnded() {}, folded() {} },
    newOwner: () => ids.next('own'),
    leaseMs: 60_000,
    random: () => 0,
    integrations: new Map(integrations.map((integration) => [integration.name, integration])),
    fold: createFold({ sources, integrations }),
    join: createJoin({ sources }),
    busy: () => false,
    destinations: [
      {
        destination: 'sandbox',
        concurrency: 4,
        canRun: () => ({ ok: true }),
        roomAtMs: () => 0,
        refresh: () => Promise.resolve(),
      },
    ],
    graceMs: 1_000,
  });
}

function getSource(name: string) {
  const source = compiled.sources.get(name);
  if (source === undefined) throw new Error(`there is no source ${name}`);
  return source;
}

function sample(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
}

function preview(name: string, body = sample(name)): Promise<Preview> {
  const source = getSource(name.split('/', 1)[0] ?? '');
  const { headers } = source.adapter.sign(body, { nowMs: clock.now() });
  return previewEvent(
    { ledger, clock, integrations: compiled.integrations },
    {
      source,
      platform: source.platform,
      body,
      contentType: 'application/json',
      headers: Object.entries(headers),
      signal: AbortSignal.timeout(10_000),
    },
  );
}

/** Delivers a sample and waits until the CRM has it. */
async function deliver(name: string): Promise<void> {
  const source = getSource(name.split('/', 1)[0] ?? '');
  const body = sample(name);
  const bodyHash = hashText(body.toString());
  const receivedAtMs = clock.now();
  const identity = source.adapter.identify(readBody(body, 'application/json'), { headers: [], receivedAtMs, bodyHash });
  await ledger.recordEvent({
    ...identity,
    id: ids.next('evt'),
    source: source.name,
    platform: source.platform,
    receivedAtMs,
    body,
    bodyHash,
    contentType: 'application/json',
    headers: [],
    proof: 'test',
    notes: [],
    state: 'pending',
  });
  queue.ring({ kind: 'event' });
  await waitUntil(
    async () => {
      // In this order: a call read before its fold would look done.
      if (await ledger.hasPendingEvents()) return false;
      const [row] = (await ledger.listCalls({ limit: 1 })).rows;
      return row?.runs[0]?.doneVersion === row?.call.version;
    },
    { what: 'the call to be synced', everyMs: 5 },
  );
}

function recordsOf(result: Preview): readonly RecordReport[] {
  if (result.kind !== 'call') throw new Error(`the preview says: ${result.reason}`);
  const [integration] = result.integrations;
  if (integration?.kind !== 'matched') throw new Error(`not matched: ${integration?.reason}`);
  return integration.steps.flatMap((step) => (step.result as unknown as SyncReport).records);
}

async function everything(): Promise<unknown> {
  const kinds = ['contact', 'call', 'task'] as const;
  const { sandbox } = ledger;
  return {
    records: await Promise.all(kinds.map((kind) => sandbox.listRecords('sandbox', kind, 100))),
    calls: await ledger.listCalls({ limit: 100 }),
    events: await ledger.listEvents({ limit: 100 }),
    runs: await ledger.listRuns({ limit: 100 }),
  };
}

describe('preview', () => {
  test('of a first event: what would be created, and nothing is', async () => {
    const before = await everything();
    const result = await preview('callab/call_ended.json');
    expect(result).toMatchObject({ kind: 'call', knownEvents: 0, duplicateOf: null, call: { status: 'completed' } });
    expect(recordsOf(result).map(({ kind, action }) => [kind, action])).toEqual([
      ['contact', 'created'],
      ['call', 'created'],
      ['task', 'skipped'],
    ]);
    expect(await everything()).toEqual(before);
  });

  test('of a later event: on top of what is known, field by field, and then just that happens', async () => {
    await deliver('callab/call_ended.json');
    const before = await everything();
    const result = await preview('callab/call_outcome_extracted.json');
    expect(result).toMatchObject({ kind: 'call', knownEvents: 1 });
    expect(await everything()).toEqual(before);

    const promised = recordsOf(result).flatMap(({ kind, fields }) =>
      fields.filter(({ action }) => action === 'write').map(({ field, after }) => [kind, field, after]),
    );
    expect(promised.length).toBeGreaterThan(0);
    await deliver('callab/call_outcome_extracted.json');
    const kept = await Promise.all(
      (['contact', 'call', 'task'] as const).map((kind) => ledger.sandbox.listRecords('sandbox', kind, 2)),
    );
    expect(kept.map((records) => records.length)).toEqual([1, 1, 1]);
    const written = kept
      .flat()
      .flatMap(({ kind, fields }) => Object.entries(fields).map(([name, value]) => [kind, name, value]));
    expect(written).toEqual(expect.arrayContaining(promised));
  });

  test('of an event that is there already: says so', async () => {
    await deliver('callab/call_ended.json');
    const result = await preview('callab/call_ended.json');
    const { rows } = await ledger.listEvents({ limit: 1 });
    expect(result).toMatchObject({ kind: 'call', duplicateOf: rows[0]?.id });
    expect(recordsOf(result).map(({ action }) => action)).not.toContain('created');
  });

  test('of an event that is no call: says why', async () => {
    const body = Buffer.from(JSON.stringify({ event: 'workspace_renamed' }));
    expect(await preview('callab/call_ended.json', body)).toMatchObject({
      kind: 'no_call',
      reason: 'Its type is not known (workspace_renamed): kept, but not synced.',
    });
  });

  test('of an event that no integration waits for: says what is waited for', async () => {
    expect(await preview('callab/call_started.json')).toMatchObject({
      integrations: [
        {
          kind: 'unmatched',
          integration: 'Fill the sandbox',
          reason: 'waits for call.ended or call.analyzed; so far: call.started',
        },
      ],
    });
  });
});
