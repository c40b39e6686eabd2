import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process with everything it printed. */
export interface RunningProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<Exit>;
  readonly hasExited: () => boolean;
  /** Sends the signal and resolves when the process is gone. */
  stop(signal: NodeJS.Signals): Promise<Exit>;
}

const started = new Set<ChildProcess>();
// Whoever dies in the middle of a proof must not leave daemons behind.
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

/** Starts `node <args>` in the project's folder, with nothing of our environment but what it is given. */
export function startNode(args: readonly string[], environment: Readonly<Record<string, string>> = {}): RunningProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const exited = waitForExit(child);
  return {
    pid: child.pid ?? -1,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    stop: async (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

async function waitForExit(child: ChildProcess): Promise<Exit> {
  // `close` comes after `exit`, when all output was read.
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  started.delete(child);
  return { code, signal };
}
