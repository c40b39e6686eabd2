import type { LogFields, Logger } from '../../src/shared/logger.ts';

export interface LogLine {
  readonly level: keyof Logger;
  readonly event: string;
  readonly fields: LogFields;
}

/** A logger that remembers. */
export interface Log {
  readonly logger: Logger;
  readonly lines: readonly LogLine[];
  named(event: string): readonly LogLine[];
}

export function createLog(): Log {
  const lines: LogLine[] = [];
  const at =
    (level: keyof Logger) =>
    (event: string, fields: LogFields = {}): void =>
      void lines.push({ level, event, fields });
  return {
    lines,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    named: (event) => lines.filter((line) => line.event === event),
  };
}
