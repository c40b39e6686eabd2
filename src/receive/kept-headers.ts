import type { HeaderLines } from '../platforms/platform.ts';

/** Who sent it, in what form, and what an intermediary called it. */
const ALWAYS_KEPT: readonly string[] = ['content-type', 'content-encoding', 'user-agent', 'x-request-id'];

/** A proof has done its work once the request is verified; kept in clear it would only be a leak. */
const NEVER_KEPT = /authorization|cookie|signature|secret|password/;

const MAX_LINES = 30;
const MAX_VALUE_LENGTH = 1000;

/** The header lines worth keeping with an event: the usual ones and those the platform reads again when a call is folded. */
export function keptHeaders(lines: HeaderLines, platformHeaders: readonly string[]): HeaderLines {
  const kept: (readonly [string, string])[] = [];
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    const wanted = ALWAYS_KEPT.includes(lower) || platformHeaders.includes(lower);
    if (wanted && kept.length < MAX_LINES && !NEVER_KEPT.test(lower))
      kept.push([name, value.slice(0, MAX_VALUE_LENGTH)]);
  }
  return kept;
}

/** The first value of a header, whatever the case of its name; null when absent. */
export function headerValue(lines: HeaderLines, lowerCaseName: string): string | null {
  for (const [name, value] of lines) {
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) return value;
  }
  return null;
}

/** All values of a header, in order. */
export function headerValues(lines: HeaderLines, lowerCaseName: string): readonly string[] {
  return lines.filter(([name]) => name.toLowerCase() === lowerCaseName).map(([, value]) => value);
}
