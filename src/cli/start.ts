import { startDaemon, type Daemon, type StartResult } from '../daemon.ts';
import type { Mode } from '../config/mode.ts';
import type { Role } from '../daemon/services.ts';
import { createLogger } from '../observability/logger.ts';
import { systemClock } from '../shared/clock.ts';
import { CommandFailure } from './failure.ts';
import { getConfig, getEnvironment, getUsableMode, invalidConfig } from './ledger-access.ts';

/** One Ctrl-C may arrive twice, from the terminal and from npm; nobody presses it again that fast. */
const SAME_SIGNAL_MS = 1_000;

/** `hookline start`: runs the daemon until SIGTERM or SIGINT. */
export async function start(role: Role): Promise<void> {
  const environment = getEnvironment();
  const loaded = getConfig();
  const mode = getUsableMode(environment);
  const logger = createLogger({ level: environment.logLevel, format: environment.logFormat });
  const result = await startDaemon({ ...environment, loaded, role, mode, logger });
  const { daemon } = getStarted(result, mode);
  await runUntilStopped(daemon);
}

/** The daemon that was started; what kept it from starting is told. */
export function getStarted(result: StartResult, mode: Mode): Extract<StartResult, { kind: 'started' }> {
  if (result.kind === 'invalid') throw invalidConfig(result.problems);
  if (result.kind === 'in_use') {
    throw new CommandFailure(
      [
        `DATA_DIR ${mode.kind === 'embedded' ? mode.dataDir : ''} is in use by another daemon.`,
        'Stop that one first, or give this one a DATA_DIR of its own. Only receivers',
        '(start --role receiver) may share a ledger with a running daemon.',
      ].join('\n'),
    );
  }
  return result;
}

/** Resolves when the daemon has stopped in order. A second signal ends the process at once; nothing kept is lost. */
export function runUntilStopped(daemon: Daemon): Promise<void> {
  return new Promise((resolve, reject) => {
    let stoppingSinceMs: number | null = null;
    const onSignal = (): void => {
      const nowMs = systemClock.now();
      if (stoppingSinceMs !== null && nowMs - stoppingSinceMs > SAME_SIGNAL_MS) process.exit(1);
      if (stoppingSinceMs !== null) return;
      stoppingSinceMs = nowMs;
      daemon.stop().then((result) => (result === 'overdue' ? process.exit(1) : resolve()), reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
