import { setTimeout as pause } from 'node:timers/promises';

import type { Random } from '../../test/support/random.ts';
import { waitUntilUp } from '../../test/support/start-hookline.ts';
import type { RunningProcess } from '../../test/support/start-process.ts';
import type { Senders } from './senders.ts';
import type { Stage } from './stage.ts';

export interface KillOptions {
  readonly stage: Pick<Stage, 'start' | 'hookline'>;
  readonly senders: Pick<Senders, 'nextAnswer'>;
  readonly random: Random;
  readonly kills: number;
  /** SIGTERM asks the daemon to stop in order: it must exit with 0. */
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly onKill: (number: number) => void;
}

export interface Survivor {
  /** The daemon after the last kill, up and running. */
  readonly daemon: RunningProcess;
  /** Milliseconds from each start of the process to its first 200, where it was let live so long. */
  readonly recoveriesMs: readonly number[];
}

/** One kill in five comes while the daemon is still starting. */
const EARLY_KILL_CHANCE = 0.2;
/** Half of the others come the moment a 200 does: whoever answers before the disk has it is caught here. */
const ON_ANSWER_CHANCE = 0.5;
const ANSWER_TIMEOUT_MS = 20_000;

/** Starts the daemon and kills it, again and again, at random moments; leaves the last one running. */
export async function killRepeatedly(options: KillOptions): Promise<Survivor> {
  const { stage, random, kills, signal, onKill } = options;
  const recoveriesMs: number[] = [];
  for (let number = 1; number <= kills; number += 1) {
    const startedAtMs = Date.now();
    const daemon = stage.start();
    // Before it listens for signals, SIGTERM ends a process like any other.
    if (signal === 'SIGKILL' && random.chance(EARLY_KILL_CHANCE)) await pause(random.int(0, 500));
    else {
      recoveriesMs.push((await nextAnswer(daemon, options.senders)) - startedAtMs);
      await pause(random.int(50, 2000));
      if (random.chance(ON_ANSWER_CHANCE)) await nextAnswer(daemon, options.senders);
    }
    if (daemon.hasExited()) throw new Error(`the daemon ended by itself:\n${daemon.stdout()}${daemon.stderr()}`);
    await kill(daemon, signal);
    onKill(number);
  }
  const daemon = stage.start();
  await waitUntilUp(daemon, stage.hookline);
  return { daemon, recoveriesMs };
}

async function kill(daemon: RunningProcess, signal: KillOptions['signal']): Promise<void> {
  const exit = await daemon.stop(signal);
  if (signal === 'SIGKILL' || exit.code === 0) return;
  throw new Error(`SIGTERM ended the daemon with code ${exit.code}:\n${daemon.stdout()}${daemon.stderr()}`);
}

/** Epoch ms of the next 200. Any daemon before is dead, so it can only be this one's. */
async function nextAnswer(daemon: RunningProcess, senders: Pick<Senders, 'nextAnswer'>): Promise<number> {
  const controller = new AbortController();
  const never = pause(ANSWER_TIMEOUT_MS, 'late' as const, { signal: controller.signal }).catch(() => 'late' as const);
  const first = await Promise.race([senders.nextAnswer(), daemon.exited, never]);
  controller.abort();
  if (typeof first === 'number') return first;
  const what = first === 'late' ? `gave no 200 within ${ANSWER_TIMEOUT_MS} ms` : 'ended by itself';
  throw new Error(`the daemon ${what}:\n${daemon.stdout()}${daemon.stderr()}`);
}
