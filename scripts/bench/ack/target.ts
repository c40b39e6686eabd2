import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { readCpuMs } from '../read-cpu.ts';
import { readMemory, type Memory } from '../read-memory.ts';

/** A server under load, in a process of its own. */
export interface Target {
  readonly url: string;
  readonly pid: number;
  memory(): Memory;
  /** Used so far, all threads. */
  cpuMs(): number;
  stop(): Promise<void>;
}

export interface HooklineTarget extends Target {
  /** Events it answered 200 as new, and as duplicates, since it started. */
  events(): Promise<{ readonly recorded: number; readonly duplicates: number }>;
}

const ROOT = new URL('../../../', import.meta.url).pathname;
const BARE = new URL('./bare.ts', import.meta.url).pathname;

/** The bare handler. */
export function startBare(secret: string): Promise<Target> {
  return startScript([BARE, secret]);
}

/** A server that prints `listening <port>`; the first of the words is its file. */
export async function startScript(words: readonly string[]): Promise<Target> {
  const child = start(['node', ...words], {});
  const port = await readLines(child, (line) => /^listening (\d+)$/.exec(line)?.[1]);
  return createTarget(child, port);
}

/** `npm start`, without npm in between: the flags and variables in package.json count. It logs its ports when it is up. */
export async function startHookline(
  parameters: readonly string[],
  env: Record<string, string>,
): Promise<HooklineTarget> {
  const child = start([...npmStart(), ...parameters], env);
  const ports = await readLines(child, (line) => {
    const entry = JSON.parse(line) as { event: string; port: number; adminPort: number };
    return entry.event === 'daemon.started' ? entry : undefined;
  });
  return {
    ...createTarget(child, String(ports.port)),
    async events() {
      const metrics = await (await fetch(`http://127.0.0.1:${ports.adminPort}/metrics`)).text();
      const count = (kind: string): number =>
        Number(
          new RegExp(`^hookline_events_total\\{source="callab",kind="${kind}"\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0,
        );
      return { recorded: count('recorded'), duplicates: count('duplicate') };
    },
  };
}

/** The words of the `start` script; variables may stand before `node`. */
function npmStart(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ');
}

/** `env` takes variables and a command; npm would put the same folder first in PATH. */
function start(words: readonly string[], env: Record<string, string>): ChildProcess {
  const path = `${ROOT}node_modules/.bin:${process.env['PATH']}`;
  const child = spawn('env', words, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env, PATH: path },
  });
  // However the bench ends, no server stays behind.
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

/** The first thing found in a line of standard output; the rest is read and dropped, so that no pipe fills up. */
function readLines<Found>(child: ChildProcess, find: (line: string) => Found | undefined): Promise<Found> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('The process has no standard output.');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = find(line);
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code, signal) => reject(new Error(`It ended with ${signal ?? code} before it was up.`)));
  });
}

function createTarget(child: ChildProcess, port: string): Target {
  return {
    url: `http://127.0.0.1:${port}/webhooks/callab`,
    pid: child.pid ?? 0,
    memory: () => readMemory(child.pid ?? 0),
    cpuMs: () => readCpuMs(child.pid ?? 0),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
