import type { Random } from '../random.ts';
import type { TortureCrm } from '../crm/torture-crm.ts';
import { holdOn, within } from '../wait.ts';
import type { Mischief, MischiefContext } from './mischief.ts';

/** It takes a moment until what is open already is full as well. */
const FULL_TIMEOUT_MS = 4_000;

export const diskFull: Mischief = {
  name: 'disk',
  title: 'disk full',
  async run({ stage, senders, random, signal }) {
    const pids = (): number[] => stage.daemons.map((daemon) => daemon.pid());
    const refused = within(senders.nextAnswer(503), FULL_TIMEOUT_MS);
    await stage.disk?.fill(pids());
    await refused;
    await holdOn(random.int(200, 1500), signal);
    await stage.disk?.free(pids());
    return null;
  },
};

const HOUR_S = 3_600;

export const clockForward: Mischief = {
  name: 'clock',
  title: 'clock +1 h',
  run: (context) => stepClock(context, HOUR_S),
};

export const clockBack: Mischief = {
  name: 'clock',
  title: 'clock -1 h',
  run: (context) => stepClock(context, -HOUR_S),
};

async function stepClock({ stage, random, signal }: MischiefContext, seconds: number): Promise<number | null> {
  const daemon = random.pick(stage.daemons);
  daemon.stepClock(seconds);
  // The library reads the file once a second.
  await holdOn(random.int(2000, 3500), signal);
  daemon.stepClock(0);
  await holdOn(1000, signal);
  return daemon.port;
}

const STEP_MS = 250;
const SLOW_MS = 300;

/**
 * A share of all requests goes wrong in the ways of the CRM (503, 429, resets before and after the work, 502 HTML after the
 * work, bodies cut in the middle; with REST errors that come as 200, with HubSpot locks, with Salesforce rows that are locked
 * and sessions that end); besides, answers are withheld after the work was done, and come slowly for a while.
 */
export const crmLies: Mischief = {
  name: 'crm',
  title: 'CRM fails and lies',
  async run({ stage, random, signal }) {
    const crms = random.chance(0.5) ? stage.crms : [random.pick(stage.crms)];
    for (const { server, createChaos } of crms)
      server.setChaos(createChaos(random.int(10, 40) / 100, random.int(1, 1_000_000)));
    for (let steps = random.int(4, 14); steps > 0 && !signal.aborted; steps -= 1) {
      for (const crm of crms) misbehave(crm, random);
      await holdOn(STEP_MS, signal);
    }
    for (const { server } of crms) {
      server.setChaos(null);
      server.setLatency(0);
    }
    return null;
  },
};

function misbehave({ server }: TortureCrm, random: Random): void {
  server.setLatency(random.chance(0.3) ? SLOW_MS : random.int(0, 10));
  if (random.chance(0.25)) server.fail({ fault: { kind: 'commit_then_hang' } });
}
