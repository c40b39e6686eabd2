import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createRandom } from '../../test/support/random.ts';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { createCallMaker } from './calls/create-call-maker.ts';
import { judge, type Verdict } from './judge.ts';
import { killRepeatedly } from './kill-repeatedly.ts';
import { startMischief, type Mischief } from './mischief.ts';
import { createWebhookClient } from './post-webhook.ts';
import { startSenders, type Senders, type Traffic } from './senders.ts';
import { setStage, type Stage } from './stage.ts';
import { openLedger, waitUntilQuiet } from './watch-ledger.ts';

export interface ProofOptions {
  /** Repeats kills, calls and faults; how the processes interleave is the machine's. */
  readonly seed: number;
  readonly kills: number;
  /** How it is killed; default SIGKILL. */
  readonly signal?: 'SIGKILL' | 'SIGTERM';
  /** Share of the CRMs' requests that goes wrong, 0 to 1. */
  readonly faultRate: number;
  /** Calls to be made at least; with kills more are made until the last one. */
  readonly calls: number;
  readonly senders: number;
  /** Longest wait between two deliveries of one sender. */
  readonly maxGapMs: number;
  readonly quietTimeoutMs: number;
  readonly onProgress?: (line: string) => void;
}

export interface ProofResult extends Verdict {
  readonly seed: number;
  readonly kills: number;
  readonly traffic: Traffic;
  /** From each start of the process to its first 200. */
  readonly recoveriesMs: readonly number[];
  /** From the last acknowledgement to a ledger without work. */
  readonly settledMs: number;
  /** Requests each CRM got. */
  readonly requests: ReadonlyMap<string, number>;
  /** Ledger, config and log; null when all was well and it was deleted. */
  readonly folder: string | null;
}

/** Both ways to keep calls apart: a URL of their own, and a marker that has to be looked up. */
const CRMS = [
  { name: 'keyed', callStrategy: 'put' },
  { name: 'marked', callStrategy: 'find_or_create' },
] as const;

/** Sends webhooks to a daemon that is killed, or whose CRMs lie, and tells what is lost, doubled or wrong in the end. */
export async function runProof(options: ProofOptions): Promise<ProofResult> {
  const folder = createTempFolder('proof');
  const stage = await setStage({
    folder: folder.path,
    crms: CRMS,
    latencyMs: 2,
    timeout: '1s',
    maxInFlight: 4,
    retry: '{ attempts: 100, first: 1s, max: 2s }',
  });
  try {
    const result = await runOnStage(options, stage);
    if (result.problems.length > 0) return { ...result, folder: folder.path };
    folder.remove();
    return { ...result, folder: null };
  } catch (error) {
    throw new Error(`the proof broke off; seed ${options.seed}, data in ${folder.path}`, { cause: error });
  } finally {
    await stage.close();
    if (folder.exists()) writeFileSync(join(folder.path, 'hookline.log'), stage.log());
  }
}

async function runOnStage(options: ProofOptions, stage: Stage): Promise<Omit<ProofResult, 'folder'>> {
  const brokenOff = new AbortController();
  const mischief = await startAllMischief(options, stage);
  try {
    const senders = startTraffic(options, stage, brokenOff.signal);
    const survivor = await killRepeatedly({
      stage,
      senders,
      random: createRandom(options.seed + 1),
      kills: options.kills,
      signal: options.signal ?? 'SIGKILL',
      onKill: (number) =>
        options.onProgress?.(`kill ${number} of ${options.kills}, ${senders.traffic.answered} answered`),
    });
    await senders.finish();
    options.onProgress?.(`${senders.traffic.acknowledged.size} deliveries acknowledged, waiting for the runs`);
    return await settle(options, stage, { ...survivor, traffic: senders.traffic });
  } finally {
    brokenOff.abort();
    await Promise.all(mischief.map((one) => one.stop()));
  }
}

function startTraffic(options: ProofOptions, { hookline }: Stage, signal: AbortSignal): Senders {
  return startSenders({
    client: createWebhookClient(hookline.port),
    senders: options.senders,
    makeCall: createCallMaker(createRandom(options.seed), Date.now()),
    random: createRandom(options.seed + 2),
    maxGapMs: options.maxGapMs,
    minCalls: options.calls,
    signal,
  });
}

async function startAllMischief({ faultRate, seed }: ProofOptions, { crms }: Stage): Promise<Mischief[]> {
  if (faultRate === 0) return [];
  return Promise.all(crms.map((crm, index) => startMischief(crm, createRandom(seed + 10 + index), faultRate)));
}

type Finished = Awaited<ReturnType<typeof killRepeatedly>> & { readonly traffic: Traffic };

async function settle(
  options: ProofOptions,
  stage: Stage,
  { daemon, recoveriesMs, traffic }: Finished,
): Promise<Omit<ProofResult, 'folder'>> {
  const finishedAtMs = Date.now();
  const ledger = await openLedger(stage.hookline.dataDir);
  try {
    // If it never gets quiet, the verdict says what is still waiting.
    await waitUntilQuiet(ledger, options.quietTimeoutMs);
    const settledMs = Date.now() - finishedAtMs;
    const exit = await daemon.stop('SIGTERM');
    const verdict = await judge(stage, ledger, traffic, exit);
    const { seed, kills } = options;
    return { ...verdict, seed, kills, traffic, recoveriesMs, settledMs, requests: await countRequests(stage) };
  } finally {
    await ledger.close();
  }
}

async function countRequests({ crms }: Stage): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const crm of crms) counts.set(crm.name, (await crm.summary()).requests);
  return counts;
}
