import { describeExit, type Daemon } from '../stage/daemon-process.ts';
import { holdOn, within } from '../wait.ts';
import type { Mischief, MischiefContext } from './mischief.ts';

/** One after the other, so that some come while the process is still starting again. */
const MOST_KILLS = 3;
/** Most come the moment a 200 does: whoever answers before the disk has it is caught here. */
const ON_ANSWER_CHANCE = 0.7;
const ANSWER_TIMEOUT_MS = 3_000;

export const kill: Mischief = {
  name: 'kill',
  title: 'kill -9',
  async run({ stage, senders, random, signal }) {
    const daemon = random.pick(stage.daemons);
    for (let kills = random.int(1, MOST_KILLS); kills > 0 && !signal.aborted; kills -= 1) {
      if (random.chance(ON_ANSWER_CHANCE)) await within(senders.nextAnswer(200, daemon.port), ANSWER_TIMEOUT_MS);
      else await holdOn(random.int(0, 500), signal);
      await daemon.stop('SIGKILL');
      daemon.start();
    }
    return daemon.port;
  },
};

/** Long enough for any request under way; the container's grace period is longer. */
const GRACE_MS = 40_000;

export const terminate: Mischief = {
  name: 'kill',
  title: 'SIGTERM, restart',
  async run({ stage, random, report }) {
    const daemon = random.pick(stage.daemons);
    // Before it listens for signals, SIGTERM ends a process like any other.
    if (!(await daemon.waitUntilUp())) report(`${daemon.name} did not come up`);
    const exit = await within(daemon.stop('SIGTERM'), GRACE_MS);
    if (exit === null) {
      report(`${daemon.name} did not stop within ${GRACE_MS / 1000} s of SIGTERM`);
      await daemon.stop('SIGKILL');
    } else if (exit.code !== 0) report(`${daemon.name} was ended by SIGTERM with ${describeExit(exit)}`);
    daemon.start();
    return daemon.port;
  },
};

/** Stops a process and lets it go on; a worker then finds that others may have taken its work. */
export async function hang({ stage, random, signal }: MischiefContext, ms: number): Promise<Daemon> {
  const workers = stage.daemons.filter(({ role }) => role !== 'receiver');
  const daemon = random.pick(workers);
  daemon.signal('SIGSTOP');
  await holdOn(ms, signal);
  daemon.signal('SIGCONT');
  return daemon;
}

export const HANG_TITLE = 'hang (SIGSTOP)';
