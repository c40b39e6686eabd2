/** What a log line carries besides its event: plain data, masked by the logger before it is written. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Structured log lines. `event` is a dotted, constant name (`receive.refused`), never a sentence with values in it.
 * Levels by rule: `error` = a person must act, `warn` = a person may want to know, `info` = the daemon's life,
 * `debug` = single events and requests.
 */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
