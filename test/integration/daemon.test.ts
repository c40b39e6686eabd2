import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import type { JsonObject } from '../../src/domain/json.ts';
import { findFreePort } from '../support/free-port.ts';
import { createRandom } from '../../src/torture/random.ts';
import { readSamples, SAMPLES_CONFIG, signSample, type Sample } from '../support/samples.ts';
import { runJsonCommand, startHookline, waitUntilUp, type HooklineOptions } from '../support/start-hookline.ts';
import type { RunningProcess } from '../support/start-process.ts';
import { ALL_MODES, startMode, type RunningMode } from '../support/start-mode.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { waitUntilQuiet } from '../support/watch-ledger.ts';

// The whole daemon as an operator meets it: a process, its HTTP port, and the command line beside it.

jest.setTimeout(120_000);

const CALLS = [
  '0198a6c2-5d1e-7c3a-9b40-2f6d7e8a9b0c',
  '0198a6c2-9999-7c3a-9b40-2f6d7e8a9b0c',
  '0198a6c2-aaaa-7c3a-9b40-2f6d7e8a9b0c',
  '7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d3',
  '7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d4',
  '7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d5',
  '7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d6',
  'CALL-1795175700000-7e4c17',
  'abc-123-def',
  'call_5b81e2',
  'call_xyz789',
  // The documented template of Callab's integrations carries no call id: each delivery is a call of its own.
  'delivery-b7962ff9219356367aa40a0ec8003c3e',
];

describe.each(ALL_MODES)('%s', (name) => {
  const folder = createTempFolder('daemon');
  let mode: RunningMode;
  let options: HooklineOptions;
  let daemon: RunningProcess;

  beforeAll(async () => {
    const dataDir = join(folder.path, 'data');
    mode = await startMode(name, dataDir);
    const config = join(folder.path, 'hookline.yaml');
    writeFileSync(config, SAMPLES_CONFIG);
    options = {
      config,
      dataDir,
      variables: mode.variables,
      port: await findFreePort(),
      adminPort: await findFreePort(),
    };
    daemon = await startDaemon();
  });

  afterAll(async () => {
    await daemon.stop('SIGKILL');
    await mode.stop();
    folder.remove();
  });

  async function startDaemon(): Promise<RunningProcess> {
    const started = startHookline(options);
    await waitUntilUp(started, options);
    return started;
  }

  async function post(sample: Sample, headers: Record<string, string>): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${options.port}${sample.path}`, {
      method: 'POST',
      headers,
      body: sample.body,
    });
    await response.arrayBuffer();
    return response.status;
  }

  /** Posts every sample twice, in an order of chance. */
  async function postAll(seed: number): Promise<Record<string, number>> {
    const samples = readSamples();
    const statuses: Record<string, number> = {};
    for (const sample of createRandom(seed).shuffle([...samples, ...samples])) {
      statuses[sample.name] = await post(sample, signSample(sample, Date.now()));
    }
    return statuses;
  }

  async function settled(): Promise<boolean> {
    const ledger = await mode.openLedger();
    try {
      return await waitUntilQuiet(ledger, 30_000);
    } finally {
      await ledger.close();
    }
  }

  async function listSandbox(): Promise<JsonObject[]> {
    const { records } = (await runJsonCommand(options, ['sandbox'])) as { records: JsonObject[] };
    return records;
  }

  test('every sample is taken, a forged one is not', async () => {
    const statuses = await postAll(1);
    expect(Object.entries(statuses).filter(([, status]) => status !== 200)).toEqual([]);
    const [sample] = readSamples();
    if (sample === undefined) throw new Error('there are no samples');
    expect(await post(sample, { ...signSample(sample, Date.now()), 'x-callab-signature': '0'.repeat(64) })).toBe(401);
  });

  test('the samples become these calls, one contact, and one sandbox record per call', async () => {
    expect(await settled()).toBe(true);
    const { calls } = (await runJsonCommand(options, ['calls', 'list'])) as { calls: { call: JsonObject }[] };
    expect(calls).toHaveLength(CALLS.length);
    expect(new Set(calls.map(({ call }) => call['provider_call_id']))).toEqual(new Set(CALLS));
    const { runs } = (await runJsonCommand(options, ['runs', 'list'])) as { runs: { run: JsonObject }[] };
    expect(runs.map(({ run }) => run['state'])).toEqual(CALLS.map(() => 'done'));
    const records = await listSandbox();
    const ofKind = (kind: string): JsonObject[] => records.filter((record) => record['kind'] === kind);
    expect(ofKind('contact').map(({ fields }) => (fields as JsonObject)['phone'])).toEqual(['+12025550143']);
    expect(ofKind('call')).toHaveLength(CALLS.length);
    expect(new Set(ofKind('call').map(({ key }) => (key as string).split('/')[1]))).toEqual(new Set(CALLS));
    expect(ofKind('task').map(({ fields }) => (fields as JsonObject)['subject'])).toEqual(['Schedule demo']);
  });

  test('after a restart the same samples change nothing', async () => {
    const before = await listSandbox();
    expect(await daemon.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    daemon = await startDaemon();
    await postAll(2);
    expect(await settled()).toBe(true);
    expect(await listSandbox()).toEqual(before);
  });

  // Elsewhere other workers are alive, and only its lease tells that this one is dead.
  if (name === 'embedded')
    test('what a killed predecessor was working on does not wait for its lease', async () => {
      await daemon.stop('SIGKILL');
      const ledger = await mode.openLedger();
      const nowMs = Date.now();
      await ledger.replay({ state: 'done', force: false, nowMs });
      const claim = { destination: 'sandbox', limit: 1, owner: 'the dead', leaseMs: 3_600_000, nowMs };
      expect(await ledger.claimRuns(claim)).toHaveLength(1);
      await ledger.close();
      daemon = await startDaemon();
      expect(await settled()).toBe(true);
    });

  test('it stops in order and says so', async () => {
    expect(await daemon.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    const said = daemon.stdout();
    expect(said).toContain(`"mode":"${name}"`);
    expect(said).toContain('daemon.stopping');
    expect(said.indexOf('daemon.stopping')).toBeLessThan(said.indexOf('daemon.stopped'));
    expect(daemon.stderr()).toBe('');
  });
});
