import { startNode, type Exit, type RunningProcess } from './start-process.ts';
import { waitUntil } from './wait-until.ts';

export interface HooklineOptions {
  readonly config: string;
  readonly dataDir: string;
  readonly port: number;
  readonly adminPort: number;
  /** Default `all`. */
  readonly role?: 'all' | 'receiver' | 'worker';
  /** For `${NAME}` in the config. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts the daemon as its own process; it may not answer yet. */
export function startHookline(options: HooklineOptions): RunningProcess {
  return startNode(['src/main.js', 'start', '--role', options.role ?? 'all'], environmentOf(options));
}

/** Resolves when `/healthz` answers; throws with the daemon's own words when it ended instead. */
export async function waitUntilUp(daemon: RunningProcess, { port }: Pick<HooklineOptions, 'port'>): Promise<void> {
  await waitUntil(async () => daemon.hasExited() || (await isUp(port)), { what: 'the daemon to come up' });
  if (daemon.hasExited()) {
    throw new Error(`the daemon ended instead of starting:\n${daemon.stdout()}${daemon.stderr()}`);
  }
}

/** Whether something healthy answers on this port. */
async function isUp(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

interface CommandResult extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the CLI on the same config and data. */
async function runCommand(options: HooklineOptions, args: readonly string[]): Promise<CommandResult> {
  const command = startNode(['src/main.js', ...args], environmentOf(options));
  const exit = await command.exited;
  return { ...exit, stdout: command.stdout(), stderr: command.stderr() };
}

/** Runs a command with `--json` and parses what it prints; throws when it failed. */
export async function runJsonCommand(options: HooklineOptions, args: readonly string[]): Promise<unknown> {
  const result = await runCommand(options, [...args, '--json']);
  if (result.code !== 0) throw new Error(`hookline ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
  return JSON.parse(result.stdout);
}

function environmentOf(options: HooklineOptions): Record<string, string> {
  return {
    HOOKLINE_CONFIG: options.config,
    DATA_DIR: options.dataDir,
    HOST: '127.0.0.1',
    PORT: String(options.port),
    ADMIN_PORT: String(options.adminPort),
    LOG_FORMAT: 'json',
    ...options.variables,
  };
}
