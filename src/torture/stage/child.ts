import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Everything the process has of an environment: the operator's own stays outside. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it prints is added to this file. */
  readonly logFile: string;
  readonly onOutput?: (text: string) => void;
  /** What the kernel sends it when we die, however we die; default SIGKILL. */
  readonly deathSignal?: 'KILL' | 'QUIT';
  /** Run as this user and group; only for root. */
  readonly user?: string;
}

/** A process of the torture: it ends with us. */
export interface Child {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and resolves when the process is gone. */
  stop(signal: NodeJS.Signals): Promise<Exit>;
}

/** Where the programs of a system are; the operator's PATH may hold other ones. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const SETPRIV = '/usr/bin/setpriv';
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a process; it is not known yet whether it lives. */
export function startChild(options: ChildOptions): Child {
  const [command, args] = wrap(options);
  const child = spawn(command, args, {
    cwd: options.folder,
    env: { PATH: SYSTEM_PATH, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  // A log that cannot be written must not end what it tells of.
  log.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log.write(text);
      options.onOutput?.(text);
    });
  }
  const exited = waitForExit(child).finally(() => log.end());
  return {
    pid: child.pid ?? -1,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    signal: (signal) => void child.kill(signal),
    async stop(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

async function waitForExit(child: ChildProcess): Promise<Exit> {
  try {
    // `close` comes after `exit`, when all output was read.
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal };
  } catch {
    // It could not be started at all.
    return { code: 127, signal: null };
  } finally {
    children.delete(child);
  }
}

function wrap({ command, args, user, deathSignal = 'KILL' }: ChildOptions): [string, string[]] {
  if (!existsSync(SETPRIV)) return [command, [...args]];
  const as = user === undefined ? [] : [`--reuid=${user}`, `--regid=${user}`, '--init-groups'];
  return [SETPRIV, [...as, '--pdeathsig', deathSignal, '--', command, ...args]];
}
