import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { Ledger } from '../ledger/ledger.ts';
import { describeExit } from './stage/daemon-process.ts';
import { SYSTEM_PATH } from './stage/child.ts';
import type { Stage } from './stage/stage.ts';
import type { Senders } from './traffic/senders.ts';
import { waitUntil, within } from './wait.ts';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
const DELIVERY_TIMEOUT_MS = 120_000;
const QUIET_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 40_000;
const PROGRESS_MS = 5_000;

export interface Settling {
  readonly stage: Stage;
  readonly ledger: Pick<Ledger, 'stats'>;
  readonly report: (problem: string) => void;
  readonly onProgress: (line: string) => void;
}

export interface Settled {
  /** From the last acknowledgement to a ledger with nothing to do. */
  readonly ms: number;
  /** Dead letters that `hookline replay --state dead` was needed for, as an operator would after an outage. */
  readonly replayed: number;
}

/** Lets every process come up and the platforms deliver what they still have. */
export async function finishDeliveries(
  { daemons }: Pick<Stage, 'daemons'>,
  senders: Senders,
  report: Settling['report'],
): Promise<void> {
  for (const daemon of daemons) if (!(await daemon.waitUntilUp())) report(`${daemon.name} did not come up in the end`);
  const finished = await within(
    senders.finish().then(() => true),
    DELIVERY_TIMEOUT_MS,
  );
  if (finished === null) report(`some deliveries were not acknowledged within ${DELIVERY_TIMEOUT_MS / 1000} s`);
}

/** Waits until nothing waits for anything; dead letters are replayed once. Then stops the daemons in order. */
export async function settle(settling: Settling): Promise<Settled> {
  const startMs = performance.now();
  await waitUntilQuiet(settling);
  const { dead } = (await settling.ledger.stats()).runs;
  if (dead > 0) {
    await replayDead(settling.stage);
    await waitUntilQuiet(settling);
  }
  const ms = Math.round(performance.now() - startMs);
  await stopAll(settling);
  return { ms, replayed: dead };
}

/** If it never gets quiet, the verdict says what is still waiting. */
async function waitUntilQuiet({ ledger, onProgress }: Settling): Promise<void> {
  let toldAtMs = performance.now();
  await waitUntil(
    async () => {
      const waiting = await countWaiting(ledger);
      if (waiting > 0 && performance.now() - toldAtMs > PROGRESS_MS) {
        onProgress(`        ${waiting} events and runs wait`);
        toldAtMs = performance.now();
      }
      return waiting === 0;
    },
    QUIET_TIMEOUT_MS,
    200,
  );
}

async function countWaiting(ledger: Pick<Ledger, 'stats'>): Promise<number> {
  const { events, runs } = await ledger.stats();
  return (events['pending'] ?? 0) + runs.waiting + runs.due + runs.running + runs.held;
}

async function replayDead({ environment, folder }: Stage): Promise<void> {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'replay', '--state', 'dead'];
  await promisify(execFile)(process.execPath, args, { cwd: folder, env: { PATH: SYSTEM_PATH, ...environment } });
}

async function stopAll({ stage, report }: Settling): Promise<void> {
  await Promise.all(
    stage.daemons.map(async (daemon) => {
      const exit = await within(daemon.stop('SIGTERM'), STOP_TIMEOUT_MS);
      if (exit === null) report(`${daemon.name} did not stop within ${STOP_TIMEOUT_MS / 1000} s of SIGTERM`);
      else if (exit.code !== 0) report(`SIGTERM ended ${daemon.name} with ${describeExit(exit)}`);
    }),
  );
}
