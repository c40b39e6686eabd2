import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { waitUntil } from '../wait.ts';
import { startChild, type Child, type Exit } from './child.ts';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));
const UP_TIMEOUT_MS = 60_000;
const RESTART_MS = 300;

export interface DaemonOptions {
  readonly name: string;
  readonly role: 'all' | 'receiver' | 'worker';
  /** Null for a worker. */
  readonly port: number | null;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The file its clock is read from; null when its clock cannot be stepped. */
  readonly clockFile: string | null;
  /** Told when it ended although it was up and nobody stopped it. */
  readonly onProblem: (problem: string) => void;
}

/** A daemon process, kept alive as a container runtime would: what ends by itself is started again. */
export interface Daemon extends Pick<DaemonOptions, 'name' | 'role' | 'port'> {
  pid(): number;
  isUp(): boolean;
  /** Resolves to false when it does not come up in time. */
  waitUntilUp(): Promise<boolean>;
  start(): void;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it is gone; it stays so until `start`. */
  stop(signal: NodeJS.Signals): Promise<Exit>;
  /** Steps its clock, seconds from the right time. */
  stepClock(seconds: number): void;
}

/** Starts nothing yet. */
export function createDaemon(options: DaemonOptions): Daemon {
  const { name, role, port, clockFile } = options;
  let child: Child | null = null;
  let isUp = false;
  let isWanted = false;
  const start = (): void => {
    isWanted = true;
    isUp = false;
    const mine = startProcess(options, (text) => {
      if (text.includes('"daemon.started"')) isUp = true;
    });
    child = mine;
    void mine.exited.then((exit) => {
      if (child !== mine || !isWanted) return;
      // A start that fails (the database is away, the disk is full) is what restarts are for.
      if (isUp) options.onProblem(`${name} ended by itself with ${describeExit(exit)}`);
      isUp = false;
      setTimeout(() => isWanted && child === mine && start(), RESTART_MS);
    });
  };
  return {
    name,
    role,
    port,
    pid: () => child?.pid ?? -1,
    isUp: () => isUp,
    waitUntilUp: () => waitUntil(() => isUp, UP_TIMEOUT_MS),
    start,
    signal: (signal) => child?.signal(signal),
    async stop(signal) {
      isWanted = false;
      const exit = (await child?.stop(signal)) ?? { code: null, signal: null };
      isUp = false;
      return exit;
    },
    stepClock(seconds) {
      if (clockFile !== null) writeFileSync(clockFile, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    },
  };
}

/** `code 1` or `signal SIGKILL` */
export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `code ${code}` : `signal ${signal}`;
}

function startProcess({ name, role, folder, environment }: DaemonOptions, onOutput: (text: string) => void): Child {
  return startChild({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', MAIN, 'start', '--role', role],
    folder,
    environment,
    logFile: `${folder}/${name}.log`,
    onOutput,
  });
}
