import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { median } from '../ack/report.ts';
import { startHookline, startScript, type Target } from '../ack/target.ts';
import { load } from '../ack/wrk.ts';
import { writeBodies } from '../ack/write-bodies.ts';
import type { Backing } from './backing.ts';
import { benchEnvironment, writeBenchConfig } from './bench-config.ts';

const NAIVE = new URL('naive.ts', import.meta.url).pathname;
/** To each receiver: the load of one is the same however many there are. */
const CONNECTIONS = 48;
const WARM_UP_SECONDS = 2;
/** More than one receiver can take in a second. */
const BODIES_PER_SECOND = 20_000;

export interface AckSettings {
  readonly receivers: number;
  readonly rounds: number;
  readonly seconds: number;
}

export interface AckResult {
  readonly mode: string;
  readonly receivers: number;
  /** Acknowledged per second by all receivers together, median of the rounds. */
  readonly naive: number;
  readonly hookline: number;
  /** Median of the rounds' ratios. */
  readonly ratio: number;
  readonly p99Ms: number;
  /**
   * CPU of the receivers for one acknowledgement, medians of the rounds: what a machine that does other things besides tells
   * more reliably than the time of day.
   */
  readonly cpuUs: { readonly naive: number; readonly hookline: number };
  readonly errors: number;
}

/** So many receivers of Hookline against as many naive ones, in turn, on the same Redis. */
export async function measureAck(backing: Backing, folder: string, settings: AckSettings): Promise<AckResult> {
  const secret = randomBytes(24).toString('hex');
  const hookline = await startReceivers(backing, folder, secret, settings.receivers);
  const naive = await Promise.all(
    Array.from({ length: settings.receivers }, () => startScript([NAIVE, backing.naiveRedisUrl])),
  );
  const bodies = createBodies(folder, secret);
  try {
    const rounds: { naive: Round; hookline: Round }[] = [];
    await loadAll([...naive, ...hookline], bodies, WARM_UP_SECONDS);
    for (let number = 1; number <= settings.rounds; number += 1) {
      const first = number % 2 === 0 ? hookline : naive;
      const before = await loadAll(first, bodies, settings.seconds);
      const after = await loadAll(first === naive ? hookline : naive, bodies, settings.seconds);
      rounds.push(first === naive ? { naive: before, hookline: after } : { naive: after, hookline: before });
    }
    return summarise(backing.mode, settings.receivers, rounds);
  } finally {
    await Promise.all([...hookline, ...naive].map((target) => target.stop()));
  }
}

/** On PostgreSQL they share one ledger. Embedded is one process for one ledger, so there several are several installations. */
function startReceivers(backing: Backing, folder: string, secret: string, count: number): Promise<readonly Target[]> {
  const config = writeBenchConfig({ folder, secret, crm: null });
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const own = join(folder, `receiver-${index}`);
      mkdirSync(join(own, 'data'), { recursive: true });
      return startHookline(['--role', 'receiver'], { ...backing.env, ...benchEnvironment(config, own) });
    }),
  );
}

interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
  readonly errors: number;
}

interface Bodies {
  /** A file of new bodies for each of so many targets. */
  write(targets: number, seconds: number): Promise<readonly string[]>;
}

function createBodies(folder: string, secret: string): Bodies {
  let runs = 0;
  return {
    write: (targets, seconds) =>
      Promise.all(
        Array.from({ length: targets }, async (_, index) => {
          const file = join(folder, `bodies-${index}.txt`);
          await writeBodies(file, secret, `${(runs += 1)}-${index}`, seconds * BODIES_PER_SECOND);
          return file;
        }),
      ),
  };
}

async function loadAll(targets: readonly Target[], bodies: Bodies, seconds: number): Promise<Round> {
  const files = await bodies.write(targets.length, seconds);
  const cpuMs = (): number => targets.reduce((sum, target) => sum + target.cpuMs(), 0);
  const before = cpuMs();
  const measured = await Promise.all(
    targets.map(({ url }, index) =>
      load({ url, bodies: files[index] ?? '', durationS: seconds, connections: CONNECTIONS }),
    ),
  );
  const usedMs = cpuMs() - before;
  return {
    cpuUs: (usedMs * 1000) / measured.reduce((sum, { requests }) => sum + requests, 0),
    perSecond: measured.reduce((sum, { perSecond }) => sum + perSecond, 0),
    p99Ms: Math.max(...measured.map(({ p99Ms }) => p99Ms)),
    errors: measured.reduce((sum, { errors }) => sum + errors, 0),
  };
}

function summarise(
  mode: string,
  receivers: number,
  rounds: readonly { readonly naive: Round; readonly hookline: Round }[],
): AckResult {
  return {
    mode,
    receivers,
    naive: median(rounds.map(({ naive }) => naive.perSecond)),
    hookline: median(rounds.map(({ hookline }) => hookline.perSecond)),
    ratio: median(rounds.map(({ naive, hookline }) => hookline.perSecond / naive.perSecond)),
    p99Ms: median(rounds.map(({ hookline }) => hookline.p99Ms)),
    cpuUs: {
      naive: median(rounds.map(({ naive }) => naive.cpuUs)),
      hookline: median(rounds.map(({ hookline }) => hookline.cpuUs)),
    },
    errors: rounds.reduce((sum, { hookline }) => sum + hookline.errors, 0),
  };
}
