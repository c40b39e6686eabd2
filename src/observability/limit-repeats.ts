import type { Clock } from '../shared/clock.ts';
import type { LogFields, Logger } from '../shared/logger.ts';

/** Lines that come once a second or once a webhook for as long as a ledger or a disk fails. */
const REPEATING: ReadonlySet<string> = new Set([
  'clock.not_asked',
  'destination.pause_not_kept',
  'destination.pauses_not_read',
  'fold.ledger_failed',
  'locks.not_released',
  'locks.not_renewed',
  'receive.failed',
  'receive.not_stored',
  'receive.refusal_not_kept',
  'run.lease_not_renewed',
  'run.not_claimed',
  'run.result_not_kept',
  'sweeper.failed',
]);
const WINDOW_MS = 30_000;

/** Lets the first of the lines that repeat through, then one every 30 s that says how many were left out. */
export function limitRepeats(logger: Logger, clock: Clock): Logger {
  const told = new Map<string, { atMs: number; suppressed: number }>();
  const limited = (level: 'warn' | 'error', event: string, fields?: LogFields): void => {
    if (!REPEATING.has(event)) return logger[level](event, fields);
    const key = `${event} ${destinationOf(fields)}`;
    const last = told.get(key);
    if (last !== undefined && Math.abs(clock.now() - last.atMs) < WINDOW_MS) {
      last.suppressed += 1;
      return;
    }
    told.set(key, { atMs: clock.now(), suppressed: 0 });
    const suppressed = last?.suppressed ?? 0;
    logger[level](event, suppressed === 0 ? fields : { ...fields, suppressed });
  };
  return {
    debug: (event, fields) => logger.debug(event, fields),
    info: (event, fields) => logger.info(event, fields),
    warn: (event, fields) => limited('warn', event, fields),
    error: (event, fields) => limited('error', event, fields),
  };
}

/** Names of the config; anything else would let strangers fill the memory with keys. */
function destinationOf(fields: LogFields = {}): string {
  return typeof fields['destination'] === 'string' ? fields['destination'] : '';
}
