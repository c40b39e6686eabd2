import { Writable } from 'node:stream';

import { createLogger as createWinston, format, transports } from 'winston';

import type { JsonValue } from '../domain/json.ts';
import { harmlessJson } from '../shared/harmless.ts';
import type { LogFields, Logger } from '../shared/logger.ts';
import { maskJson, maskText } from './mask.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** Receives each finished line with its newline; standard output when absent. */
  readonly write?: (line: string) => void;
}

/** Longer texts are cut: a log line is for reading, and whatever is that long is somebody's data. */
const MAX_TEXT = 500;

/** A logger that masks every field before winston sees it (design.md section 4, promise 7). */
export function createLogger(options: LoggerOptions): Logger {
  const { write } = options;
  const stream = write === undefined ? process.stdout : lineStream(write);
  const winston = createWinston({
    level: options.level,
    format: format.combine(format.timestamp(), options.format === 'json' ? jsonLine : prettyLine),
    transports: [new transports.Stream({ stream })],
  });
  const log = (level: LogLevel, event: string, fields: LogFields = {}): void => {
    // Masking costs; lines nobody will see must not.
    if (!winston.isLevelEnabled(level)) return;
    winston.log({ level, message: maskText(event), fields: shorten(maskJson(fields)) });
  };
  return {
    debug: (event, fields) => log('debug', event, fields),
    info: (event, fields) => log('info', event, fields),
    warn: (event, fields) => log('warn', event, fields),
    error: (event, fields) => log('error', event, fields),
  };
}

const jsonLine = format.printf(({ timestamp, level, message, fields }) =>
  // The fields come first so that none of them can replace time, level or event.
  harmlessJson(JSON.stringify({ ...(fields as object), time: timestamp, level, event: message })),
);

const prettyLine = format.printf(({ timestamp, level, message, fields }) => {
  const pairs = Object.entries(fields as Record<string, JsonValue>).map(
    ([key, value]) => `${prettyValue(key)}=${prettyValue(value)}`,
  );
  return wrap([String(timestamp).slice(11, 23), level.toUpperCase().padEnd(5), String(message), ...pairs]);
});

/** Pretty lines go on below themselves, under the event; a field is never cut in two. */
const COLUMNS = 120;
const INDENT = ' '.repeat(19);

function wrap(parts: readonly string[]): string {
  const lines = [''];
  for (const part of parts) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = part;
    else if (line.length + 1 + part.length <= COLUMNS) lines[lines.length - 1] = `${line} ${part}`;
    else lines.push(`${INDENT}${part}`);
  }
  return lines.join('\n');
}

function prettyValue(value: JsonValue): string {
  return typeof value === 'string' && /^[\w.:/*+-]+$/.test(value) ? value : harmlessJson(JSON.stringify(value));
}

function shorten(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}… (${value.length} characters)` : value;
  }
  if (Array.isArray(value)) return value.map(shorten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item)]));
}

function lineStream(write: (line: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
}
