import type { Mischief, MischiefContext } from './mischief/mischief.ts';
import { hang, HANG_TITLE } from './mischief/processes.ts';
import type { TortureMode } from './options.ts';
import { measureRecovery, RECOVERY_TIMEOUT_MS, type Recovery } from './recovery.ts';
import { holdOn } from './wait.ts';

/** By title of the mischief. */
export type Recoveries = ReadonlyMap<string, readonly Recovery[]>;

export interface TroubleOptions {
  readonly mode: TortureMode;
  readonly seconds: number;
  readonly chosen: readonly Mischief[];
  readonly context: MischiefContext;
  readonly onProgress: (line: string) => void;
}

interface Trouble extends TroubleOptions {
  readonly recoveries: Map<string, Recovery[]>;
  readonly startedAtMs: number;
  /** How often a process began or ended to hang: what changes while something recovers has disturbed it. */
  hangs: number;
}

/** A second mischief sometimes comes in the middle of the first. */
const PAIR_CHANCE = 0.3;
/** Longer than a lease of runs (`LEASE_MS` in src/daemon/start-work.ts). */
const LONG_HANG_MS = 17_000;
const SHORT_HANG_MS = 3_000;
/** Of all the time, where the process that hangs is everything there is. */
const MOST_HANGING = 0.3;

/** Makes mischief until the time is over and every kind has come once; resolves to how long recoveries took. */
export async function makeTrouble(options: TroubleOptions): Promise<Recoveries> {
  const trouble: Trouble = { ...options, recoveries: new Map(), startedAtMs: performance.now(), hangs: 0 };
  const { chosen, context } = trouble;
  const lanes = [makeRounds(trouble)];
  if (chosen.some(({ name }) => name === 'kill')) lanes.push(hangAgainAndAgain(trouble));
  if (chosen.length === 0) await holdOn(options.seconds * 1000, context.signal);
  await Promise.all(lanes);
  return trouble.recoveries;
}

/** Every kind in any order, then again in another, until the time is over. */
async function makeRounds(trouble: Trouble): Promise<void> {
  const { chosen, context } = trouble;
  let queue: Mischief[] = [];
  for (let rounds = 0; chosen.length > 0 && !context.signal.aborted; rounds += 1) {
    if (rounds >= chosen.length && isOver(trouble)) return;
    if (queue.length === 0) queue = context.random.shuffle(chosen);
    const first = queue.shift();
    if (first === undefined) return;
    await makeRound(trouble, first);
    await holdOn(context.random.int(0, 500), context.signal);
  }
}

async function makeRound(trouble: Trouble, first: Mischief): Promise<void> {
  const { chosen, context, onProgress } = trouble;
  const second = context.random.chance(PAIR_CHANCE) ? context.random.pick(chosen) : first;
  if (second.name === first.name) {
    onProgress(`${seconds(trouble)}  ${first.title}`);
    return makeOne(trouble, first);
  }
  onProgress(`${seconds(trouble)}  ${first.title} and ${second.title}`);
  await Promise.all([first.run(context), second.run(context)]);
  // Two at once say nothing about either; but both have to be recovered from.
  const recovery = await measureRecovery(context.stage, context.senders, null);
  checkRecovery(trouble, `${first.title} and ${second.title}`, recovery);
}

async function makeOne(trouble: Trouble, mischief: Mischief): Promise<void> {
  const { context, mode } = trouble;
  const { title } = mischief;
  const hangsBefore = trouble.hangs;
  const port = await mischief.run(context);
  const recovery = await measureRecovery(context.stage, context.senders, port);
  // Where one process is everything, nothing recovers before it goes on.
  if (mode === 'embedded' && (trouble.hangs !== hangsBefore || isHanging(trouble)))
    checkRecovery(trouble, title, recovery);
  else keep(trouble, title, recovery);
}

async function hangAgainAndAgain(trouble: Trouble): Promise<void> {
  const { context, mode } = trouble;
  // The one process of the embedded mode is everything: it hangs long only where there is time for it.
  const ms = mode === 'embedded' && trouble.seconds * 1000 < 3 * LONG_HANG_MS ? SHORT_HANG_MS : LONG_HANG_MS;
  do {
    trouble.onProgress(`${seconds(trouble)}  ${HANG_TITLE} for ${ms / 1000} s`);
    trouble.hangs += 1;
    const { port } = await hang(context, ms);
    trouble.hangs += 1;
    keep(trouble, HANG_TITLE, await measureRecovery(context.stage, context.senders, port));
    await holdOn(context.random.int(1000, 5000) + (mode === 'embedded' ? ms / MOST_HANGING - ms : 0), context.signal);
  } while (!isOver(trouble, ms) && !context.signal.aborted);
}

function isHanging({ hangs }: Trouble): boolean {
  return hangs % 2 === 1;
}

function keep(trouble: Trouble, title: string, recovery: Recovery): void {
  trouble.recoveries.set(title, [...(trouble.recoveries.get(title) ?? []), recovery]);
  checkRecovery(trouble, title, recovery);
}

function checkRecovery({ context }: Trouble, title: string, { answerMs, writeMs }: Recovery): void {
  if ((answerMs !== null && writeMs !== null) || context.signal.aborted) return;
  context.report(`no recovery within ${RECOVERY_TIMEOUT_MS / 1000} s after: ${title}`);
}

function isOver({ startedAtMs, seconds: limit }: Trouble, neededMs = 0): boolean {
  return performance.now() - startedAtMs + neededMs > limit * 1000;
}

function seconds({ startedAtMs }: Trouble): string {
  return `${String(Math.round((performance.now() - startedAtMs) / 1000)).padStart(4)} s`;
}
