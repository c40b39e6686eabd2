import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { judge, readCrms, type Verdict } from './judge/judge.ts';
import { makeTrouble, type Recoveries } from './make-trouble.ts';
import { chooseMischief } from './mischief/choose.ts';
import type { MischiefContext } from './mischief/mischief.ts';
import { openLedger } from './open-ledger.ts';
import type { TortureOptions } from './options.ts';
import { createRandom } from './random.ts';
import { finishDeliveries, settle, type Settled } from './settle.ts';
import { readHost, type Host } from './stage/host.ts';
import { missingForMode, setStage, type Stage } from './stage/stage.ts';
import { createCallMaker } from './traffic/calls/create-call-maker.ts';
import { startSenders, type Senders, type Traffic } from './traffic/senders.ts';
import { systemClock } from '../shared/clock.ts';

export interface TortureResult extends Verdict {
  readonly kind: 'tortured';
  readonly options: TortureOptions;
  readonly traffic: Traffic;
  readonly recoveries: Recoveries;
  readonly settled: Settled;
  /** Mischief that was wanted and this machine does not allow, with what would help. */
  readonly skipped: readonly string[];
  /** Ledger, config and logs; null when all was well and it was deleted. */
  readonly folder: string | null;
}

export type TortureEnd =
  | TortureResult
  /** This machine lacks something the whole mode needs. */
  | { readonly kind: 'impossible'; readonly options: TortureOptions; readonly reason: string }
  /** It could not be carried through; what there is is in the folder. */
  | { readonly kind: 'broke_off'; readonly options: TortureOptions; readonly reason: string; readonly folder: string };

/**
 * Puts a whole installation of its own under load in a fresh folder, makes mischief, lets it recover, and tells what is
 * lost, doubled or wrong in the end.
 */
export async function torture(options: TortureOptions): Promise<TortureEnd> {
  const host = readHost();
  const reason = missingForMode(options.mode, host);
  if (reason !== null) return { kind: 'impossible', options, reason };
  const folder = mkdtempSync(join(tmpdir(), 'hookline-torture-'));
  try {
    const result = await tortureIn(folder, options, host);
    if (result.folder === null) rmSync(folder, { recursive: true, force: true });
    return result;
  } catch (error) {
    return { kind: 'broke_off', options, reason: inWords(error), folder };
  }
}

async function tortureIn(folder: string, options: TortureOptions, host: Host): Promise<TortureResult> {
  const stage = await setStage(options, host, folder);
  let isWell = false;
  try {
    const { chosen, skipped } = chooseMischief(options, host, stage);
    const result = await tortureStage(options, stage, chosen);
    isWell = result.problems.length === 0;
    return { kind: 'tortured', options, skipped, ...result, folder: isWell ? null : folder };
  } finally {
    await stage.close(!isWell);
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${inWords(error.cause)}`;
}

type Chosen = ReturnType<typeof chooseMischief>['chosen'];

async function tortureStage(options: TortureOptions, stage: Stage, chosen: Chosen) {
  for (const daemon of stage.daemons) {
    if (!(await daemon.waitUntilUp())) throw new Error(`${daemon.name} does not start; see its log`);
  }
  const over = new AbortController();
  const reported: string[] = [];
  const report = (problem: string): void => void reported.push(problem);
  const senders = startTraffic(options, stage, over.signal);
  const context = { stage, senders, random: createRandom(options.seed + 1), signal: over.signal, report };
  try {
    const recoveries = await makeTrouble({ ...options, chosen, context });
    return await endTorture({ ...options, chosen, context }, recoveries, () => [...reported, ...stage.problems]);
  } finally {
    over.abort();
  }
}

const SENDERS = 5;
const MAX_GAP_MS = 100;

function startTraffic({ seed }: TortureOptions, { daemons }: Stage, signal: AbortSignal): Senders {
  return startSenders({
    ports: daemons.flatMap(({ port }) => port ?? []),
    senders: SENDERS,
    makeCall: createCallMaker(createRandom(seed), systemClock.now()),
    random: createRandom(seed + 2),
    maxGapMs: MAX_GAP_MS,
    signal,
  });
}

interface Ending extends TortureOptions {
  readonly chosen: Chosen;
  readonly context: MischiefContext;
}

async function endTorture(ending: Ending, recoveries: Recoveries, readProblems: () => readonly string[]) {
  const { context, onProgress } = ending;
  const { stage, senders, report } = context;
  onProgress(`        the load ends: ${senders.traffic.acknowledged.size} events acknowledged`);
  await finishDeliveries(stage, senders, report);
  const ledger = await openLedger(stage);
  try {
    const settled = await settle({ stage, ledger, report, onProgress });
    const { traffic } = senders;
    const verdict = await judge({
      ledger,
      crms: readCrms(stage.crms),
      traffic,
      toleratedAnswers: toleratedAnswers(ending),
    });
    return { ...verdict, problems: [...verdict.problems, ...readProblems()], traffic, recoveries, settled };
  } finally {
    await ledger.close();
  }
}

/**
 * 503: try again. 401: a platform signs the time as well, and to a receiver whose clock is an hour wrong the signature is an
 * hour old; it is tried again, and the clock gets right again.
 */
function toleratedAnswers({ chosen }: Ending): ReadonlySet<number> {
  return new Set(chosen.some(({ name }) => name === 'clock') ? [503, 401] : [503]);
}
